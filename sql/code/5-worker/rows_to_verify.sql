-- object: function s3cache.rows_to_verify(bigint, bigint, text, integer)
create or replace function s3cache.rows_to_verify(job_id bigint, token bigint, after text, max_rows integer)
returns setof text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    looked_at s3cache.job;
    scope text;
begin
    perform s3cache.hold_claim(job_id, token);
    select j.* into looked_at from s3cache.job j where j.id = job_id;
    scope := looked_at.args ->> 'prefix';
    if looked_at.kind = 'add' then
        return query
            select f collate "C"
            from jsonb_array_elements_text(looked_at.args -> 'filenames') as f
            where after is null or f collate "C" > after
            order by 1
            limit max_rows;
    elsif scope is null then
        return query
            select o.filename
            from s3cache.object o
            where o.cache_id = looked_at.cache_id and o.state = 'unverified' and o.location = 's3' and (after is null or o.filename > after)
            order by o.filename
            limit max_rows;
    else
        return query
            select o.filename
            from s3cache.object o
            where o.cache_id = looked_at.cache_id and o.filename ^@ scope and o.filename >= scope and o.location = 's3'
                and (s3cache.prefix_end(scope) is null or o.filename < s3cache.prefix_end(scope))
                and (after is null or o.filename > after)
            order by o.filename
            limit max_rows;
    end if;
end
$$;
comment on function s3cache.rows_to_verify(bigint, bigint, text, integer) is
    'The next filenames that a verify or add job is to ask the bucket for, in order, after the given one; none whose object S3 has not taken yet. Raises S3C01 if the claim is void.';
