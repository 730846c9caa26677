-- object: function s3cache.verification_is_due(integer)
create or replace function s3cache.verification_is_due(verified integer) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
-- What the tables hold decides which index is the right one; and few calls come here.
set plan_cache_mode = force_custom_plan
as $$
declare
    wanted_merge_key constant text := format('verify/%s/{}', verified);
    moment constant timestamptz := clock_timestamp();  -- a volatile function is no condition of an index
begin
    return not exists (select from s3cache.job j where j.merge_key = wanted_merge_key and j.state <> 'running')
        and not exists (select from s3cache.job j where j.merge_key = wanted_merge_key and j.state = 'running')
        -- Where the last look failed, the next is a minute later.
        and not exists (
            select from s3cache.job_history h
            where h.cache_id = verified and h.kind = 'verify' and h.finished_at > moment - interval '1 minute'
                and (h.state = 'failed' or (h.result ->> 'errors')::bigint > 0));
end
$$;
comment on function s3cache.verification_is_due(integer) is
    'Whether a cache with rows in doubt is to be verified now: unless that is queued or runs, or failed less than a minute ago.';
