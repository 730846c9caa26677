-- object: function s3cache.end_jobs(bigint[], text, jsonb[], text[], bigint, bigint[])
create or replace function s3cache.end_jobs(
    ids bigint[], final_state text, results jsonb[] default null, errors text[] default null,
    superseded_by bigint default null, tokens bigint[] default null) returns bigint[]
language plpgsql
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: each job is looked up.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A plan costs more to make than to run, and knowing the values makes none better.
set plan_cache_mode = force_generic_plan
as $$
declare
    ended_ids bigint[];
    freed_keys text[];
    ended_uploads boolean;
    ended_rebuilds boolean;
    ended_reads boolean;
    doubtful record;
    helpers bigint[];
begin
    with ended as (
        delete from s3cache.job j
        using unnest(ids, tokens, results, errors) as e (id, token, result, error)
        where j.id = e.id and (tokens is null or j.claim_token = e.token)
        returning j.id, j.kind, j.cache_id, j.args, j.priority, j.attempt, j.max_attempts, j.merge_key, j.serial_key, j.second_key,
            j.owner, j.queued_at, j.started_at, e.result, e.error
    ), named as materialized (
        select d.cache_id, s3cache.cache_name(d.cache_id) as name from (select distinct e.cache_id from ended e) d
    ), freed as (
        insert into s3cache.freed_key (job_id, serial_key)
        select min(e.id), e.serial_key from ended e where e.serial_key ^@ 'object:' group by e.serial_key
        union all
        select -min(e.id), e.second_key from ended e where e.second_key is not null group by e.second_key
        returning serial_key
    ), progress as (
        delete from s3cache.job_progress p where p.job_id in (select e.id from ended e) returning p.job_id, p.done, p.total
    ), moved as (
        insert into s3cache.job_history (
            id, kind, cache_id, cache, args, state, priority, attempt, max_attempts, merge_key, serial_key, owner,
            queued_at, started_at, done, total, result, error, superseded_by)
        select e.id, e.kind, e.cache_id, n.name, e.args, final_state, e.priority, e.attempt, e.max_attempts, e.merge_key,
            e.serial_key, e.owner, e.queued_at, e.started_at, p.done, p.total, e.result, e.error, end_jobs.superseded_by
        from ended e
        join named n on n.cache_id = e.cache_id
        left join progress p on p.job_id = e.id
    )
    select coalesce(array_agg(e.id), '{}'), (select array_agg(f.serial_key) from freed f),
        bool_or(e.kind = 'upload'), bool_or(e.kind = 'rebuild'), bool_or(e.kind = 'read')
    into ended_ids, freed_keys, ended_uploads, ended_rebuilds, ended_reads
    from ended e;

    if ended_uploads then
        -- A failed upload can be retried, and needs its bytes for that; not in a cache that was dropped, nor bytes that are refused themselves.
        delete from s3cache.staged_content s
        where s.job_id = any (ended_ids)
            and (final_state <> 'failed'
                or exists (
                    select from s3cache.job_history h
                    where h.id = s.job_id
                        and (s3cache.refuses_content(h.result #>> '{error,code}')
                            or (h.cache_id <> 1 and not exists (select from s3cache.created_cache c where c.id = h.cache_id)))));
    end if;
    if final_state <> 'done' then
        -- What was certainly not stored makes nothing private.
        delete from s3cache.private_file p
        using s3cache.job_history h
        where p.job_id = any (ended_ids) and h.id = p.job_id
            and (h.attempt = 0
                or (h.attempt = 1 and final_state = 'failed'
                    and (s3cache.refuses_content(h.result #>> '{error,code}') or h.result #>> '{error,code}' = 'already_exists'
                        or h.result #>> '{error,code}' ^@ 'fetch_' or h.result #>> '{error,code}' ^@ 'file_')));
    elsif exists (select from unnest(results) as r (result) where r.result ? 'dry_run') then
        delete from s3cache.private_file p
        using s3cache.job_history h
        where p.job_id = any (ended_ids) and h.id = p.job_id and h.attempt = 1 and h.result ? 'dry_run';
    end if;
    if ended_reads and final_state <> 'done' then
        -- Pieces of what was not read to its end.
        delete from s3cache.kept_content k where k.job_id = any (ended_ids);
    end if;
    if exists (select from s3cache.local_copy c where c.job_id = any (ended_ids)) then
        perform s3cache.end_local_copies(ended_ids);
    end if;
    if final_state in ('failed', 'cancelled') then
        for doubtful in
            select h.cache_id, h.kind, h.args ->> 'filename' as filename,
                h.args ->> 'new_filename' as new_filename, h.result #>> '{error,code}' as code,
                h.args ? 'copied' as is_copied
            from s3cache.job_history h
            where h.id = any (ended_ids) and h.attempt > 0
        loop
            continue when doubtful.kind not in ('upload', 'upload_file', 'fetch', 'delete_object', 'rename_object')
                or doubtful.filename is null;  -- as a condition it might choose another index
            -- What the bound table refused the URL of is stored.
            perform s3cache.doubt_row(doubtful.cache_id, doubtful.filename, coalesce(doubtful.code = 'binding_unusable', false));
            if doubtful.kind = 'rename_object' then
                perform s3cache.doubt_row(doubtful.cache_id, doubtful.new_filename, doubtful.is_copied);
            end if;
        end loop;
    end if;
    -- What was behind them may be claimed.
    if final_state <> 'superseded' and freed_keys is not null
        and (exists (select from s3cache.job j where j.serial_key = any (freed_keys))
            or exists (select from s3cache.job j where j.second_key = any (freed_keys)))
    then
        perform s3cache.wake_workers();
    end if;
    if ended_rebuilds then
        -- Helpers that run notice it; those that nobody has claimed never will be.
        helpers := s3cache.end_listings(ended_ids);
        helpers := array(
            select j.id from s3cache.job j where j.id = any (helpers) and j.state <> 'running' for update skip locked);
        if cardinality(helpers) > 0 then
            perform s3cache.end_jobs(helpers, 'cancelled');
        end if;
    end if;
    perform pg_notify('s3cache_done', id || ' ' || final_state) from unnest(ended_ids) as id;
    return ended_ids;
end
$$;
comment on function s3cache.end_jobs(bigint[], text, jsonb[], text[], bigint, bigint[]) is
    'Moves live jobs to the history in one of the final states, frees what they had staged, and of reads what they had of the object, of rebuilds with time, has the rows of uploads and deletions looked at that did not end well, sends NOTIFY s3cache_done for each, and gives their ids. The arrays belong together by position. Of jobs with tokens only those are ended whose present claim has that token; without, the caller holds the rows and has checked their tokens.';
