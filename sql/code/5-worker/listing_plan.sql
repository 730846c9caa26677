-- object: function s3cache.listing_plan(bigint, bigint)
create or replace function s3cache.listing_plan(job_id bigint, token bigint)
returns table (
    rebuild_id bigint, cache_id integer, prefix text, dry_run boolean, force boolean,
    max_delete_fraction double precision, part integer, next_slice integer, seconds double precision, direct boolean,
    serial boolean, trusted boolean, expected bigint, as_of timestamptz, listed bigint)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    lister s3cache.job;
    rebuilt s3cache.job;
    scope text;
    held s3cache.rebuild_part;
begin
    perform s3cache.hold_claim(listing_plan.job_id, token);
    select j.* into strict lister from s3cache.job j where j.id = listing_plan.job_id;
    select j.* into rebuilt from s3cache.job j where j.id = s3cache.listed_rebuild(lister);
    scope := rebuilt.args ->> 'prefix';
    if lister.id = rebuilt.id and not exists (select from s3cache.rebuild_listing l where l.job_id = rebuilt.id) then
        -- What is there without it is left from a crash of the server.
        perform s3cache.forget_listings(array[rebuilt.id]);
        insert into s3cache.rebuild_listing (job_id, direct)
        select rebuilt.id, not (rebuilt.args ->> 'dry_run')::boolean and not exists (
            select from s3cache.object o
            where o.cache_id = rebuilt.cache_id and o.filename >= scope and o.filename ^@ scope);
        insert into s3cache.rebuild_part (job_id, part, holder) values (rebuilt.id, 0, rebuilt.id);
        insert into s3cache.rebuild_range (job_id, part) values (rebuilt.id, 0);
    end if;
    -- A bucket that does not list from any key on cannot be listed on from where an earlier attempt got to.
    if lister.id = rebuilt.id and exists (
        select from s3cache.rebuild_listing l
        where l.job_id = rebuilt.id and l.as_of is null
            and (l.distrusted or (
                l.serial
                and exists (select from s3cache.rebuild_slice s where s.job_id = rebuilt.id)
                and exists (select from s3cache.rebuild_range r where r.job_id = rebuilt.id))))
    then
        perform s3cache.list_serially(lister.id, token);
    end if;
    held := s3cache.hold_part(lister.id, token);
    perform s3cache.forget_unfinished_slice(held.job_id, held.part);
    return query
        select rebuilt.id, rebuilt.cache_id, scope, (rebuilt.args ->> 'dry_run')::boolean,
            (rebuilt.args ->> 'force')::boolean, c.max_delete_fraction::double precision, held.part,
            coalesce((select max(s.slice) + 1 from s3cache.rebuild_slice s
                where s.job_id = held.job_id and s.part = held.part), 0),
            held.seconds, l.direct, l.serial, l.trusted,
            -- Of a table that was empty when it began, statistics tell only what it has brought so far.
            coalesce(l.staged, (select nullif(greatest(t.reltuples, 0), 0)::bigint
                from pg_catalog.pg_class t where t.oid = s3cache.partition_of(c.name) and scope = '' and not l.direct)),
            l.as_of,
            (select sum(p.listed)::bigint from s3cache.rebuild_part p where p.job_id = held.job_id)
        from s3cache.cache c
        join s3cache.rebuild_listing l on l.job_id = rebuilt.id
        where c.id = rebuilt.cache_id;
end
$$;
comment on function s3cache.listing_plan(bigint, bigint) is
    'What a rebuild is to do, for the job that runs it or one that helps it to list: the part of the listing that the job holds, the number of its next slice, the seconds spent on it, whether rows go straight into an empty target (direct), whether the bucket is listed page after page (serial), whether it is known to list from any key on (trusted), the expected number of objects (NULL: unknown), the time that an inventory is as of (NULL: the bucket is listed), and how many objects all parts have listed. What is left to list is in s3cache.ranges_to_list(). Raises S3C01 if the claim is void, S3C02 for a helper whose rebuild has ended.';
