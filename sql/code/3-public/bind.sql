-- object: function s3cache.bind(regclass, text, text, text, text, text, text, text, text, text)
create or replace function s3cache.bind(
    table_name regclass,
    key text,
    cache text default 's3_image_cache',
    url_column text default null,
    url_style text default null,
    path_column text default null,
    md5_column text default null,
    mime_column text default null,
    type_column text default null,
    root text default null)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    bound text;
    place text;
    before name;
begin
    if table_name is null then
        raise exception using
            errcode = 'null_value_not_allowed',
            message = 'No table is named.',
            hint = 'SELECT s3cache.bind(''products'', key => ''{partnumber}.jpg'');';
    end if;
    select format('%I.%I', n.nspname, c.relname), n.nspname::text into bound, place
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.oid = table_name and pg_has_role(current_user, c.relowner, 'usage');
    if not found then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('%s is not yours to bind.', table_name),
            hint = 'Its owner binds a table, because a binding grants rights on it to s3cache_worker.';
    end if;
    if exists (select from pg_catalog.pg_trigger t where t.tgrelid = table_name and t.tgname = 's3cache_on_insert') then
        execute format('drop trigger s3cache_on_insert on %s', bound);
    end if;
    select b.url_column into before from s3cache.binding b where b.table_id = table_name;
    perform s3cache.remember_binding(table_name, key, cache, url_column, url_style, path_column, md5_column, mime_column,
        type_column, root);
    if not exists (select from pg_catalog.pg_roles r where r.rolname = 's3cache_worker') then
        raise warning '%', format('There is no role s3cache_worker: grant the role that workers connect as SELECT on %s%s.', bound,
            ' and UPDATE (' || quote_ident(url_column) || ')');
        return;
    end if;
    if before is not null and exists (
        select from pg_catalog.pg_attribute a where a.attrelid = table_name and a.attname = before and not a.attisdropped)
    then
        execute format('revoke update (%I) on %s from s3cache_worker', before, bound);
    end if;
    execute format('grant select on %s to s3cache_worker', bound);
    if url_column is not null then
        execute format('grant update (%I) on %s to s3cache_worker', url_column, bound);
    end if;
    if has_schema_privilege('s3cache_worker', place, 'usage') then
        return;
    elsif has_schema_privilege(place, 'usage with grant option') then
        execute format('grant usage on schema %I to s3cache_worker', place);
    else
        raise warning '%', format('Ask the owner of schema %1$I to run: GRANT USAGE ON SCHEMA %1$I TO s3cache_worker;', place);
    end if;
end
$$;
comment on function s3cache.bind(regclass, text, text, text, text, text, text, text, text, text) is
    'Binds the rows of a table of yours to objects of a cache, in place of the binding that it may have. key: the template of a row''s filename, or of its folder where it ends in a slash, made of the row''s columns and of placeholders: {id}, {created_at:YYYY}, {file}, {unix}, {uuid}. url_column: where the URL goes of what is uploaded, fetched or archived through the binding; it takes a primary key. url_style: url (default; the CDN''s, else the public one), s3 (s3://bucket/key) or key. path_column, md5_column, mime_column, type_column and root say where archive() finds the files of rows, and what they must be. What s3cache.on_insert() was told of the former binding is forgotten. Grants s3cache_worker SELECT on the table and UPDATE of url_column, and nothing else.';
