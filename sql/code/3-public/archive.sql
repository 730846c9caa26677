-- object: function s3cache.archive(text, bigint, integer, boolean, boolean)
create or replace function s3cache.archive(
    binding text,
    limit_rows bigint default null,
    batch_size integer default 50,
    dry_run boolean default false,
    force boolean default false)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.archive() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.archive(text, bigint, integer, boolean, boolean) is
    'Uploads the files of bound rows that have no URL yet; gives a job id. Not supported yet: raises feature_not_supported.';
