-- object: trigger s3cache_urls_created_cache on s3cache.created_cache
create or replace trigger s3cache_urls_created_cache after insert or update or delete on s3cache.created_cache
    for each statement execute function s3cache.url_sources_changed();
comment on trigger s3cache_urls_created_cache on s3cache.created_cache is 'URLs are made from this: s3cache.url_sources_changed().';
