-- object: function s3cache.lasting_url_of(integer, text)
create or replace function s3cache.lasting_url_of(cache_id integer, filename text) returns text
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
    return (
        select coalesce(
            s3cache.unsigned_url_of(u.cache_id, lasting_url_of.filename, (u.signing).cdn_base, (u.signing).public_base, u.versioned),
            case when u.store = 'file' then s3cache.file_url_of(u.cache_id, lasting_url_of.filename) end)
        from s3cache.url_plan u
        where u.cache_id = lasting_url_of.cache_id);
end
$$;
comment on function s3cache.lasting_url_of(integer, text) is
    'The URL of a file as results tell it: the one that s3cache.url() hands out where that is the CDN''s, a public one or a file''s; NULL where it is presigned.';
