-- What an upgrade begins with.

-- Whoever may create in a schema of the caller's path could plant operators there that fit better than the system's.
set local search_path = pg_catalog, pg_temp;

-- What users granted on our objects, for epilogue/extension.sql.
select set_config('s3cache.granted_by_users', (
    with member as (
        select d.classid, d.objid
        from pg_depend d
        join pg_extension e on e.oid = d.refobjid and e.extname = 's3cache'
        where d.refclassid = 'pg_extension'::regclass::oid and d.deptype = 'e'
    ), present (class, object, part, acl) as (
        select m.classid, m.objid, 0, c.relacl from member m join pg_class c on c.oid = m.objid
        where m.classid = 'pg_class'::regclass::oid
        union all
        select m.classid, m.objid, a.attnum, a.attacl from member m join pg_attribute a on a.attrelid = m.objid
        where m.classid = 'pg_class'::regclass::oid
        union all
        select m.classid, m.objid, 0, p.proacl from member m join pg_proc p on p.oid = m.objid
        where m.classid = 'pg_proc'::regclass::oid
        union all
        select m.classid, m.objid, 0, n.nspacl from member m join pg_namespace n on n.oid = m.objid
        where m.classid = 'pg_namespace'::regclass::oid
    ), added as (
        select p.class, p.object, p.part, a.grantor, a.grantee, a.privilege_type, a.is_grantable
        from present p, aclexplode(p.acl) a
        except
        select i.classoid, i.objoid, i.objsubid, a.grantor, a.grantee, a.privilege_type, a.is_grantable
        from pg_init_privs i, aclexplode(i.initprivs) a
    )
    select coalesce(jsonb_agg(to_jsonb(added)), '[]')::text from added
), true);
