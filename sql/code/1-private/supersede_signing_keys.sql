-- object: function s3cache.supersede_signing_keys()
create or replace function s3cache.supersede_signing_keys() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    tomorrow date := (clock_timestamp() at time zone 'UTC')::date + 1;
begin
    if exists (
        select
        from s3cache.signing_key k
        where (octet_length(k.profile) <= 64 and k.purpose in ('presign', 'upload') and octet_length(k.region) between 1 and 64
            and isfinite(k.day) and octet_length(k.access_key_id) between 1 and 1024
            and octet_length(coalesce(k.session_token, '')) <= 8192 and isfinite(k.obtained_at)
            and isfinite(coalesce(k.expires_at, k.obtained_at))
            and octet_length(k.inner_pad) = 64 and octet_length(k.outer_pad) = 64) is not true
    ) then
        raise exception using
            errcode = 'check_violation',
            message = 'A signing key is refused: it has a profile (perhaps empty), a purpose (presign or upload), a region, a day, an access key id, the time when that was obtained, and two pads of 64 bytes.';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('s3cache.signing_key', 0));
    delete from s3cache.signing_key k where k.expires_at <= clock_timestamp();
    -- The credential that was obtained last; the same one may be published by many workers, and by each anew. But before it
    -- one that goes on: where the last one's worker is gone, nobody would publish the keys of the days to come.
    with credential as (
        select k.profile, k.purpose, k.region, k.access_key_id, coalesce(k.session_token, '') as token,
            bool_or(k.day >= least(tomorrow, (k.expires_at at time zone 'UTC')::date))
                and coalesce(bool_and(k.expires_at > clock_timestamp() + interval '15 minutes'), true) as goes_on,
            min(k.obtained_at) as obtained, max(k.published_at) as published
        from s3cache.signing_key k
        group by k.profile, k.purpose, k.region, k.access_key_id, coalesce(k.session_token, '')
    ), newest as (
        select distinct on (c.profile, c.purpose, c.region) c.*
        from credential c
        order by c.profile, c.purpose, c.region, c.goes_on desc, c.obtained desc, c.published desc, c.access_key_id, c.token
    )
    delete from s3cache.signing_key k
    using newest n
    where n.profile = k.profile and n.purpose = k.purpose and n.region = k.region
        and (n.access_key_id <> k.access_key_id or n.token <> coalesce(k.session_token, ''));
    delete from s3cache.signing_key k
    using s3cache.signing_key other
    where other.profile = k.profile and other.purpose = k.purpose and other.region = k.region and other.day = k.day
        and case
            when other.inner_pad = k.inner_pad then
                (other.obtained_at, other.published_at, other.ctid) < (k.obtained_at, k.published_at, k.ctid)
            -- The same access key id, with a new secret.
            else (other.published_at, other.ctid) > (k.published_at, k.ctid)
        end;
end
$$;
comment on function s3cache.supersede_signing_keys() is
    'Deletes the signing keys of expired credentials and, of each profile, purpose and region, those of all credentials but one, and what was published twice. It is the one that was obtained last of those that have a key for tomorrow, or for the day on which they end, and do not end within 15 minutes; else of all.';
