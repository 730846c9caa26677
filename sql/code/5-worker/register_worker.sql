-- object: function s3cache.register_worker(text, text, integer, text, interval, jsonb, interval)
create or replace function s3cache.register_worker(
    name text, host text, pid integer, version text, lease interval, defaults jsonb,
    write_timeout interval default interval '1 minute') returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    worker_id bigint;
begin
    perform s3cache.check_defaults(defaults);
    insert into s3cache.worker (name, host, pid, version, lease, defaults, write_timeout)
    values (register_worker.name, register_worker.host, register_worker.pid, register_worker.version,
        register_worker.lease, register_worker.defaults, register_worker.write_timeout)
    returning id into worker_id;
    return worker_id;
end
$$;
comment on function s3cache.register_worker(text, text, integer, text, interval, jsonb, interval) is
    'A worker process announces itself; gives its identity, which is never used again. defaults: settings from its environment that apply where a cache has none of its own, never a secret: a JSON object of strings, of bucket, endpoint, region, cdn_url, presign_ttl and presign_reuse. write_timeout: how long a write that it sends to the bucket may take, besides a second for each 256 KiB.';
