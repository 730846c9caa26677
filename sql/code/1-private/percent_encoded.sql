-- object: function s3cache.percent_encoded(text, boolean)
create or replace function s3cache.percent_encoded(given text, as_path boolean default false) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    encoded text := replace(given, '%', '%25');
    odd text;
begin
    -- What a replacement puts in is never odd itself.
    for odd in select distinct m[1] collate "C" from regexp_matches(given, '[^A-Za-z0-9._~%-]', 'g') as m loop
        continue when as_path and odd = '/';
        encoded := replace(encoded, odd, regexp_replace(upper(encode(convert_to(odd, 'UTF8'), 'hex')), '(..)', '%\1', 'g'));
    end loop;
    return encoded;
end
$$;
comment on function s3cache.percent_encoded(text, boolean) is
    'UTF-8 text with every byte but letters, digits and -._~ written as %XX, as Signature Version 4 wants it in queries; as_path leaves slashes alone.';
