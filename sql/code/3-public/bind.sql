-- object: function s3cache.bind(regclass, text, text, text, text, text, text, text, text, text)
create or replace function s3cache.bind(
    table_name regclass,
    key text,
    cache text default 's3_image_cache',
    url_column text default null,
    url_style text default null,
    path_column text default null,
    md5_column text default null,
    mime_column text default null,
    type_column text default null,
    root text default null)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.bind() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.bind(regclass, text, text, text, text, text, text, text, text, text) is
    'Binds the rows of a table to objects by a key template. Not supported yet: raises feature_not_supported.';
