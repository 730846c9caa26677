-- The roles belong to the whole cluster: other databases may have made them, or be making them right now.

do $s3cache_roles$
declare
    name text;
    pair text[];
    statement text;
    refused text[] := '{}';
begin
    foreach name in array array['s3cache_owner', 's3cache_reader', 's3cache_writer', 's3cache_admin', 's3cache_worker'] loop
        continue when exists (select from pg_catalog.pg_roles r where r.rolname = name);
        statement := pg_catalog.format('create role %I nologin', name);
        begin
            execute statement;
        exception
            when duplicate_object or unique_violation then
                null;  -- another session was faster
            when insufficient_privilege then
                refused := refused || statement;
        end;
    end loop;
    foreach pair slice 1 in array array[['s3cache_reader', 's3cache_writer'], ['s3cache_writer', 's3cache_admin']] loop
        continue when exists (
            select
            from pg_catalog.pg_auth_members m
            join pg_catalog.pg_roles g on g.oid = m.roleid
            join pg_catalog.pg_roles r on r.oid = m.member
            where g.rolname = pair[1] and r.rolname = pair[2]);
        statement := pg_catalog.format('grant %I to %I', pair[1], pair[2]);
        begin
            execute statement;
        exception
            when insufficient_privilege or undefined_object then
                refused := refused || statement;
            when unique_violation or internal_error then
                null;  -- granted by another session at the same moment ("tuple concurrently updated")
        end;
    end loop;
    if pg_catalog.cardinality(refused) > 0 then
        raise warning 'You may not manage these roles. Ask an administrator to run the following, then run this again: %;',
            pg_catalog.array_to_string(refused, '; ');
    end if;
end
$s3cache_roles$;
