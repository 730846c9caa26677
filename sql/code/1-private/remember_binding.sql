-- object: function s3cache.remember_binding(regclass, text, text, text, text, text, text, text, text, text)
create or replace function s3cache.remember_binding(
    table_name regclass, key text, cache text, url_column text, url_style text, path_column text, md5_column text,
    mime_column text, type_column text, root text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    bound s3cache.binding_row;
    place record;
begin
    if not exists (
        select from pg_catalog.pg_class c where c.oid = table_name and pg_has_role(s3cache.caller(), c.relowner, 'usage'))
    then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('%s is not yours.', coalesce(table_name::text, 'NULL')),
            hint = 'Its owner binds it.';
    end if;
    select n.nspname::text, c.relname::text into place
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.oid = table_name;
    bound.table_id := table_name;
    bound.cache_id := s3cache.cache_id(cache);
    bound.key := key;
    bound.key_parts := s3cache.key_parts(table_name, key);
    bound.url_column := url_column;
    bound.url_style := coalesce(url_style, 'url');
    bound.path_column := path_column;
    bound.md5_column := md5_column;
    bound.mime_column := mime_column;
    bound.type_column := type_column;
    bound.root := root;
    bound.created_at := clock_timestamp();
    perform s3cache.check_binding(bound);
    -- One binding at a time, so that each gets a name of its own.
    perform pg_advisory_xact_lock(hashtextextended('s3cache.binding', 0));
    -- What was on a table that is gone makes room.
    delete from s3cache.binding_row b
    where b.table_id = table_name or not exists (select from pg_catalog.pg_class c where c.oid = b.table_id);
    bound.name := case
        when exists (select from s3cache.binding_row b where b.name = place.relname) then place.nspname || '.' || place.relname
        else place.relname
    end;
    insert into s3cache.binding_row (
        name, table_id, cache_id, key, key_parts, url_column, url_style, path_column, md5_column, mime_column, type_column, root,
        created_at)
    values (
        bound.name, bound.table_id, bound.cache_id, bound.key, bound.key_parts, bound.url_column, bound.url_style,
        bound.path_column, bound.md5_column, bound.mime_column, bound.type_column, bound.root, bound.created_at);
    return bound.name;
end
$$;
comment on function s3cache.remember_binding(regclass, text, text, text, text, text, text, text, text, text) is
    'Writes a binding down, in place of the table''s former one, and gives its name. It grants nothing: on a table whose owner did not bind it, a worker may do nothing.';
