-- object: function s3cache.check_binding(s3cache.binding_row)
create or replace function s3cache.check_binding(bound s3cache.binding_row) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    shape record;
    asked record;
    problem text;
    advice text;
begin
    select c.relkind, c.relpersistence, c.relispartition, n.nspname,
        exists (select from pg_catalog.pg_inherits i where i.inhrelid = c.oid and i.inhparent = 's3cache.object'::regclass) as is_cache,
        exists (select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisprimary) as has_key
    into shape
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.oid = bound.table_id;
    if shape.relkind is null or shape.relkind not in ('r', 'p') then
        problem := format('%s is no table.', bound.table_id);
        advice := 'Views and foreign tables cannot be bound; bind the tables behind them.';
    elsif shape.relpersistence = 't' then
        problem := format('%s is a temporary table, which no worker sees.', bound.table_id);
        advice := 'Bind a permanent one.';
    elsif shape.is_cache or shape.nspname = 's3cache' then
        problem := format('%s is a table of s3cache''s own.', bound.table_id);
        advice := 'Bind a table of yours.';
    elsif bound.url_style not in ('url', 's3', 'key') then
        problem := format('url_style cannot be %s: it takes url, s3 or key.', to_json(left(bound.url_style, 200)));
        advice := 'url is the CDN''s URL, else the public one; s3 is s3://bucket/key.';
    elsif bound.root ~ '(^|/)\.\.(/|$)' or bound.root = '' then
        problem := format('root cannot be %s: it takes a directory below one of the worker''s S3CACHE_FILE_ROOTS.', to_json(left(bound.root, 200)));
        advice := 'Give it without "..", relative to one of them or absolute.';
    elsif bound.url_column is not null and not shape.has_key then
        problem := format('%s has no primary key, so that no URL can be written to one of its rows.', bound.table_id);
        advice := format('ALTER TABLE %s ADD PRIMARY KEY (…);', bound.table_id);
    else
        problem := s3cache.filename_problem(
            (select string_agg(coalesce(p.part ->> 'text', 'x'), '' order by p.place)
                from jsonb_array_elements(bound.key_parts) with ordinality as p (part, place)),
            octet_length((select c.prefix from s3cache.cache c where c.id = bound.cache_id)));
        if problem is not null then
            problem := format('The key template %s makes no keys: %s.', to_json(left(bound.key, 200)), problem);
            advice := 'Such as {id}.jpg, or {id}/ for a folder a row.';
        end if;
    end if;
    if problem is null then
        for asked in
            select w.setting, w.name, a.attname, a.attgenerated, y.typcategory
            from (values ('url_column', bound.url_column), ('path_column', bound.path_column), ('md5_column', bound.md5_column),
                ('mime_column', bound.mime_column), ('type_column', bound.type_column)) as w (setting, name)
            left join pg_catalog.pg_attribute a
                on a.attrelid = bound.table_id and a.attname = w.name and a.attnum > 0 and not a.attisdropped
            left join pg_catalog.pg_type y on y.oid = a.atttypid
            where w.name is not null
        loop
            if asked.attname is null then
                problem := format('%s has no column %I, which %s names.', bound.table_id, asked.name, asked.setting);
                advice := 'Names of columns are exact: lower-case unless they were quoted when the table was made.';
            elsif asked.setting = 'url_column' and (asked.typcategory <> 'S' or asked.attgenerated <> '') then
                problem := format('No URL can be written to the column %I of %s.', asked.name, bound.table_id);
                advice := 'It takes a column of type text that is not generated.';
            end if;
        end loop;
    end if;
    if problem is not null then
        raise exception using errcode = 'invalid_parameter_value', message = problem, hint = advice;
    end if;
end
$$;
comment on function s3cache.check_binding(s3cache.binding_row) is
    'Raises invalid_parameter_value, one sentence with a hint, for a table that cannot be bound so.';
