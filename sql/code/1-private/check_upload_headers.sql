-- object: function s3cache.check_upload_headers(text, jsonb, text)
create or replace function s3cache.check_upload_headers(content_type text, metadata jsonb, cache_control text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    -- RFC 9110: type "/" subtype, then parameters, each a token or a quoted string.
    token constant text := '[A-Za-z0-9!#$%&''*+.^_`|~-]+';
    quoted constant text := '"([\u0020\u0021\u0023-\u005b\u005d-\u007e]|\\[\u0020-\u007e])*"';
    media_type constant text := '^' || token || '/' || token || '( *; *' || token || '=(' || token || '|' || quoted || '))*$';
    refused text;
    bytes bigint;
begin
    if octet_length(content_type) > 255 or content_type !~ media_type then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('content_type cannot be %s: it takes a media type of at most 255 characters.',
                to_json(left(content_type, 200))),
            hint = 'Such as image/jpeg, or text/plain; charset=utf-8. NULL lets s3cache choose.';
    end if;
    if octet_length(cache_control) > 255 or cache_control !~ '^[\u0021-\u007e]([\u0020-\u007e]*[\u0021-\u007e])?$' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('cache_control cannot be %s: it takes 1 to 255 printable ASCII characters, without spaces around them.',
                to_json(left(cache_control, 200))),
            hint = 'Such as max-age=31536000, immutable. NULL takes the cache''s setting.';
    end if;
    if jsonb_typeof(metadata) <> 'object' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('metadata cannot be a JSON %s: it takes an object of strings.', jsonb_typeof(metadata)),
            hint = 'Such as {"photographer": "Ada", "album-id": "7"}.';
    end if;
    select sum(octet_length(m.name) + octet_length(m.value)) into bytes
    from jsonb_each_text(metadata) as m (name, value);
    if bytes > 2048 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('metadata has %s bytes of names and values: S3 takes at most 2048.', bytes),
            hint = 'Keep it in a table of your own, beside the filename.';
    end if;
    select m.name into refused
    from jsonb_each(metadata) as m (name, value)
    where m.name !~ '^[A-Za-z0-9_-]+$' or jsonb_typeof(m.value) <> 'string'
        or (m.value #>> '{}') !~ '^([\u0021-\u007e]([\u0020-\u007e]*[\u0021-\u007e])?)?$'
    limit 1;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('metadata cannot have %s with this value: names are letters, digits, hyphens and underscores, values strings of printable ASCII without spaces around them.',
                to_json(left(refused, 200))),
            hint = 'S3 sends metadata as HTTP headers; encode other text, for example as base64.';
    end if;
    select lower(m.name) into refused
    from jsonb_object_keys(metadata) as m (name)
    group by lower(m.name)
    having count(*) > 1
    limit 1;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('metadata has the name %s twice: S3 does not tell upper from lower case.', refused),
            hint = 'Give each name once.';
    end if;
end
$$;
comment on function s3cache.check_upload_headers(text, jsonb, text) is
    'Raises an error, one sentence with a hint, if an upload cannot be sent with this content type, metadata or Cache-Control. NULL is none of them.';
