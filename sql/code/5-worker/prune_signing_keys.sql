-- object: function s3cache.prune_signing_keys()
create or replace function s3cache.prune_signing_keys() returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    pruned integer;
begin
    perform pg_advisory_xact_lock(hashtextextended('s3cache.signing_key', 0));
    -- A window is a day at most: no URL is signed on a day before yesterday.
    delete from s3cache.signing_key k
    where k.expires_at <= clock_timestamp()
        or k.day < (clock_timestamp() at time zone 'UTC')::date - case k.purpose when 'upload' then 0 else 1 end
        or not exists (
            select from s3cache.url_plan u
            where u.profile = k.profile and u.region = k.region and u.store = 's3'
                and (k.purpose = 'upload' or u.presign_mode = 'database'));
    get diagnostics pruned = row_count;
    -- Also for what a worker that registered left to others.
    perform s3cache.refresh_url_plans(pruned > 0);
    return pruned;
end
$$;
comment on function s3cache.prune_signing_keys() is
    'Deletes the signing keys that nothing can be signed with any more, and those of profiles and regions that no cache uses; gives their number. To be called every minute, and after publishing: it also brings s3cache.url_plan up to date.';
