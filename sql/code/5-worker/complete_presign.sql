-- object: function s3cache.complete_presign(bigint, bigint, text[], text[], timestamptz[])
create or replace function s3cache.complete_presign(
    job_id bigint, token bigint, filenames text[], urls text[], expires timestamptz[]) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    done s3cache.job := s3cache.settle_claim(job_id, token);
    signed bigint;
begin
    insert into s3cache.presigned_row as p (job_id, cache_id, filename, owner, url, version, epoch, expires_at)
    select done.id, done.cache_id, s.filename, done.owner, s.url, coalesce(o.object_version, 0),
        coalesce((select u.epoch from s3cache.url_plan u where u.cache_id = done.cache_id), 0), s.expires_at
    from (
        -- Once each, and in order, so that two such jobs never wait for each other in a circle.
        select distinct on (g.filename collate "C") g.filename, g.url, g.expires_at
        from unnest(filenames, urls, expires) as g (filename, url, expires_at)
        where g.url is not null and g.expires_at is not null
        order by g.filename collate "C", g.expires_at desc
    ) s
    left join s3cache.object o on o.cache_id = done.cache_id and o.filename = s.filename
    order by s.filename collate "C"
    on conflict on constraint presigned_row_pkey do update
    set job_id = excluded.job_id, url = excluded.url, version = excluded.version, epoch = excluded.epoch,
        signed_at = excluded.signed_at, expires_at = excluded.expires_at;
    get diagnostics signed = row_count;
    perform s3cache.end_jobs(array[job_id], 'done', array[jsonb_build_object('signed', signed)]);
end
$$;
comment on function s3cache.complete_presign(bigint, bigint, text[], text[], timestamptz[]) is
    'Ends a presign job as done and keeps the URLs for who asked for them, instead of earlier ones of the same files. The arrays belong together by position. Raises S3C01 if the claim is void.';
