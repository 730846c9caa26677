-- object: function s3cache.stats(text)
create or replace function s3cache.stats(cache text default 's3_image_cache')
returns table (files bigint, bytes bigint, unverified bigint, missing bigint, last_rebuild_at timestamptz, last_rebuild jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    counted integer := s3cache.cache_id(cache);
begin
    return query
        select count(*) filter (where o.state <> 'missing'),
            coalesce(sum(o.size) filter (where o.state <> 'missing'), 0)::bigint,
            count(*) filter (where o.state = 'unverified'),
            count(*) filter (where o.state = 'missing'),
            (select s.last_rebuild_at from s3cache.cache_state s where s.cache_id = counted),
            (select s.last_rebuild from s3cache.cache_state s where s.cache_id = counted)
        from s3cache.object o
        where o.cache_id = counted;
end
$$;
comment on function s3cache.stats(text) is
    'One row about a cache. files and bytes: rows not known to be missing, and their sizes where known; unverified and missing: rows in these states; last_rebuild_at and last_rebuild: when a full rebuild last ended well, and its result, with what its listing took: wasted_pages (guesses that brought nothing), ranges, retries and workers. Counts the rows: about 0.1 s a million.';
