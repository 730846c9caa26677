-- object: function s3cache.unsigned_url_of(integer, text)
create or replace function s3cache.unsigned_url_of(cache_id integer, filename text) returns text
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
-- A plan for one cache alone would be made for each URL.
set plan_cache_mode = force_generic_plan
as $$
declare
    place record;
    known record;
begin
    select u.cdn_base, u.public_base, u.access = 'public' and u.store = 's3' as is_public, u.versioned into place
    from s3cache.url_plan u
    where u.cache_id = unsigned_url_of.cache_id;
    if place.cdn_base is null and place.is_public is not true then
        return null;
    end if;
    select o.etag, o.content_type into known
    from s3cache.object o
    where o.cache_id = unsigned_url_of.cache_id and o.filename = unsigned_url_of.filename;
    return case
        when place.cdn_base is not null and not s3cache.is_json(filename, known.content_type)
        then s3cache.unsigned_url(place.cdn_base, filename, case when place.versioned then known.etag end)
        when place.is_public
        then s3cache.unsigned_url(place.public_base, filename, case when place.versioned then known.etag end)
    end;
end
$$;
comment on function s3cache.unsigned_url_of(integer, text) is
    'What of a file''s URLs takes no signature and is handed out: the CDN''s, unless the file is JSON, else the public one; NULL if there is neither.';
