-- object: trigger s3cache_urls_signing_key on s3cache.signing_key
create or replace trigger s3cache_urls_signing_key after insert on s3cache.signing_key
    for each statement execute function s3cache.url_sources_changed();
comment on trigger s3cache_urls_signing_key on s3cache.signing_key is 'URLs are made from this: s3cache.url_sources_changed().';
