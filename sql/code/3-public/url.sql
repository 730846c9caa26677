-- object: function s3cache.url(text, text)
create or replace function s3cache.url(filename text, cache text default 's3_image_cache')
returns text
language plpgsql stable parallel safe security definer
as $$
begin
    return s3cache.handed_out_url_at(filename, cache, pg_catalog.statement_timestamp());
end
$$;
comment on function s3cache.url(text, text) is
    'The URL to hand out for a file, without a request: the CDN''s if the cache has a cdn_url and the file is not JSON, else the public one if its access is public, else a presigned one, as s3cache.presigned_url() makes it. Of an object that S3 has not taken yet: that of the copy which a worker keeps. NULL if the object is known to be missing, or there is no key to sign with. No row of that name need exist.';
