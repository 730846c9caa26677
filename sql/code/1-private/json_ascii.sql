-- object: function s3cache.json_ascii(text)
create or replace function s3cache.json_ascii(given text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    written text := to_json(given)::text;
    odd text;
    code integer;
begin
    for odd in select distinct m[1] collate "C" from regexp_matches(written, '[^\u0001-\u007e]', 'g') as m loop
        code := ascii(odd);
        written := replace(written, odd, case
            when code < 65536 then '\u' || lpad(to_hex(code), 4, '0')
            else '\u' || to_hex(55296 + ((code - 65536) >> 10)) || '\u' || to_hex(56320 + ((code - 65536) & 1023))
        end);
    end loop;
    return written;
end
$$;
comment on function s3cache.json_ascii(text) is
    'A JSON string in printable ASCII: what is not is written as \uXXXX, in UTF-16.';
