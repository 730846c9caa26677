-- object: function s3cache.file_key(text)
create or replace function s3cache.file_key(path text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    name text;
    open boolean := true;
    key text := '';
begin
    foreach name in array coalesce(string_to_array(path, '/'), '{}') loop
        key := key || case when open then '' else '/' end || case when name ~ '^\.s3cache~[dfl]~' then substr(name, 12) else name end;
        -- What follows a piece goes on where it ends.
        open := name ^@ '.s3cache~l~';
    end loop;
    -- Each key has two paths at most: whatever else looks like one is none.
    return case when key <> '' and path in (s3cache.escaped_file_path(key, false), s3cache.escaped_file_path(key, true)) then key end;
end
$$;
comment on function s3cache.file_key(text) is
    'The key that the embedded store keeps at a path below its directory; NULL for paths at which it keeps none.';
