-- object: function @extschema@.get_s3_image_filename(text)
create or replace function @extschema@.get_s3_image_filename(filename text) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    wanted constant text := get_s3_image_filename.filename;
    stored text;
begin
    select o.filename into stored
    from s3cache.object o
    where o.cache_id = 1 and o.filename = wanted and o.state <> 'missing';
    if not found then
        select o.filename into stored
        from s3cache.object o
        where o.cache_id = 1 and o.state <> 'missing'
            and (lower(o.filename collate "default") collate "C") = (lower(wanted collate "default") collate "C")
        order by o.filename
        limit 1;
    end if;
    return stored;
end
$$;
comment on function @extschema@.get_s3_image_filename(text) is
    'The stored spelling of a filename in s3_image_cache: the exact one, else the first that differs only in case; NULL if there is none or its object is missing. Two index look-ups, no request.';
