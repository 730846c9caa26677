-- object: function s3cache.begin_inventory(bigint, bigint, bigint)
create or replace function s3cache.begin_inventory(job_id bigint, token bigint, created bigint) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: the rows of one rebuild are looked up.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    held s3cache.rebuild_part := s3cache.hold_part(job_id, token);
    rebuilt s3cache.job;
    begun s3cache.rebuild_listing;
    known_until timestamptz;
begin
    select j.* into strict rebuilt from s3cache.job j where j.id = begin_inventory.job_id;
    if rebuilt.kind <> 'rebuild' then
        raise exception using
            errcode = 'invalid_parameter_value', message = format('Job %s is no rebuild.', job_id);
    end if;
    -- Until we commit s3cache.prune_tombstones() forgets nothing: then it sees what time we go by.
    perform pg_advisory_xact_lock_shared(hashtextextended('s3cache.forgetting', rebuilt.cache_id));
    select l.* into strict begun from s3cache.rebuild_listing l where l.job_id = held.job_id;
    -- Whatever it says, it was made before somebody asked for it. An hour: it may lack what was written or deleted shortly before
    -- it was begun, and the store's clock is not ours.
    known_until := least(timestamptz 'epoch' + created * interval '1 microsecond', rebuilt.queued_at) - interval '1 hour';
    if exists (
        select from s3cache.cache_state c
        where c.cache_id = rebuilt.cache_id and c.deletions_forgotten_at > known_until)
    then
        return 'outdated';
    end if;
    if begun.as_of = known_until and begun.staged is not null then
        return 'staged';
    end if;
    perform s3cache.forget_listings(array[held.job_id]);
    insert into s3cache.rebuild_listing (job_id, direct, serial, as_of)
    values (held.job_id, begun.direct, true, known_until);
    insert into s3cache.rebuild_part (job_id, part, holder, seconds) values (held.job_id, 0, held.job_id, held.seconds);
    insert into s3cache.rebuild_range (job_id, part) values (held.job_id, 0);
    return 'empty';
end
$$;
comment on function s3cache.begin_inventory(bigint, bigint, bigint) is
    'Begins a rebuild from an inventory that was made at this time, in microseconds since the Unix epoch. Gives ''staged'' if all of that inventory is there from an earlier attempt, which goes on where it stopped; else ''empty'', and what an earlier attempt left is gone; or ''outdated'', and nothing was changed: of what was deleted after the inventory was made not all is known one by one. Raises S3C01 if the claim is void, S3C02 if the checkpoint was lost.';
