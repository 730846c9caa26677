-- What pg_dump takes along. Only the installation table holds a row that this script inserted, and it has no key:
-- after a restore the dumped row stands beside it and tells that this is a copy.

select pg_catalog.pg_extension_config_dump('s3cache.installation', '');
select pg_catalog.pg_extension_config_dump('s3cache.cache_id_seq', '');
select pg_catalog.pg_extension_config_dump('s3cache.created_cache', '');
select pg_catalog.pg_extension_config_dump('s3cache.cache_setting', '');
select pg_catalog.pg_extension_config_dump('s3cache.cache_state', '');
select pg_catalog.pg_extension_config_dump('s3cache.object_id_seq', '');
select pg_catalog.pg_extension_config_dump('@extschema@.s3_image_cache', '');
select pg_catalog.pg_extension_config_dump('s3cache.tombstone', '');
select pg_catalog.pg_extension_config_dump('s3cache.job_id_seq', '');
select pg_catalog.pg_extension_config_dump('s3cache.claim_token_seq', '');
select pg_catalog.pg_extension_config_dump('s3cache.job', '');
select pg_catalog.pg_extension_config_dump('s3cache.job_history', '');
select pg_catalog.pg_extension_config_dump('s3cache.worker_id_seq', '');
select pg_catalog.pg_extension_config_dump('s3cache.orphan_row', '');
