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
        from (
            select l.filename
            from s3cache.object l
            where l.cache_id = 1 and l.filename = (lower(wanted collate "default") collate "C") and l.state <> 'missing'
            union all
            -- As the index's condition has it: names with an upper-case or a non-ASCII character.
            select u.filename
            from s3cache.object u
            where u.cache_id = 1
                and (lower(u.filename collate "default") collate "C") = (lower(wanted collate "default") collate "C")
                and (lower(u.filename) <> u.filename or octet_length(u.filename) <> length(u.filename))
                and u.state <> 'missing'
        ) o
        order by o.filename
        limit 1;
    end if;
    return stored;
end
$$;
comment on function @extschema@.get_s3_image_filename(text) is
    'The stored spelling of a filename in s3_image_cache: the exact one, else the first that differs only in case; NULL if there is none or its object is missing. Index look-ups only, no request.';
