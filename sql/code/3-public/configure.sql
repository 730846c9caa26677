-- object: function s3cache.configure(text, text, text, text, text, text, text, text, text, text, text, text, text, interval, interval, interval, text, boolean, bigint, bigint, text[], text, text, interval, numeric, boolean, interval, boolean)
create or replace function s3cache.configure(
    cache text default 's3_image_cache',
    bucket text default null,
    prefix text default null,
    endpoint text default null,
    region text default null,
    addressing text default null,
    credentials text default null,
    cdn_url text default null,
    access text default null,
    acl text default null,
    cache_control text default null,
    storage_class text default null,
    default_image text default null,
    presign_ttl interval default null,
    presign_margin interval default null,
    presign_reuse interval default null,
    presign_mode text default null,
    versioned_urls boolean default null,
    max_bytes bigint default null,
    max_pixels bigint default null,
    allowed_types text[] default null,
    if_exists text default null,
    environment text default null,
    rebuild_every interval default null,
    max_delete_fraction numeric default null,
    notify_hints boolean default null,
    hint_interval interval default null,
    paused boolean default null) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    configured integer := s3cache.cache_id(cache);
    source_before text := s3cache.cache_source(configured);
begin
    insert into s3cache.cache_setting as s (
        cache_id, bucket, prefix, endpoint, region, addressing, credentials, cdn_url, access, acl, cache_control,
        storage_class, default_image, presign_ttl, presign_margin, presign_reuse, presign_mode, versioned_urls,
        max_bytes, max_pixels, allowed_types, if_exists, environment, rebuild_every, max_delete_fraction,
        notify_hints, hint_interval, paused)
    values (
        configured, configure.bucket, configure.prefix, configure.endpoint, configure.region, configure.addressing,
        configure.credentials, configure.cdn_url, configure.access, configure.acl, configure.cache_control,
        configure.storage_class, configure.default_image, configure.presign_ttl, configure.presign_margin,
        configure.presign_reuse, configure.presign_mode, configure.versioned_urls, configure.max_bytes,
        configure.max_pixels, configure.allowed_types, configure.if_exists, configure.environment,
        configure.rebuild_every, configure.max_delete_fraction, configure.notify_hints, configure.hint_interval,
        configure.paused)
    on conflict on constraint cache_setting_pkey do update set
        bucket = coalesce(excluded.bucket, s.bucket),
        prefix = coalesce(excluded.prefix, s.prefix),
        endpoint = coalesce(excluded.endpoint, s.endpoint),
        region = coalesce(excluded.region, s.region),
        addressing = coalesce(excluded.addressing, s.addressing),
        credentials = coalesce(excluded.credentials, s.credentials),
        cdn_url = coalesce(excluded.cdn_url, s.cdn_url),
        access = coalesce(excluded.access, s.access),
        acl = coalesce(excluded.acl, s.acl),
        cache_control = coalesce(excluded.cache_control, s.cache_control),
        storage_class = coalesce(excluded.storage_class, s.storage_class),
        default_image = coalesce(excluded.default_image, s.default_image),
        presign_ttl = coalesce(excluded.presign_ttl, s.presign_ttl),
        presign_margin = coalesce(excluded.presign_margin, s.presign_margin),
        presign_reuse = coalesce(excluded.presign_reuse, s.presign_reuse),
        presign_mode = coalesce(excluded.presign_mode, s.presign_mode),
        versioned_urls = coalesce(excluded.versioned_urls, s.versioned_urls),
        max_bytes = coalesce(excluded.max_bytes, s.max_bytes),
        max_pixels = coalesce(excluded.max_pixels, s.max_pixels),
        allowed_types = coalesce(excluded.allowed_types, s.allowed_types),
        if_exists = coalesce(excluded.if_exists, s.if_exists),
        environment = coalesce(excluded.environment, s.environment),
        rebuild_every = coalesce(excluded.rebuild_every, s.rebuild_every),
        max_delete_fraction = coalesce(excluded.max_delete_fraction, s.max_delete_fraction),
        notify_hints = coalesce(excluded.notify_hints, s.notify_hints),
        hint_interval = coalesce(excluded.hint_interval, s.hint_interval),
        paused = coalesce(excluded.paused, s.paused);
    perform s3cache.check_settings(configured);
    if s3cache.cache_source(configured) <> source_before then
        perform s3cache.restart_jobs(configured);
    end if;
    if configure.paused = false then
        perform s3cache.wake_workers();
    end if;
end
$$;
comment on function s3cache.configure is
    'Changes settings of a cache; what is left out or NULL stays as it is. A value out of range is refused, and nothing changes. s3cache.setting says what each setting means and takes, s3cache.cache what applies. Changing bucket or prefix leaves the rows until the next rebuild; jobs that have not ended run on the new place, and those that have begun begin anew.';
