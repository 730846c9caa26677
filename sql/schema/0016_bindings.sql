-- Bindings: rows of users' own tables that belong to objects, by a key template.

create table s3cache.binding_row (
    name text collate "C" primary key,
    table_id regclass not null unique,
    cache_id integer not null,
    key text not null,
    key_parts jsonb not null,
    url_column name,
    url_style text not null default 'url',
    path_column name,
    md5_column name,
    mime_column name,
    type_column name,
    root text,
    on_insert text,
    source_column name,
    created_at timestamptz not null default pg_catalog.clock_timestamp(),
    constraint binding_url_style_known check (url_style in ('url', 's3', 'key')),
    constraint binding_on_insert_known check (on_insert in ('archive', 'fetch'))
);
comment on table s3cache.binding_row is 'Which tables are bound to objects, and how. Read s3cache.binding.';
comment on column s3cache.binding_row.name is 'What calls name it by: the table''s name when it was bound, with its schema where another table had that name already.';
comment on column s3cache.binding_row.table_id is 'The table.';
comment on column s3cache.binding_row.cache_id is 'The cache that the objects are in.';
comment on column s3cache.binding_row.key is 'The key template, as it was given.';
comment on column s3cache.binding_row.key_parts is 'The same in parts: {"text": …}, {"column": …, "format": …}, {"special": …}.';
comment on column s3cache.binding_row.url_column is 'The column that URLs are written to; NULL: none.';
comment on column s3cache.binding_row.url_style is 'What is written there: url (the CDN''s, else the public one), s3 (s3://bucket/key) or key.';
comment on column s3cache.binding_row.path_column is 'The column with the path of the row''s file.';
comment on column s3cache.binding_row.md5_column is 'The column with the MD5 of the row''s file.';
comment on column s3cache.binding_row.mime_column is 'The column with its media type.';
comment on column s3cache.binding_row.type_column is 'The column that says image, video or document.';
comment on column s3cache.binding_row.root is 'The directory that has images/, videos/ and documents/ with files named by their MD5.';
comment on column s3cache.binding_row.on_insert is 'What is done with new rows unasked: archive or fetch; NULL: nothing.';
comment on column s3cache.binding_row.source_column is 'The column with the URL that a new row''s file is fetched from.';
comment on column s3cache.binding_row.created_at is 'When it was bound.';

create table s3cache.archive_state (
    job_id bigint primary key,
    state jsonb not null
) with (fillfactor = 50);
comment on table s3cache.archive_state is
    'How far jobs are that archive or verify the rows of a bound table: what another worker needs to go on with one, and to count nothing twice. Written in the transaction of each batch.';
comment on column s3cache.archive_state.job_id is 'The job.';
comment on column s3cache.archive_state.state is 'The counters, the last row, and what went wrong.';

-- Which rows a fetch is on its way for.
create index job_row_idx on s3cache.job ((args ->> 'binding'), (args ->> 'row')) where args ? 'row';

-- What became of the fetches for a row.
create index job_history_row_idx on s3cache.job_history ((args ->> 'binding'), (args ->> 'row')) where args ? 'row_asked';

comment on column s3cache.job.kind is 'What is to be done: rebuild, rebuild_part, verify, add, upload, upload_file, fetch, archive, verify_binding, remove_local, fetch_rows, delete_object, rename_object, read, presign.';
comment on column s3cache.job_history.kind is 'What was to be done: rebuild, rebuild_part, verify, add, upload, upload_file, fetch, archive, verify_binding, remove_local, fetch_rows, delete_object, rename_object, read, presign.';
