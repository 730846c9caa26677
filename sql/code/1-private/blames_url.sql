-- object: function s3cache.blames_url(jsonb)
create or replace function s3cache.blames_url(detail jsonb) returns boolean
language sql immutable parallel safe
-- What the worker, the bucket or the name is to blame for says nothing of the URL.
return detail ->> 'operation' is null
    and detail ->> 'code' not in ('fetch_exhausted', 'fetch_configuration_invalid', 'content_extension_mismatch', 'content_misplaced')
    and (detail ->> 'code' ^@ 'fetch_' or detail ->> 'code' ^@ 'content_'
        or detail ->> 'code' in ('too_large', 'too_many_pixels', 'scan_refused'));
comment on function s3cache.blames_url(jsonb) is
    'Whether a fetch that failed with this detail failed for what its URL leads to. Its names were resolved when it was made.';
