-- object: function s3cache.run_pinned_only(bigint)
create or replace function s3cache.run_pinned_only(worker bigint) returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    update s3cache.worker w set runs_pinned_only = true where w.id = worker
$$;
comment on function s3cache.run_pinned_only(bigint) is
    'From now on a worker gets the jobs that are pinned to it, and no others; it does not count as one that could run those.';
