-- object: function s3cache.register_worker(text, text, integer, text, interval, jsonb)
create or replace function s3cache.register_worker(
    name text, host text, pid integer, version text, lease interval, defaults jsonb) returns bigint
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into s3cache.worker (name, host, pid, version, lease, defaults)
    values (register_worker.name, register_worker.host, register_worker.pid, register_worker.version,
        register_worker.lease, register_worker.defaults)
    returning id
$$;
comment on function s3cache.register_worker(text, text, integer, text, interval, jsonb) is
    'A worker process announces itself; gives its identity, which is never used again. defaults: settings from its environment, never a secret.';
