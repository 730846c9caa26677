-- object: function s3cache.object_mark(integer, text)
create or replace function s3cache.object_mark(cache_id integer, filename text) returns bigint
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
-- A plan for one cache alone would be made for each URL.
set plan_cache_mode = force_generic_plan
as $$
begin
    return (
        select case when o.state = 'missing' or o.location = 'local' then -1 - o.object_version else o.object_version end
        from s3cache.object o
        where o.cache_id = object_mark.cache_id and o.filename = object_mark.filename);
end
$$;
comment on function s3cache.object_mark(integer, text) is
    'What making a URL takes to know of a file of any cache: its row''s object_version, subtracted from -1 if it is not in the bucket: known to be missing, or not taken yet; NULL without a row.';
