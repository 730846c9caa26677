-- object: function s3cache.complete_deletion(bigint, bigint)
create or replace function s3cache.complete_deletion(job_id bigint, token bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    deleted s3cache.job := s3cache.settle_claim(job_id, token);
    deleted_name text := deleted.args ->> 'filename';
begin
    -- A rebuild that writes what it listed before holds the same lock: it sees the tombstone, or we see its row.
    perform pg_advisory_xact_lock(hashtextextended('s3cache.deletion', deleted.cache_id));
    insert into s3cache.tombstone as t (cache_id, filename)
    values (deleted.cache_id, deleted_name)
    on conflict on constraint tombstone_pkey do update
    set deleted_xid = excluded.deleted_xid, deleted_at = excluded.deleted_at;
    -- Planned for this cache alone: a plan that is kept would lock the tables of all caches.
    execute 'delete from s3cache.object o where o.cache_id = $1 and o.filename = $2' using deleted.cache_id, deleted_name;
    perform s3cache.settle_privacy(deleted);
    perform s3cache.end_jobs(array[job_id], 'done', array[jsonb_build_object(
        'filename', deleted_name, 'key', s3cache.object_key(deleted.cache_id, deleted_name))
            || jsonb_strip_nulls(jsonb_build_object('purge', deleted.args -> 'purge'))]);
end
$$;
comment on function s3cache.complete_deletion(bigint, bigint) is
    'S3 has deleted an object, or did not have it: its row goes, a tombstone keeps listings that are older from bringing it back, and the job ends as done, also if it was to be cancelled. Waits for a user''s transaction that holds the row, as long as lock_timeout allows. Raises S3C01 if the claim is void.';
