-- object: view s3cache.binding
create or replace view s3cache.binding as
select b.name, b.table_id, s3cache.cache_name(b.cache_id) as cache, b.key, b.url_column, b.url_style, b.path_column, b.md5_column,
    b.mime_column, b.type_column, b.root, b.on_insert, b.source_column,
    s3cache.binding_problem(
        b.table_id, b.key_parts, array[b.url_column, b.path_column, b.md5_column, b.mime_column, b.type_column, b.source_column],
        b.url_column is not null) as problem
from s3cache.binding_row b;
comment on view s3cache.binding is 'The tables that s3cache.bind() bound, and whether they still are as they were.';
comment on column s3cache.binding.name is 'What images_of(), attach(), archive(), verify_binding() and archive_stats() call it.';
comment on column s3cache.binding.table_id is 'The table.';
comment on column s3cache.binding.cache is 'The cache that the objects are in.';
comment on column s3cache.binding.key is 'The key template.';
comment on column s3cache.binding.url_column is 'The column that URLs are written to; NULL: none.';
comment on column s3cache.binding.url_style is 'What is written there: url, s3 or key.';
comment on column s3cache.binding.path_column is 'The column with the path of the row''s file.';
comment on column s3cache.binding.md5_column is 'The column with the MD5 of the row''s file.';
comment on column s3cache.binding.mime_column is 'The column with its media type.';
comment on column s3cache.binding.type_column is 'The column that says image, video or document.';
comment on column s3cache.binding.root is 'The directory that archive() looks for files in.';
comment on column s3cache.binding.on_insert is 'What s3cache.on_insert() has done with new rows: archive or fetch; NULL: nothing.';
comment on column s3cache.binding.source_column is 'The column with the URL that a new row''s file is fetched from.';
comment on column s3cache.binding.problem is 'Why it cannot be used, as the second half of a sentence; NULL: it can.';
