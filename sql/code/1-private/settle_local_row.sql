-- object: function s3cache.settle_local_row(integer, text, boolean)
create or replace function s3cache.settle_local_row(settled_cache integer, settled_name text, had_row boolean) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
set lock_timeout = '200ms'
as $$
begin
    if exists (
        select from s3cache.local_copy c
        where c.cache_id = settled_cache and c.filename = settled_name and c.ended_at is null)
    then
        return;
    elsif had_row then
        -- What it says is true of the copy only.
        update s3cache.object o
        set location = 's3', state = 'unverified', size = null, etag = null, last_modified = null, content_type = null,
            storage_class = null, width = null, height = null, sha256 = null, verified_at = null
        where o.cache_id = settled_cache and o.filename = settled_name and o.location = 'local';
    else
        delete from s3cache.object o
        where o.cache_id = settled_cache and o.filename = settled_name and o.location = 'local';
    end if;
exception when lock_not_available then
    -- Somebody is changing the row, or the table: s3cache.ended_copies() comes again.
    null;
end
$$;
comment on function s3cache.settle_local_row(integer, text, boolean) is
    'An upload ended without S3 having taken what was served from a copy: the row that there was before becomes unverified, and a worker looks; one that came with the copy goes. Rows whose object S3 has are left alone. Yields to other sessions.';
