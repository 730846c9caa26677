-- What pg_dump takes along. Only the installation table holds a row that this script inserted, and it has no key:
-- after a restore the dumped row stands beside it and tells that this is a copy.

select pg_catalog.pg_extension_config_dump('s3cache.installation', '');
select pg_catalog.pg_extension_config_dump('s3cache.cache_id_seq', '');
select pg_catalog.pg_extension_config_dump('s3cache.created_cache', '');
select pg_catalog.pg_extension_config_dump('s3cache.cache_setting', '');
select pg_catalog.pg_extension_config_dump('s3cache.cache_state', '');
select pg_catalog.pg_extension_config_dump(
    's3cache.binding_row', 'where exists (select from pg_catalog.pg_class c where c.oid = table_id)');
select pg_catalog.pg_extension_config_dump('s3cache.object_id_seq', '');
select pg_catalog.pg_extension_config_dump('@extschema@.s3_image_cache', '');
select pg_catalog.pg_extension_config_dump('s3cache.tombstone', '');
select pg_catalog.pg_extension_config_dump('s3cache.job_id_seq', '');
select pg_catalog.pg_extension_config_dump('s3cache.claim_token_seq', '');
select pg_catalog.pg_extension_config_dump('s3cache.job', '');
select pg_catalog.pg_extension_config_dump('s3cache.job_history', '');
select pg_catalog.pg_extension_config_dump('s3cache.freed_key', '');
select pg_catalog.pg_extension_config_dump('s3cache.late_write', '');
select pg_catalog.pg_extension_config_dump('s3cache.staged_content', '');
select pg_catalog.pg_extension_config_dump('s3cache.kept_content', '');
select pg_catalog.pg_extension_config_dump('s3cache.private_file', '');
select pg_catalog.pg_extension_config_dump('s3cache.archive_state', '');
select pg_catalog.pg_extension_config_dump('s3cache.unfinished_upload', '');
select pg_catalog.pg_extension_config_dump('s3cache.worker_id_seq', '');
select pg_catalog.pg_extension_config_dump('s3cache.orphan_row', '');

-- GRANT in an extension's script marks all privileges of an object as the extension's own, and pg_dump then leaves them
-- out. That is wrong of what users granted before an upgrade, and of what is not the extension's: the facade's schema, and
-- the tables of create_cache().
with granted as (
    select g.*
    from jsonb_to_recordset(coalesce(nullif(current_setting('s3cache.granted_by_users', true), ''), '[]')::jsonb)
        as g (class oid, object oid, part integer, grantor oid, grantee oid, privilege_type text, is_grantable boolean)
), initial as (
    select i.classoid, i.objoid, i.objsubid, a.grantor, a.grantee, a.privilege_type, a.is_grantable
    from pg_init_privs i, aclexplode(i.initprivs) a
    where (i.classoid, i.objoid, i.objsubid) in (select g.class, g.object, g.part from granted g)
    except
    select g.class, g.object, g.part, g.grantor, g.grantee, g.privilege_type, g.is_grantable
    from granted g
), item as (
    select i.classoid, i.objoid, i.objsubid,
        (case i.grantee when 0 then '' else i.grantee::regrole::text end || '='
            || string_agg(l.letter || case when i.is_grantable then '*' else '' end, '')
            || '/' || i.grantor::regrole::text)::aclitem as acl
    from initial i
    join (values ('SELECT', 'r'), ('INSERT', 'a'), ('UPDATE', 'w'), ('DELETE', 'd'), ('TRUNCATE', 'D'), ('REFERENCES', 'x'),
        ('TRIGGER', 't'), ('EXECUTE', 'X'), ('USAGE', 'U'), ('CREATE', 'C')) as l (privilege_type, letter)
        on l.privilege_type = i.privilege_type
    group by i.classoid, i.objoid, i.objsubid, i.grantee, i.grantor
)
update pg_init_privs i
set initprivs = array(
    select t.acl from item t where t.classoid = i.classoid and t.objoid = i.objoid and t.objsubid = i.objsubid)
where (i.classoid, i.objoid, i.objsubid) in (select g.class, g.object, g.part from granted g);

delete from pg_init_privs i
where i.privtype = 'e'
    and ((i.classoid = 'pg_namespace'::regclass::oid and i.objoid = '@extschema@'::regnamespace::oid)
        or (i.classoid = 'pg_class'::regclass::oid
            and i.objoid in (select h.inhrelid from pg_inherits h where h.inhparent = 's3cache.object'::regclass::oid)))
    and not exists (
        select from pg_depend d where d.classid = i.classoid and d.objid = i.objoid and d.deptype = 'e');
