-- object: trigger s3cache_urls_cache_setting on s3cache.cache_setting
create or replace trigger s3cache_urls_cache_setting after insert or update or delete on s3cache.cache_setting
    for each statement execute function s3cache.url_sources_changed();
comment on trigger s3cache_urls_cache_setting on s3cache.cache_setting is 'URLs are made from this: s3cache.url_sources_changed().';
