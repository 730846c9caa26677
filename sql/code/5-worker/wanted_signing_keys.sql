-- object: function s3cache.wanted_signing_keys()
create or replace function s3cache.wanted_signing_keys()
returns table (
    profile text, purpose text, region text, first_day date, last_day date, access_key_id text, obtained_at timestamptz,
    expires_at timestamptz, published_days date[])
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select w.profile, w.purpose, w.region,
        today.utc - case w.purpose when 'upload' then 0 else 1 end, today.utc + 2,
        min(k.access_key_id), min(k.obtained_at), min(k.expires_at),
        coalesce(array_agg(k.day order by k.day) filter (where k.day is not null), '{}')
    from (select (statement_timestamp() at time zone 'UTC')::date as utc) today
    cross join (
        select distinct u.profile, p.purpose, u.region
        from s3cache.url_plan u, (values ('presign'), ('upload')) as p (purpose)
        where u.store = 's3' and (p.purpose = 'upload' or u.presign_mode = 'database')
    ) w
    left join s3cache.signing_key k
        on k.profile = w.profile and k.purpose = w.purpose and k.region = w.region
            -- What ends soon counts for nothing: another worker may have something better.
            and (k.expires_at > statement_timestamp() + interval '15 minutes' or k.expires_at is null)
    group by w.profile, w.purpose, w.region, today.utc
    order by w.profile, w.purpose, w.region
$$;
comment on function s3cache.wanted_signing_keys() is
    'For a worker that publishes signing keys: which ones the caches need, by profile (empty: the worker''s own), purpose and region, of the days first_day to last_day; and what is there: of which credential, of which days. No key is in it.';
