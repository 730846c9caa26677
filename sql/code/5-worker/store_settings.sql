-- object: function s3cache.store_settings(text)
create or replace function s3cache.store_settings(cache text)
returns table (
    name text, bucket text, prefix text, endpoint text, region text, addressing text, credentials text, acl text,
    cache_control text, storage_class text, max_bytes bigint, max_pixels bigint, allowed_types text[], has_own_types boolean,
    if_exists text, cdn_base text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
        select c.name, s.bucket, c.prefix, s.endpoint, s.region, c.addressing, c.credentials, c.acl, c.cache_control,
            c.storage_class, c.max_bytes, c.max_pixels, c.allowed_types, s.allowed_types is not null, c.if_exists,
            (u.signing).cdn_base
        from s3cache.cache c
        left join s3cache.cache_setting s on s.cache_id = c.id
        left join s3cache.url_plan u on u.cache_id = c.id
        where c.name = store_settings.cache;
end
$$;
comment on function s3cache.store_settings(text) is
    'Where a cache''s objects are and how they are written, for programs that go there themselves: what s3cache.configure() said, else the built-in default. bucket, endpoint and region are NULL where it said nothing: there a worker''s own environment applies, and no other worker''s. cdn_base is what URLs of a CDN begin with, NULL where there is none. No row if there is no such cache.';
