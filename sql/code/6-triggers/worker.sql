-- object: trigger s3cache_urls_worker on s3cache.worker
create or replace trigger s3cache_urls_worker after insert or delete or update of defaults on s3cache.worker
    for each row execute function s3cache.url_sources_changed();
comment on trigger s3cache_urls_worker on s3cache.worker is 'URLs are made from this: s3cache.url_sources_changed().';
