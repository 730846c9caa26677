-- object: function s3cache.binding_plan(text)
create or replace function s3cache.binding_plan(binding text)
returns table (
    name text, cache text, cache_id integer, bound text, key_sql text, is_folder boolean, is_derived boolean, row_key_sql text,
    row_conditions text[], url_column text, url_style text, path_column text, md5_column text, mime_column text, type_column text,
    file_sql text, order_column text, order_type text, root text, source_column text, row_order text, behind_row text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    found_row s3cache.binding_row;
    problem text;
    key_columns text[];
    -- What a column is in the row that $1 names.
    positions text[];
    is_equal text;
    key_matches text;
    behind text;
    is_plain boolean;
    own_column text;
    times text[];
    item record;
begin
    select b.* into found_row
    from s3cache.binding_row b
    where b.name = binding
        or b.table_id = (
            select c.oid from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where binding in (n.nspname || '.' || c.relname, format('%I.%I', n.nspname, c.relname))
            limit 1)
    order by b.name = binding desc
    limit 1;
    if not found then
        raise exception using
            errcode = 'undefined_object',
            message = format('There is no binding %s.', coalesce(quote_ident(binding), 'NULL')),
            hint = 'TABLE s3cache.binding lists them; SELECT s3cache.bind(table, key => …) makes one.';
    end if;
    problem := s3cache.binding_problem(found_row.table_id, found_row.key_parts,
        array[found_row.url_column, found_row.path_column, found_row.md5_column, found_row.mime_column, found_row.type_column,
            found_row.source_column],
        found_row.url_column is not null);
    if problem is not null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('The binding %I cannot be used: %s.', found_row.name, problem),
            hint = case
                when problem = 'its table was dropped' then
                    format('SELECT s3cache.unbind(%s); removes it; then bind the new table.', found_row.table_id::oid)
                else 'Bind the table as it is now with s3cache.bind(), or change it back.'
            end;
    end if;
    select array_agg(format('r.%I', k.name) order by k.place),
        array_agg(case k.columns when 1 then format('$1::%s', k.type) else format('($1::jsonb ->> %s)::%s', k.place - 1, k.type) end
            order by k.place),
        bool_and(k.behind = 'operator(pg_catalog.>)')
    into key_columns, positions, is_plain
    from (select c.*, count(*) over () as columns from s3cache.bound_key_columns(found_row.table_id) c) k;
    for item in select k.* from s3cache.bound_key_columns(found_row.table_id) k order by k.place desc loop
        is_equal := format('%s %s %s', key_columns[item.place], item.equal, positions[item.place]);
        behind := case
            when behind is null then format('%s %s %s', key_columns[item.place], item.behind, positions[item.place])
            else format('(%s %s %s or (%s and %s))', key_columns[item.place], item.behind, positions[item.place], is_equal, behind)
        end;
        key_matches := concat_ws(' and ', is_equal, key_matches);
    end loop;
    if is_plain then
        -- The same, and an index tells it.
        behind := format('(%s) > (%s)', array_to_string(key_columns, ', '), array_to_string(positions, ', '));
    end if;
    -- The template's one column, where it alone makes the key; and where URLs are written, each row has another.
    select min(p.part ->> 'column') into own_column
    from jsonb_array_elements(found_row.key_parts) as p (part)
    where not p.part ? 'text'
    having count(*) = 1 and not bool_or(p.part ? 'format');
    if found_row.url_column is not null and not exists (
        select
        from pg_catalog.pg_index i
        join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indrelid = found_row.table_id and i.indisunique and i.indisvalid and i.indnkeyatts = 1 and i.indpred is null
            and a.attname = own_column)
    then
        own_column := null;
    end if;
    -- The oldest rows come first: by the template's time, else by created_at.
    select array[a.attname, format_type(a.atttypid, a.atttypmod)] into times
    from pg_catalog.pg_attribute a
    left join jsonb_array_elements(found_row.key_parts) as p (part) on p.part ? 'format' and p.part ->> 'column' = a.attname
    where a.attrelid = found_row.table_id and a.attnum > 0 and not a.attisdropped
        and a.atttypid in ('timestamp'::regtype, 'timestamptz'::regtype, 'date'::regtype)
        and (p.part is not null or a.attname = 'created_at')
    order by p.part is null, a.attnum
    limit 1;
    return query
        select found_row.name, s3cache.cache_name(found_row.cache_id), found_row.cache_id,
            (select format('%I.%I', n.nspname, c.relname)
                from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = found_row.table_id),
            s3cache.key_expression(found_row.table_id, found_row.key_parts), right(found_row.key, 1) = '/',
            not jsonb_path_exists(found_row.key_parts, '$[*] ? (exists (@.special))'),
            case cardinality(key_columns)
                when 1 then key_columns[1] || '::text'
                else format('jsonb_build_array(%s)::text', array_to_string(
                    array(select c || '::text' from unnest(key_columns) as c), ', '))
            end,
            array_remove(array[
                (select format('r.%I = $1::%s', a.attname, format_type(a.atttypid, a.atttypmod))
                    from pg_catalog.pg_attribute a
                    where a.attrelid = found_row.table_id and a.attname = own_column and not a.attisdropped),
                case
                    when own_column is not null and key_columns = array[format('r.%I', own_column)] then null
                    else key_matches
                end], null),
            found_row.url_column::text, found_row.url_style, found_row.path_column::text, found_row.md5_column::text,
            found_row.mime_column::text, found_row.type_column::text,
            (select string_agg(case when c.name is null then 'null::text' else format('r.%I::text', c.name) end, ', ' order by c.place)
                from unnest(array[found_row.path_column, found_row.md5_column, found_row.mime_column, found_row.type_column])
                    with ordinality as c (name, place)),
            times[1], times[2], found_row.root, found_row.source_column::text, array_to_string(key_columns, ', '), behind;
end
$$;
comment on function s3cache.binding_plan(text) is
    'A binding, and SQL on its table, for the caller to run with its own rights: bound is the table''s name, key_sql the key of a row r, row_key_sql what names the row, row_conditions conditions on r by $1, one after the other to be tried, file_sql what r says of its file: path, MD5, media type and kind, row_order the columns of the primary key, and behind_row a condition on r: that it comes behind the row that $1 names, in this order; both NULL where there is none. Raises undefined_object for an unknown binding, object_not_in_prerequisite_state for one whose table has changed.';
