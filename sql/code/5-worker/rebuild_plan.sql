-- object: function s3cache.rebuild_plan(bigint, bigint)
create or replace function s3cache.rebuild_plan(job_id bigint, token bigint)
returns table (
    cache_id integer, prefix text, dry_run boolean, force boolean, max_delete_fraction double precision,
    next_slice integer, upto text, listed_all boolean, direct boolean, counters jsonb, expected bigint)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    rebuilt s3cache.job;
    scope text;
    last_slice s3cache.rebuild_slice;
    target_is_empty boolean;
begin
    perform s3cache.hold_claim(rebuild_plan.job_id, token);
    select j.* into rebuilt from s3cache.job j where j.id = rebuild_plan.job_id;
    scope := rebuilt.args ->> 'prefix';
    select s.* into last_slice
    from s3cache.rebuild_slice s
    where s.job_id = rebuild_plan.job_id
    order by s.slice desc
    limit 1;
    if last_slice.slice is null then
        -- Changes without a slice are left from a crash between the two; they are found anew.
        delete from s3cache.rebuild_change c where c.job_id = rebuild_plan.job_id;
    end if;
    target_is_empty := not exists (
        select from s3cache.object o
        where o.cache_id = rebuilt.cache_id and o.filename >= scope and o.filename ^@ scope);
    return query
        select rebuilt.cache_id, scope, (rebuilt.args ->> 'dry_run')::boolean, (rebuilt.args ->> 'force')::boolean,
            c.max_delete_fraction::double precision,
            coalesce(last_slice.slice + 1, 0), last_slice.upto,
            last_slice.slice is not null and last_slice.upto is null,
            case
                when (rebuilt.args ->> 'dry_run')::boolean then false
                when last_slice.slice is null then target_is_empty
                else last_slice.direct
            end,
            coalesce(last_slice.counters, '{}'),
            (select nullif(greatest(t.reltuples, 0), 0)::bigint
                from pg_catalog.pg_class t where t.oid = s3cache.partition_of(c.name) and scope = '')
        from s3cache.cache c
        where c.id = rebuilt.cache_id;
end
$$;
comment on function s3cache.rebuild_plan(bigint, bigint) is
    'What a rebuild is to do, and how far an earlier attempt got: the next slice, the last key compared (upto), whether the listing had ended, whether rows go straight into an empty target (direct), the running totals, and the expected number of objects (NULL: unknown). Raises S3C01 if the claim is void.';
