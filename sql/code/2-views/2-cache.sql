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
    coalesce(s.presign_ttl, d.presign_ttl, interval '1 hour') as presign_ttl,
    coalesce(s.presign_margin, interval '5 minutes') as presign_margin,
    coalesce(s.presign_reuse, d.presign_reuse, interval '1 day') as presign_reuse,
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
    -- A worker cannot publish what s3cache.configure() would refuse.
    select e.defaults,
        case
            when extract(epoch from (e.defaults ->> 'presign_ttl')::interval) <= 604800
                and extract(epoch from (e.defaults ->> 'presign_ttl')::interval)
                    > extract(epoch from coalesce(s.presign_margin, interval '5 minutes'))
            then (e.defaults ->> 'presign_ttl')::interval
        end as presign_ttl,
        case
            when extract(epoch from (e.defaults ->> 'presign_reuse')::interval) between 1 and 86400
            then (e.defaults ->> 'presign_reuse')::interval
        end as presign_reuse
    from (
        select w.defaults
        from s3cache.worker w
        where w.heartbeat_at + w.lease > pg_catalog.clock_timestamp()
        order by w.id
        limit 1
    ) e
) d on true;
comment on view s3cache.cache is
    'One row a cache, with every setting as it applies: what s3cache.configure() said, else what a live worker published from its environment, else the built-in default.';
comment on column s3cache.cache.id is 'The cache_id of its rows.';
comment on column s3cache.cache.name is 'Its name, which is also its table''s.';
comment on column s3cache.cache.bucket is 'The bucket; without one the worker''s own default, or the embedded store''s directory itself.';
comment on column s3cache.cache.prefix is 'What every key of the cache starts with; filenames leave it out. A folder ends in a slash.';
comment on column s3cache.cache.endpoint is 'The object store, where it is not AWS.';
comment on column s3cache.cache.region is 'The bucket''s region.';
comment on column s3cache.cache.addressing is 'Whether URLs name the bucket in the path or in the host.';
comment on column s3cache.cache.credentials is 'Which of the worker''s credentials to use; never a secret.';
comment on column s3cache.cache.cdn_url is 'What public URLs start with.';
comment on column s3cache.cache.access is 'Whether objects can be read without a signature.';
comment on column s3cache.cache.acl is 'Sent with uploads; none by default.';
comment on column s3cache.cache.cache_control is 'Sent with uploads.';
comment on column s3cache.cache.storage_class is 'Sent with uploads.';
comment on column s3cache.cache.default_image is 'What stands in where there is no image.';
comment on column s3cache.cache.presign_ttl is 'How long presigned URLs live.';
comment on column s3cache.cache.presign_margin is 'A URL is never handed out with less life than this.';
comment on column s3cache.cache.presign_reuse is 'How long the same URL is handed out, at most.';
comment on column s3cache.cache.presign_mode is 'Who signs URLs.';
comment on column s3cache.cache.versioned_urls is 'Whether public URLs carry a short etag, so that a replaced object gets a new URL.';
comment on column s3cache.cache.max_bytes is 'The largest object that is uploaded or fetched.';
comment on column s3cache.cache.max_pixels is 'The largest image, width times height.';
comment on column s3cache.cache.allowed_types is 'What may be uploaded.';
comment on column s3cache.cache.if_exists is 'What an upload does where the object exists.';
comment on column s3cache.cache.environment is 'Outside production: the suffix that uploads'' keys get.';
comment on column s3cache.cache.rebuild_every is 'How often the cache is rebuilt unasked; never if not set.';
comment on column s3cache.cache.max_delete_fraction is 'A rebuild that would remove a larger part of the present rows fails instead, from 100 such rows up.';
comment on column s3cache.cache.notify_hints is 'Whether NOTIFY s3cache from application code is heeded.';
comment on column s3cache.cache.hint_interval is 'A hinted rebuild runs at most this often.';
comment on column s3cache.cache.paused is 'Whether workers leave the cache''s jobs alone.';
