-- object: function s3cache.read_places(bigint, bigint)
create or replace function s3cache.read_places(job_id bigint, token bigint)
returns table (place text, url text, etag text, size bigint, sha256 bytea, content_type text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    reading s3cache.job;
    wanted text;
    seen s3cache.object;
begin
    perform s3cache.hold_claim(job_id, token);
    select j.* into reading from s3cache.job j where j.id = read_places.job_id;
    wanted := reading.args ->> 'filename';
    select o.* into seen from s3cache.object o where o.cache_id = reading.cache_id and o.filename = wanted;
    return query
        select
            (select c.place from s3cache.local_copy c
                where c.cache_id = reading.cache_id and c.filename = wanted and c.ended_at is null and c.kept_at is not null
                order by c.job_id desc limit 1),
            -- What a CDN gives counts only where it can be compared with what the object is known to be.
            case when seen.state = 'present' and seen.location = 's3' and (seen.sha256 is not null or seen.etag ~ '^[0-9a-f]{32}$')
                and not s3cache.is_json(wanted, seen.content_type) and not s3cache.is_private(reading.cache_id, wanted)
            then (
                select s3cache.unsigned_url(u.cdn_base, wanted, case when u.versioned then seen.etag end)
                from s3cache.url_plan u
                where u.cache_id = reading.cache_id and u.store = 's3')
            end,
            seen.etag, seen.size, seen.sha256, seen.content_type;
end
$$;
comment on function s3cache.read_places(bigint, bigint) is
    'Where a read may find its object besides in the bucket: in the copy at place, if S3 has not taken it yet; at url, the CDN''s, if it is neither JSON nor private. The others are what is known of the object. Raises S3C01 if the claim is void.';
