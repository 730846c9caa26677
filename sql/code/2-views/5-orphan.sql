-- object: view s3cache.orphan
create or replace view s3cache.orphan as
select s3cache.cache_name(o.cache_id) as cache, o.filename, o.problem, o.size, o.last_modified, o.job_id, o.found_at
from s3cache.orphan_row o;
comment on view s3cache.orphan is
    'Where table and bucket disagreed at the last dry run, SELECT s3cache.rebuild(dry_run => true): rows whose object is gone, and objects with no row. A rebuild that writes takes them out.';
comment on column s3cache.orphan.cache is 'The cache''s name.';
comment on column s3cache.orphan.filename is 'The row''s or the object''s filename.';
comment on column s3cache.orphan.problem is '''object gone'': a row without its object; ''no row'': an object without a row.';
comment on column s3cache.orphan.size is 'Bytes of the object, where there is one.';
comment on column s3cache.orphan.last_modified is 'When the object was written, where there is one.';
comment on column s3cache.orphan.job_id is 'The dry run that found it.';
comment on column s3cache.orphan.found_at is 'When.';
