-- Everything that s3cache made in a database, a line a property, owner and extension membership aside. Two databases where
-- this prints the same text cannot be told apart by their catalogs.

with relation as (
    select c.oid::regclass::text as name, c.*
    from pg_class c
    where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
        and (c.relnamespace = 's3cache'::regnamespace
            or c.oid in (select i.inhrelid from pg_inherits i where i.inhparent = 's3cache.object'::regclass))
), routine as (
    select p.oid::regprocedure::text as name, p.*
    from pg_proc p
    where p.pronamespace = 's3cache'::regnamespace
        or p.oid in (
            select to_regprocedure(substr(c.identity, 10)) from s3cache.code_object c where c.identity like 'function %')
), property (kind, name, item, value) as (
    select 'schema', n.nspname::text, 'acl', array(select a::text from unnest(coalesce(n.nspacl, acldefault('n', n.nspowner))) a order by 1)::text
    from pg_namespace n where n.nspname = 's3cache'
    union all
    select 'schema', n.nspname, 'comment', obj_description(n.oid, 'pg_namespace')
    from pg_namespace n where n.nspname = 's3cache'
    union all
    select 'relation', r.name, p.item, p.value
    from relation r, lateral (values
        ('kind', r.relkind::text), ('persistence', r.relpersistence::text),
        ('options', array(select o from unnest(r.reloptions) o order by 1)::text),
        ('acl', array(select a::text from unnest(
            coalesce(r.relacl, acldefault(case r.relkind when 'S' then 's' else 'r' end::"char", r.relowner))) a order by 1)::text),
        ('comment', obj_description(r.oid, 'pg_class')),
        ('row security', r.relrowsecurity::text || r.relforcerowsecurity::text),
        ('replica identity', r.relreplident::text),
        ('partition of', (select i.inhparent::regclass::text from pg_inherits i where i.inhrelid = r.oid)),
        ('partition bound', pg_get_expr(r.relpartbound, r.oid)),
        ('partition key', case when r.relkind = 'p' then pg_get_partkeydef(r.oid) end),
        ('query', case when r.relkind = 'v' then pg_get_viewdef(r.oid) end)
    ) as p (item, value)
    union all
    select 'column', r.name || '.' || a.attname, p.item, p.value
    from relation r
    join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped and r.relkind <> 'S',
    lateral (values
        ('position', (
            select count(*) from pg_attribute b
            where b.attrelid = r.oid and b.attnum between 1 and a.attnum and not b.attisdropped)::text),
        ('type', format_type(a.atttypid, a.atttypmod)),
        ('collation', (select l.collname from pg_collation l where l.oid = a.attcollation)::text),
        ('not null', a.attnotnull::text), ('identity', a.attidentity::text), ('generated', a.attgenerated::text),
        ('storage', a.attstorage::text), ('inherited', a.attislocal::text || a.attinhcount::text),
        ('default', (select pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d where d.adrelid = r.oid and d.adnum = a.attnum)),
        ('acl', array(select l::text from unnest(a.attacl) l order by 1)::text),
        -- Some servers note a version of their own there.
        ('options', array(select o from unnest(a.attoptions) o where o not like 'pg\_attver=%' order by 1)::text),
        ('comment', col_description(r.oid, a.attnum))
    ) as p (item, value)
    union all
    select 'constraint', r.name || '.' || c.conname, p.item, p.value
    from relation r
    join pg_constraint c on c.conrelid = r.oid,
    lateral (values
        ('definition', pg_get_constraintdef(c.oid)), ('validated', c.convalidated::text),
        ('inherited', c.conislocal::text || c.coninhcount::text || c.connoinherit::text),
        ('comment', obj_description(c.oid, 'pg_constraint'))
    ) as p (item, value)
    union all
    select 'index', i.indexrelid::regclass::text, p.item, p.value
    from relation r
    join pg_index i on i.indrelid = r.oid
    join pg_class x on x.oid = i.indexrelid,
    lateral (values
        ('definition', pg_get_indexdef(i.indexrelid)), ('options', x.reloptions::text),
        ('valid', i.indisvalid::text || i.indisready::text || i.indisclustered::text || i.indisreplident::text),
        ('comment', obj_description(i.indexrelid, 'pg_class'))
    ) as p (item, value)
    union all
    select 'trigger', r.name || '.' || t.tgname, p.item, p.value
    from relation r
    join pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal,
    lateral (values
        ('definition', pg_get_triggerdef(t.oid)), ('enabled', t.tgenabled::text),
        ('comment', obj_description(t.oid, 'pg_trigger'))
    ) as p (item, value)
    union all
    select 'policy', r.name || '.' || p.polname, 'definition',
        concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[]::text, pg_get_expr(p.polqual, p.polrelid),
            pg_get_expr(p.polwithcheck, p.polrelid))
    from relation r
    join pg_policy p on p.polrelid = r.oid
    union all
    select 'sequence', r.name, 'definition', s.*::text
    from relation r,
    lateral (
        select format_type(q.seqtypid, null), q.seqstart, q.seqincrement, q.seqmax, q.seqmin, q.seqcache, q.seqcycle,
            (select d.refobjid::regclass from pg_depend d where d.objid = r.oid and d.deptype in ('a', 'i')) as owned_by
        from pg_sequence q
        where q.seqrelid = r.oid
    ) s
    union all
    select 'function', r.name, p.item, p.value
    from routine r, lateral (values
        -- CREATE EXTENSION writes the schema's name without quotes where it can, migrate always with them.
        ('definition', case when r.prokind in ('f', 'p') then regexp_replace(pg_get_functiondef(r.oid), '"([a-z_0-9]+)"\.s3_image_cache', '\1.s3_image_cache', 'g') end),
        ('acl', array(select a::text from unnest(coalesce(r.proacl, acldefault('f', r.proowner))) a order by 1)::text),
        ('comment', obj_description(r.oid, 'pg_proc'))
    ) as p (item, value)
    union all
    select 'type', t.typname, t.typtype::text, obj_description(t.oid, 'pg_type')
    from pg_type t
    where t.typnamespace = 's3cache'::regnamespace and t.typtype <> 'c' and t.typelem = 0
    union all
    select 'bookkeeping', c.identity, 'code object', '' from s3cache.code_object c
    union all
    select 'bookkeeping', h.file, 'schema step', '' from s3cache.schema_history h
)
select kind, name, item, value from property where value is not null order by kind, name, item, value;
