-- object: function s3cache.ingest_event(jsonb)
create or replace function s3cache.ingest_event(event jsonb)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.ingest_event() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.ingest_event(jsonb) is
    'Applies S3 event notifications to the cache; gives the number of records applied. Not supported yet: raises feature_not_supported.';
