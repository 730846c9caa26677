-- object: function s3cache.image_item(text, text, text, text)
create or replace function s3cache.image_item(prefix text, filename text, url text, problem text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    signed text[] := regexp_match(url, '[?&]X-Amz-Date=([0-9]{8}T[0-9]{6}Z)&X-Amz-Expires=([0-9]+)');
    item jsonb := jsonb_build_object(
        'url', url, 'filename', regexp_replace(filename, '^.*/', ''), 'key', prefix || filename,
        'expires_at', to_char(
            to_timestamp(signed[1], 'YYYYMMDD"T"HH24MISS"Z"')::timestamp + signed[2]::integer * interval '1 second',
            'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
begin
    return case when url is null then item || jsonb_build_object('error', problem) else item end;
end
$$;
comment on function s3cache.image_item(text, text, text, text) is
    'One element of s3cache.images(). When a presigned URL expires is read from it.';
