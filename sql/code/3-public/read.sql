-- object: function s3cache.read(text, bigint, text)
create or replace function s3cache.read(filename text, max_bytes bigint default null, cache text default 's3_image_cache')
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.read() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.read(text, bigint, text) is
    'Reads an object; gives a job id for s3cache.content(). Not supported yet: raises feature_not_supported.';
