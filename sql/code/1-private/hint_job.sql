-- object: function s3cache.hint_job(integer, text, jsonb, text, text, interval)
create or replace function s3cache.hint_job(
    cache_id integer, kind text, args jsonb, merge_key text, serial_key text, pause interval) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    due timestamptz := greatest(clock_timestamp(), (
        select h.last_at + pause from s3cache.hint_state h where h.cache_id = hint_job.cache_id and h.kind = hint_job.kind));
begin
    insert into s3cache.job (kind, cache_id, args, merge_key, serial_key, owner, priority, hinted, state, run_at)
    values (hint_job.kind, hint_job.cache_id, hint_job.args, hint_job.merge_key, hint_job.serial_key, s3cache.caller(), 10, true,
        case when due > clock_timestamp() then 'waiting' else 'queued' end, due);
    insert into s3cache.hint_state as h (cache_id, kind, last_at)
    values (hint_job.cache_id, hint_job.kind, due)
    on conflict on constraint hint_state_pkey do update set last_at = excluded.last_at;
end
$$;
comment on function s3cache.hint_job(integer, text, jsonb, text, text, interval) is
    'Enqueues a job that a hint asks for, not sooner than pause after the last of its kind. Nobody''s transaction but a worker''s comes here.';
