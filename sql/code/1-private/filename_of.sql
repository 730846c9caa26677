-- object: function s3cache.filename_of(text, text)
create or replace function s3cache.filename_of(url text, cache text) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    known s3cache.cache;
    found_key text;
begin
    select c.* into known from s3cache.cache c where c.name = filename_of.cache;
    found_key := case
        when url ^@ 's3://' then
            case when known.bucket is null or url ^@ ('s3://' || known.bucket || '/') then regexp_replace(url, '^s3://[^/]*/', '') end
        when url ~* '^(https?|file):' then s3cache.key_of(url, cache)
        else url
    end;
    return case when found_key ^@ known.prefix then nullif(substr(found_key, length(known.prefix) + 1), '') end;
end
$$;
comment on function s3cache.filename_of(text, text) is
    'The filename behind what a URL column may hold: a URL of the cache''s, s3://bucket/key, or a key; NULL for foreign ones.';
