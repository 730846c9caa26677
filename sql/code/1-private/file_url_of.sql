-- object: function s3cache.file_url_of(integer, text)
create or replace function s3cache.file_url_of(cache_id integer, filename text) returns text
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
-- A plan for one cache alone would be made for each URL.
set plan_cache_mode = force_generic_plan
as $$
declare
    place record;
begin
    select u.public_base, u.prefix into place
    from s3cache.url_plan u
    where u.cache_id = file_url_of.cache_id;
    return place.public_base || s3cache.percent_encoded(
        s3cache.file_path(place.prefix || filename, exists (
            select
            from s3cache.object o
            where o.cache_id = file_url_of.cache_id and o.filename >= file_url_of.filename || '/' and o.filename < file_url_of.filename || '0')),
        true);
end
$$;
comment on function s3cache.file_url_of(integer, text) is
    'The URL of the file in which the embedded store keeps an object; beside objects of the cache in a folder of its name it is kept under another.';
