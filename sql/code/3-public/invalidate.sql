-- object: function s3cache.invalidate(text, text)
create or replace function s3cache.invalidate(prefix text, cache text default 's3_image_cache')
returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    invalidated integer := s3cache.cache_id(cache);
    -- The caller's column may have a collation of its own.
    wanted text collate "C" := prefix;
begin
    if prefix is null then
        insert into s3cache.cache_state as s (cache_id, url_epoch) values (invalidated, 1)
        on conflict on constraint cache_state_pkey do update set url_epoch = s.url_epoch + 1;
        perform s3cache.refresh_url_plans();
        return;
    end if;
    update s3cache.object o set object_version = o.object_version + 1
    where o.cache_id = invalidated and o.filename >= wanted and o.filename ^@ wanted
        and (s3cache.prefix_end(wanted) is null or o.filename < s3cache.prefix_end(wanted));
end
$$;
comment on function s3cache.invalidate(text, text) is
    'Makes the next read give fresh presigned URLs for all rows whose filename starts with prefix, literally; NULL: for all files, rows or not. The old URLs go on working until they expire. Writes the rows of a prefix, so it can wait for who is writing them.';
