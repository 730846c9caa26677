-- object: function s3cache.expanded_name(text, text, text, text, boolean)
create or replace function s3cache.expanded_name(template text, sha256 text, md5 text, extension text, knows_content boolean) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    moment constant timestamptz := statement_timestamp();
    needs_content constant boolean := not knows_content and template ~ '(^|[^{])(\{\{)*\{(sha256|md5|ext)(:[0-9]+)?\}';
    name text := '';
    token text;
    filled text;
begin
    if template is null or template !~ '[{}]' then
        return template;
    elsif octet_length(template) > 4096 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('The name %s has %s bytes before its placeholders are replaced: it takes 4096.',
                to_json(left(template, 200)), octet_length(template)),
            hint = 'Keys of objects have at most 1024 bytes.';
    end if;
    for token in
        select (regexp_matches(template, '\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+', 'g'))[1]
    loop
        filled := case
            when token !~ '[{}]' then token
            when token in ('{{', '}}') then case when needs_content then token else left(token, 1) end
            when token = '{unix}' then floor(extract(epoch from moment))::bigint::text
            when token = '{uuid}' then gen_random_uuid()::text
            when token ~ '^\{date:(YYYY|MM|DD|HH|MI|SS)\}$' then
                to_char(moment at time zone 'UTC', replace(substring(token from 7 for length(token) - 7), 'HH', 'HH24'))
            when token ~ '^\{(sha256|md5|ext)(:[0-9]+)?\}$' and not knows_content then token
            when token = '{sha256}' then sha256
            when token ~ '^\{sha256:([1-9]|[1-5][0-9]|6[0-4])\}$' then left(sha256, substring(token from ':([0-9]+)')::integer)
            when token = '{md5}' then md5
            when token ~ '^\{md5:([1-9]|[12][0-9]|3[0-2])\}$' then left(md5, substring(token from ':([0-9]+)')::integer)
            when token = '{ext}' then extension
        end;
        if filled is null and token = '{ext}' then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('The name %s has {ext} in it, and nothing tells what the content is.', to_json(left(template, 200))),
                hint = 'Declare its content_type, or write the extension into the name.';
        elsif filled is null then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('The name %s has %s in it, which is no placeholder.', to_json(left(template, 200)), to_json(left(token, 50))),
                hint = 'There are {unix}, {uuid}, {sha256}, {sha256:8}, {md5}, {ext}, and {date:YYYY}, MM, DD, HH, MI, SS in UTC; a brace itself is written twice: {{.';
        end if;
        name := name || filled;
    end loop;
    return name;
end
$$;
comment on function s3cache.expanded_name(text, text, text, text, boolean) is
    'A filename with its placeholders replaced. Where the content is not known yet, what depends on it stays, and doubled braces with it. Raises invalid_parameter_value for a placeholder that there is none of.';
