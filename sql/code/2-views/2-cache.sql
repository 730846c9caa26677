-- object: view s3cache.cache
create or replace view s3cache.cache as
select
    c.id,
    c.name,
    coalesce(s.bucket, d.defaults ->> 'bucket') as bucket,
    coalesce(s.prefix, '') as prefix,
    coalesce(s.endpoint, d.defaults ->> 'endpoint') as endpoint,
    coalesce(s.region, d.defaults ->> 'region', 'us-east-1') as region,
    coalesce(s.addressing, 'auto') as addressing,
    s.credentials,
    coalesce(s.cdn_url, d.defaults ->> 'cdn_url') as cdn_url,
    coalesce(s.access, 'private') as access,
    s.acl,
    s.cache_control,
    s.storage_class,
    s.default_image,
    coalesce(s.presign_ttl, (d.defaults ->> 'presign_ttl')::interval, interval '1 hour') as presign_ttl,
    coalesce(s.presign_margin, interval '5 minutes') as presign_margin,
    coalesce(s.presign_reuse, (d.defaults ->> 'presign_reuse')::interval, interval '1 day') as presign_reuse,
    coalesce(s.presign_mode, 'database') as presign_mode,
    coalesce(s.versioned_urls, false) as versioned_urls,
    coalesce(s.max_bytes, 52428800) as max_bytes,
    coalesce(s.max_pixels, 50000000) as max_pixels,
    coalesce(s.allowed_types, '{jpeg,png,gif,webp,avif,heic,bmp,ico,tiff}') as allowed_types,
    coalesce(s.if_exists, 'replace') as if_exists,
    s.environment,
    s.rebuild_every,
    coalesce(s.max_delete_fraction, 0.5) as max_delete_fraction,
    coalesce(s.notify_hints, true) as notify_hints,
    coalesce(s.hint_interval, interval '60 seconds') as hint_interval,
    coalesce(s.paused, false) as paused
from (
    select 1 as id, 's3_image_cache' as name
    union all
    select created.id, created.name from s3cache.created_cache created
) c
left join s3cache.cache_setting s on s.cache_id = c.id
left join lateral (
    select w.defaults
    from s3cache.worker w
    where w.heartbeat_at + w.lease > pg_catalog.clock_timestamp()
    order by w.id
    limit 1
) d on true;
comment on view s3cache.cache is
    'One row a cache, with every setting as it applies: what s3cache.configure() said, else what a live worker published from its environment, else the built-in default.';
