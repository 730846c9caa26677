-- object: function s3cache.percent_encoded(text, boolean)
create or replace function s3cache.percent_encoded(given text, as_path boolean default false) returns text
language plpgsql immutable parallel safe
-- No settings, for URLs by the thousand: see s3cache.url_at().
as $$
declare
    unsafe pg_catalog.text := case when as_path then '[^A-Za-z0-9._~%/-]' else '[^A-Za-z0-9._~%-]' end;
    encoded pg_catalog.text := pg_catalog.replace(given, '%', '%25');
    odd pg_catalog.text;
begin
    -- What a replacement puts in is never odd itself.
    loop
        odd := pg_catalog.substring(encoded, unsafe);
        exit when odd is null;
        encoded := pg_catalog.replace(encoded, odd, s3cache.percent_escape(odd));
    end loop;
    return encoded;
end
$$;
comment on function s3cache.percent_encoded(text, boolean) is
    'UTF-8 text with every byte but letters, digits and -._~ written as %XX, as Signature Version 4 wants it in queries; as_path leaves slashes alone.';
