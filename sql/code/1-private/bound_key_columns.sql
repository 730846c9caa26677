-- object: function s3cache.bound_key_columns(regclass)
create or replace function s3cache.bound_key_columns(bound regclass)
returns table (place integer, name text, type text, equal text, behind text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select k.place::integer, a.attname::text, format_type(a.atttypid, a.atttypmod),
        (select format('operator(%I.%s)', n.nspname, o.oprname)
            from pg_catalog.pg_amop m join pg_catalog.pg_operator o on o.oid = m.amopopr join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
            where m.amopfamily = c.opcfamily and m.amoplefttype = c.opcintype and m.amoprighttype = c.opcintype and m.amopstrategy = 3),
        (select format('operator(%I.%s)', n.nspname, o.oprname)
            from pg_catalog.pg_amop m join pg_catalog.pg_operator o on o.oid = m.amopopr join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
            where m.amopfamily = c.opcfamily and m.amoplefttype = c.opcintype and m.amoprighttype = c.opcintype and m.amopstrategy = 5)
    from pg_catalog.pg_index i
    cross join lateral unnest(i.indkey::smallint[], i.indclass::oid[]) with ordinality as k (number, class, place)
    join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
    join pg_catalog.pg_opclass c on c.oid = k.class
    where i.indrelid = bound and i.indisprimary and k.place <= i.indnkeyatts
    order by k.place
$$;
comment on function s3cache.bound_key_columns(regclass) is
    'The columns of a table''s primary key in their order, their types, and the operators by which its index tells equal values and orders them: those of citext, or of a type of the user''s own, are not the ones that a search path finds.';
