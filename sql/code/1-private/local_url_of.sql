-- object: function s3cache.local_url_of(integer, text)
create or replace function s3cache.local_url_of(cache_id integer, filename text) returns text
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
begin
    return (
        select c.url
        from s3cache.local_copy c
        where c.cache_id = local_url_of.cache_id and c.filename = local_url_of.filename and c.ended_at is null
            and c.kept_at is not null and not s3cache.is_private(c.cache_id, c.filename)
        order by c.job_id desc
        limit 1);
end
$$;
comment on function s3cache.local_url_of(integer, text) is
    'Where the copy of a file is read that a worker keeps until S3 takes it; NULL if there is none, or the file is private.';
