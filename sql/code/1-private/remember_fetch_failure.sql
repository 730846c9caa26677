-- object: function s3cache.remember_fetch_failure(s3cache.job, jsonb)
create or replace function s3cache.remember_fetch_failure(failed s3cache.job, detail jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    moment constant timestamptz := clock_timestamp();
    code constant text := detail ->> 'code';
begin
    if code = 'fetch_backing_off' or s3cache.blames_url(detail) is not true then
        return;
    end if;
    insert into s3cache.fetch_failure as f (cache_id, origin, url_hash, failures, code, failed_at, next_try_at)
    values (failed.cache_id, s3cache.url_origin(failed.args ->> 'url'),
        sha256(convert_to(failed.args ->> 'url', 'UTF8')), 1, code, moment, moment + interval '5 minutes')
    on conflict on constraint fetch_failure_pkey do update
    set failures = f.failures + 1, code = excluded.code, failed_at = excluded.failed_at,
        next_try_at = moment + least(interval '7 days', power(2, least(f.failures, 20)) * interval '5 minutes');
end
$$;
comment on function s3cache.remember_fetch_failure(s3cache.job, jsonb) is
    'A fetch has failed for good: unless the URL is not to blame, it is not asked again for 5 minutes, twice as long each time, 7 days at most.';
