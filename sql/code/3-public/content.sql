-- object: function s3cache.content(bigint)
create or replace function s3cache.content(job_id bigint)
returns bytea
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.content() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.content(bigint) is
    'The bytes that a read job of the caller fetched; kept for an hour. Not supported yet: raises feature_not_supported.';
