-- object: function s3cache.set_listening(bigint, boolean)
create or replace function s3cache.set_listening(worker bigint, listens boolean) returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    update s3cache.worker w set listens = set_listening.listens
    where w.id = worker and w.listens <> set_listening.listens
$$;
comment on function s3cache.set_listening(bigint, boolean) is
    'A worker says whether it hears NOTIFY: one of those that do takes hints.';
