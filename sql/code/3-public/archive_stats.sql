-- object: function s3cache.archive_stats(text)
create or replace function s3cache.archive_stats(binding text)
returns table (media_type text, total bigint, archived bigint, not_archived bigint, archived_percent numeric)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.archive_stats() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.archive_stats(text) is
    'Archived and other rows of a bound table, by type; the row with media_type NULL is the total. Not supported yet: raises feature_not_supported.';
