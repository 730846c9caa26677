-- object: function s3cache.public_url(text, text)
create or replace function s3cache.public_url(filename text, cache text default 's3_image_cache')
returns text
language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    looked_in integer := s3cache.cache_id(cache);
    plan s3cache.url_plan;
    known record;
    located text;
begin
    select u.* into plan from s3cache.url_plan u where u.cache_id = looked_in;
    if filename = '' or octet_length(filename) + octet_length(plan.prefix) > 1024 then
        perform s3cache.check_key(filename, looked_in);
    end if;
    if s3cache.is_private(looked_in, filename) then
        return case when plan.store = 'file' then s3cache.file_url_of(looked_in, filename) end;
    end if;
    select o.etag, o.content_type, o.location into known
    from s3cache.object o
    where o.cache_id = looked_in and o.filename = public_url.filename collate "C";
    if known.location = 'local' then
        located := s3cache.local_url_of(looked_in, filename);
        if located is not null then
            return located;
        end if;
    end if;
    if plan.cdn_base is not null and not s3cache.is_json(filename, known.content_type) then
        return s3cache.unsigned_url(plan.cdn_base, filename, case when plan.versioned and plan.store = 's3' then known.etag end);
    elsif plan.store = 'file' then
        return s3cache.file_url_of(looked_in, filename);
    elsif plan.public_base is null then
        perform s3cache.refuse_signing(filename, cache);
    end if;
    return s3cache.unsigned_url(plan.public_base, filename, case when plan.versioned then known.etag end);
end
$$;
comment on function s3cache.public_url(text, text) is
    'The URL of a file without any signature: the CDN''s if the cache has a cdn_url and the file is not JSON, else the bucket''s, which works if the bucket lets everyone read. With the setting versioned_urls it ends in ?v= and a mark of the contents. Of an object that S3 has not taken yet: that of its copy. NULL of a file that was uploaded as PrivateData. No row of that name need exist.';
