-- object: function s3cache.cache_source(integer)
create or replace function s3cache.cache_source(cache_id integer) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select to_json(array[s.endpoint, s.bucket, s.prefix])::text
    from (values (1)) as one
    left join s3cache.cache_setting s on s.cache_id = cache_source.cache_id
$$;
comment on function s3cache.cache_source(integer) is
    'What a cache''s settings say of where its objects are, for telling whether that changed.';
