-- object: function s3cache.escaped_file_path(text, boolean)
create or replace function s3cache.escaped_file_path(key text, beside_folder boolean) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    components text[] := string_to_array(key, '/');
    component text;
    piece text;
    names text[] := array[]::text[];
begin
    for i in 1..cardinality(components) loop
        component := components[i];
        if octet_length(component) between 1 and 255 and component not in ('.', '..') and not component ^@ '.s3cache~'
            and not (beside_folder and i = cardinality(components))
        then
            names := array_append(names, component);
            continue;
        end if;
        -- A name has at most 255 bytes, of which the marker takes 11; no character is split.
        while octet_length(component) > 244 loop
            piece := left(component, 244);
            while octet_length(piece) > 244 loop
                piece := left(piece, -1);
            end loop;
            names := array_append(names, '.s3cache~l~' || piece);
            component := substr(component, length(piece) + 1);
        end loop;
        names := array_append(names, case when i = cardinality(components) then '.s3cache~f~' else '.s3cache~d~' end || component);
    end loop;
    return array_to_string(names, '/');
end
$$;
comment on function s3cache.escaped_file_path(text, boolean) is
    'Where the embedded store keeps a key, below its directory: names that no file or folder can have stand behind a marker, as docs/embedded-store.md says. beside_folder: there is a folder of that very name.';
