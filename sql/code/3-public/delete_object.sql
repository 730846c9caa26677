-- object: function s3cache.delete_object(text, text)
create or replace function s3cache.delete_object(filename text, cache text default 's3_image_cache')
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.delete_object() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.delete_object(text, text) is
    'Deletes an object and its row; gives a job id. Not supported yet: raises feature_not_supported.';
