-- object: function s3cache.age_of_first_attempt(bigint, bigint, text, text)
create or replace function s3cache.age_of_first_attempt(job_id bigint, token bigint, filename text, etag text) returns interval
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    storing_cache integer;
    begun timestamptz;
begin
    perform s3cache.hold_claim(job_id, token);
    select j.cache_id, coalesce((j.args ->> 'first_begun')::timestamptz, j.started_at) into storing_cache, begun
    from s3cache.job j
    where j.id = job_id;
    if exists (
        select from s3cache.object o
        where o.cache_id = storing_cache and o.filename = age_of_first_attempt.filename and o.etag = age_of_first_attempt.etag
            -- What became known later may be what the job has stored: a notification of the bucket, or a rebuild, tells.
            and o.location = 's3' and o.updated_at < begun)
    then
        return null;
    end if;
    return clock_timestamp() - begun;
end
$$;
comment on function s3cache.age_of_first_attempt(bigint, bigint, text, text) is
    'How long ago the first attempt of a job began: an object that is older is not what it has stored. NULL where the row has had this etag since before: then the times, of which a bucket tells the second, are no evidence. Raises S3C01 if the claim is void.';
