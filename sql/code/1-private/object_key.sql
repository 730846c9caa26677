-- object: function s3cache.object_key(integer, text)
create or replace function s3cache.object_key(cache_id integer, filename text) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return coalesce(
        (select s.prefix from s3cache.cache_setting s where s.cache_id = object_key.cache_id), '') || filename;
end
$$;
comment on function s3cache.object_key(integer, text) is 'The key of a file in its bucket: the cache''s prefix and the filename.';
