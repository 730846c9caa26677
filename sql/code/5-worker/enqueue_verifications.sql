-- object: function s3cache.enqueue_verifications()
create or replace function s3cache.enqueue_verifications() returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '100ms'
as $$
declare
    verified record;
    enqueued integer := 0;
    locked integer := 0;
begin
    begin
        for verified in
            select c.id, c.name
            from (
                select 1 as id, 's3_image_cache' as name
                union all
                select created.id, created.name from s3cache.created_cache created
            ) c
            where not exists (select from s3cache.cache_setting s where s.cache_id = c.id and s.paused)
        loop
            begin
                continue when not s3cache.has_unverified(verified.name);
            exception
                when lock_not_available then
                    -- Someone has locked the table, as TRUNCATE does, and all claims of all workers wait for this one.
                    locked := locked + 1;
                    exit when locked = 3;
                    continue;
            end;
            continue when not s3cache.verification_is_due(verified.id);
            insert into s3cache.job (kind, cache_id, args, merge_key, owner, priority)
            values ('verify', verified.id, '{}', format('verify/%s/{}', verified.id), s3cache.caller(), 10);
            enqueued := enqueued + 1;
        end loop;
    exception
        when lock_not_available then
            return 0;  -- the same of what is looked at first: the next claim looks again
    end;
    return enqueued;
end
$$;
comment on function s3cache.enqueue_verifications() is
    'Unverified rows are themselves the work: enqueues a verify job for each cache that has some and no such job yet.';
