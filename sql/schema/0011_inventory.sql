-- What an inventory lists, while a rebuild from it runs. Its files are in no order, so its rows are collected first, and
-- then sorted at one go: that costs far less than an index that is filled in random order. Unlogged: each attempt collects
-- the whole report before it reads any of it.

create unlogged table s3cache.inventory_row (
    job_id bigint not null,
    filename text collate "C" not null,
    size bigint not null,
    etag text not null,
    last_modified timestamptz not null,
    storage_class text
);
comment on table s3cache.inventory_row is 'The objects that an inventory lists, in the order of its files, until all are collected.';
comment on column s3cache.inventory_row.job_id is 'The rebuild.';
comment on column s3cache.inventory_row.filename is 'The object''s key without the cache''s prefix; empty for an object that is named as the prefix.';
comment on column s3cache.inventory_row.size is 'Bytes, as the inventory says.';
comment on column s3cache.inventory_row.etag is 'As the inventory says.';
comment on column s3cache.inventory_row.last_modified is 'As the inventory says.';
comment on column s3cache.inventory_row.storage_class is 'As the inventory says; NULL where it says none.';
create index inventory_row_idx on s3cache.inventory_row (job_id);

create unlogged table s3cache.rebuild_listed (
    job_id bigint not null,
    filename text collate "C" not null,
    size bigint not null,
    etag text not null,
    last_modified timestamptz not null,
    storage_class text,
    primary key (job_id, filename)
);
comment on table s3cache.rebuild_listed is 'The objects that an inventory lists, sorted, while a rebuild from it runs.';
comment on column s3cache.rebuild_listed.job_id is 'The rebuild.';
comment on column s3cache.rebuild_listed.filename is 'The object''s key without the cache''s prefix; empty for an object that is named as the prefix.';
comment on column s3cache.rebuild_listed.size is 'Bytes, as the inventory says.';
comment on column s3cache.rebuild_listed.etag is 'As the inventory says.';
comment on column s3cache.rebuild_listed.last_modified is 'As the inventory says.';
comment on column s3cache.rebuild_listed.storage_class is 'As the inventory says; NULL where it says none.';
