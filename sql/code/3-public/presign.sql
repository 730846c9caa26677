-- object: function s3cache.presign(text[], text)
create or replace function s3cache.presign(filenames text[], cache text default 's3_image_cache')
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.presign() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.presign(text[], text) is
    'Has a worker sign URLs and write them to s3cache.presigned; gives a job id. Not supported yet: raises feature_not_supported.';
