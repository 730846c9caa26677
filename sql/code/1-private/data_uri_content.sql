-- object: function s3cache.data_uri_content(text, bigint)
create or replace function s3cache.data_uri_content(data_uri text, max_bytes bigint, out media_type text, out content bytea)
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    comma constant integer := position(',' in left(data_uri, 1024));
    head constant text := left(data_uri, comma - 1);
    is_base64 constant boolean := head ~* ';base64$';
    -- What messages show of it is never data.
    shown constant text := case when comma > 0 then to_json(left(head, 60) || ',…')::text else 'given' end;
    size bigint;
    problem text;
begin
    if data_uri is null then
        raise exception using
            errcode = 'null_value_not_allowed',
            message = 'Cannot upload a data: URI that is NULL.',
            hint = 'Such as data:image/png;base64, and then the image in base64.';
    elsif comma = 0 or data_uri !~* '^data:' then
        problem := 'it does not begin with data:, a media type and a comma';
    else
        media_type := nullif(regexp_replace(substring(head from 6), ';base64$', '', 'i'), '');
        if media_type ~ '^;' then
            media_type := 'text/plain' || media_type;  -- RFC 2397, 2
        end if;
        size := length(data_uri) - comma;
        if not is_base64 and size > 4194304 then
            -- Each byte may be a piece of its own.
            problem := format('it has %s characters of percent-encoded data, and 4194304 are the most; encode it in base64', size);
        elsif not is_base64 then
            size := size - 2 * (size - length(replace(substring(data_uri from comma + 1), '%', '')));
        else
            size := size / 4 * 3 - case when data_uri like '%==' then 2 when data_uri like '%=' then 1 else 0 end;
        end if;
        if problem is not null then
            null;
        elsif size > max_bytes then
            problem := format('it stands for %s bytes, and the setting max_bytes of the cache is %s', size, max_bytes);
        elsif is_base64 and ((length(data_uri) - comma) % 4 <> 0 or substring(data_uri from comma + 1) !~ '^[A-Za-z0-9+/]*={0,2}$') then
            problem := 'what follows its comma is not base64: letters, digits, + and /, four characters at a time, with = at the end';
        elsif is_base64 then
            content := decode(substring(data_uri from comma + 1), 'base64');
            -- Bits that stand for nothing are zero, or two texts would be the same image.
            if data_uri like '%=' then
                problem := case when encode(decode(right(data_uri, 4), 'base64'), 'base64') <> right(data_uri, 4)
                    then 'its base64 ends in bits that stand for nothing' end;
            end if;
        elsif substring(data_uri from comma + 1) !~ '^([A-Za-z0-9!$&''()*+,;=:@/?._~-]|%[0-9A-Fa-f]{2})*$' then
            problem := 'what follows its comma has characters that a URI writes as % and two hexadecimal digits';
        else
            content := coalesce((
                select string_agg(
                    case when p.n = 1 then convert_to(p.part, 'UTF8')
                        else decode(left(p.part, 2), 'hex') || convert_to(substring(p.part from 3), 'UTF8') end, '' order by p.n)
                from unnest(string_to_array(substring(data_uri from comma + 1), '%')) with ordinality as p (part, n)), '');
        end if;
    end if;
    if problem is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot upload the data: URI %s: %s.', shown, problem),
            hint = 'Such as data:image/png;base64, and then the image in base64.';
    end if;
end
$$;
comment on function s3cache.data_uri_content(text, bigint) is
    'What a data: URI (RFC 2397) stands for: its media type, NULL where it names none, and its bytes. Raises an error, one sentence with a hint that shows nothing of the data, for what is none, and before decoding it for what stands for more than max_bytes.';
