-- object: function s3cache.image_item(text, text, text, text)
create or replace function s3cache.image_item(prefix text, filename text, url text, problem text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    -- Not by to_timestamp(), which goes through the session's time zone.
    expires_at timestamp := case when position('&X-Amz-Expires=' in url) > 0 then
        translate(split_part(split_part(url, '&X-Amz-Date=', 2), '&', 1), 'TZ', ' ')::timestamp
            + split_part(split_part(url, '&X-Amz-Expires=', 2), '&', 1)::integer * interval '1 second'
    end;
    item jsonb := jsonb_build_object(
        'url', url, 'filename', regexp_replace(filename, '^.*/', ''), 'key', prefix || filename,
        'expires_at', to_char(expires_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
begin
    return case when url is null then item || jsonb_build_object('error', problem) else item end;
end
$$;
comment on function s3cache.image_item(text, text, text, text) is
    'One element of s3cache.images(). When a presigned URL expires is read from it.';
