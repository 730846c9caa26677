-- object: function s3cache.store_settings(text)
create or replace function s3cache.store_settings(cache text)
returns table (
    name text, bucket text, prefix text, endpoint text, region text, addressing text, credentials text, acl text,
    cache_control text, storage_class text, max_bytes bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
        select c.name, s.bucket, c.prefix, s.endpoint, s.region, c.addressing, c.credentials, c.acl, c.cache_control,
            c.storage_class, c.max_bytes
        from s3cache.cache c
        left join s3cache.cache_setting s on s.cache_id = c.id
        where c.name = store_settings.cache;
end
$$;
comment on function s3cache.store_settings(text) is
    'Where a cache''s objects are and how they are written, for programs that go there themselves: what s3cache.configure() said, else the built-in default. bucket, endpoint and region are NULL where it said nothing: there a worker''s own environment applies, and no other worker''s. No row if there is no such cache.';
