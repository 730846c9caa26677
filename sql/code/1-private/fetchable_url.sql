-- object: function s3cache.fetchable_url(text)
create or replace function s3cache.fetchable_url(url text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    -- RFC 3986, appendix B: scheme, authority, path and query; the fragment is nobody's business but the reader's.
    parts constant text[] := regexp_match(url, '^([A-Za-z][A-Za-z0-9+.-]*):(//([^/?#]*))?([^#]*)');
    scheme constant text := lower(parts[1]);
    place constant text[] := regexp_match(parts[3], '^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(:([0-9]*))?$');
    host constant text := lower(place[1]);
    port constant text := coalesce(ltrim(place[3], '0'), '');
    problem text;
begin
    problem := case
        when url is null then 'it is NULL'
        when octet_length(url) > 2048 then format('it has %s bytes, and 2048 are the most', octet_length(url))
        when url ~ '[\u0001-\u001f\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]' or url ~ '^ | $' then
            'it has control characters, line ends or unusual white space in it, or spaces around it'
        when parts is null then 'it is not absolute'
        when scheme not in ('https', 'http') then 'it is neither https nor http'
        when coalesce(parts[3], '') = '' then 'it names no host'
        when position('@' in parts[3]) > 0 then 'it has a user or an @ before its path'
        when place is null then 'its host is none: letters, digits, hyphens and dots, or an IPv6 address in brackets, and a port'
        when host ~ '(^|\.)([0-9]+|0x[0-9a-f]*)\.?$' and host !~ '^(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}$' then
            'its host is a number that is no IPv4 address as four decimal numbers'
        when place[2] <> ':' and (length(port) > 5 or coalesce(nullif(port, ''), '0')::integer not between 1 and 65535) then
            'its port does not exist'
    end;
    if problem is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot fetch this URL: %s.', problem),
            hint = 'Give one that a browser could download, such as https://example.com/logo.png.';
    end if;
    return scheme || '://' || rtrim(host, '.')
        || case when port = case scheme when 'https' then '443' else '80' end or port = '' then '' else ':' || port end
        || case when parts[4] ^@ '/' then '' else '/' end || parts[4];
end
$$;
comment on function s3cache.fetchable_url(text) is
    'A URL as it is fetched, scheme and host in lower case, without its usual port and its fragment. Raises invalid_parameter_value, without showing any of it, for what is no http or https URL, or one that two readers could understand differently. The worker looks at all of it again, and at where it leads.';
