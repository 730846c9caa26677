-- Every public function exists with the argument names, defaults and results that it will always have. What has no effect
-- yet says so, and nothing else.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
create temporary table promised (name text, arguments text, result text);
insert into promised values
    ('add_file_to_s3_cache', 'filename text', 'text'),
    ('archive', 'binding text, limit_rows bigint DEFAULT NULL, batch_size integer DEFAULT 50, dry_run boolean DEFAULT false, force boolean DEFAULT false', 'bigint'),
    ('archive_stats', 'binding text', 'TABLE(media_type text, total bigint, archived bigint, not_archived bigint, archived_percent numeric)'),
    ('attach', 'binding text, row_id text, content bytea DEFAULT NULL, path text DEFAULT NULL, data_uri text DEFAULT NULL, url text DEFAULT NULL, filename text DEFAULT NULL, content_type text DEFAULT NULL, metadata jsonb DEFAULT ''{}'', cache_control text DEFAULT NULL, category text DEFAULT NULL, if_exists text DEFAULT NULL, idempotency_key text DEFAULT NULL', 'bigint'),
    ('bind', 'table_name regclass, key text, cache text DEFAULT ''s3_image_cache'', url_column text DEFAULT NULL, url_style text DEFAULT NULL, path_column text DEFAULT NULL, md5_column text DEFAULT NULL, mime_column text DEFAULT NULL, type_column text DEFAULT NULL, root text DEFAULT NULL', 'void'),
    ('cancel', 'job_id bigint', 'boolean'),
    ('clear_s3_cache', '', 'bigint'),
    ('configure', 'cache text DEFAULT ''s3_image_cache'', bucket text DEFAULT NULL, prefix text DEFAULT NULL, endpoint text DEFAULT NULL, region text DEFAULT NULL, addressing text DEFAULT NULL, credentials text DEFAULT NULL, cdn_url text DEFAULT NULL, access text DEFAULT NULL, acl text DEFAULT NULL, cache_control text DEFAULT NULL, storage_class text DEFAULT NULL, default_image text DEFAULT NULL, presign_ttl interval DEFAULT NULL, presign_margin interval DEFAULT NULL, presign_reuse interval DEFAULT NULL, presign_mode text DEFAULT NULL, versioned_urls boolean DEFAULT NULL, max_bytes bigint DEFAULT NULL, max_pixels bigint DEFAULT NULL, allowed_types text[] DEFAULT NULL, if_exists text DEFAULT NULL, environment text DEFAULT NULL, rebuild_every interval DEFAULT NULL, max_delete_fraction numeric DEFAULT NULL, notify_hints boolean DEFAULT NULL, hint_interval interval DEFAULT NULL, paused boolean DEFAULT NULL', 'void'),
    ('content', 'job_id bigint', 'bytea'),
    ('create_cache', 'name text, bucket text DEFAULT NULL, prefix text DEFAULT NULL', 'text'),
    ('delete_object', 'filename text, cache text DEFAULT ''s3_image_cache''', 'bigint'),
    ('drop_cache', 'cache text', 'void'),
    ('fetch', 'url text, filename text DEFAULT NULL, category text DEFAULT NULL, idempotency_key text DEFAULT NULL, cache text DEFAULT ''s3_image_cache''', 'bigint'),
    ('fetch_rows', 'binding text', 'bigint'),
    ('get_s3_image_filename', 'filename text', 'text'),
    ('images', 'prefix text, cache text DEFAULT ''s3_image_cache'', force_refresh boolean DEFAULT false, limit_rows bigint DEFAULT NULL, after text DEFAULT NULL', 'jsonb'),
    ('images_of', 'binding text, row_id text', 'jsonb'),
    ('ingest_event', 'event jsonb', 'bigint'),
    ('invalidate', 'prefix text, cache text DEFAULT ''s3_image_cache''', 'void'),
    ('key_of', 'url text, cache text DEFAULT ''s3_image_cache''', 'text'),
    ('on_insert', 'table_name regclass, action text, source_column text DEFAULT NULL', 'void'),
    ('presign', 'filenames text[], cache text DEFAULT ''s3_image_cache''', 'bigint'),
    ('presigned_url', 'filename text, expires interval DEFAULT NULL, method text DEFAULT ''GET'', response_content_disposition text DEFAULT NULL, response_content_type text DEFAULT NULL, force_refresh boolean DEFAULT false, cache text DEFAULT ''s3_image_cache''', 'text'),
    ('primary_image', 'prefix text, cache text DEFAULT ''s3_image_cache'', force_refresh boolean DEFAULT false', 'jsonb'),
    ('primary_image_of', 'binding text, row_id text', 'jsonb'),
    ('public_url', 'filename text, cache text DEFAULT ''s3_image_cache''', 'text'),
    ('read', 'filename text, max_bytes bigint DEFAULT NULL, cache text DEFAULT ''s3_image_cache''', 'bigint'),
    ('rebuild', 'cache text DEFAULT ''s3_image_cache'', prefix text DEFAULT NULL, dry_run boolean DEFAULT false, force boolean DEFAULT false, inventory text DEFAULT NULL', 'bigint'),
    ('rebuild_s3_cache', '', 'bigint'),
    ('remove_file_from_s3_cache', 'filename text', 'text'),
    ('rename_object', 'filename text, new_filename text, cache text DEFAULT ''s3_image_cache''', 'bigint'),
    ('reset', 'cache text, setting text', 'void'),
    ('resume', '', 'bigint'),
    ('retry', 'job_id bigint', 'bigint'),
    ('stats', 'cache text DEFAULT ''s3_image_cache''', 'TABLE(files bigint, bytes bigint, unverified bigint, missing bigint, last_rebuild_at timestamp with time zone, last_rebuild jsonb)'),
    ('unbind', 'table_name regclass', 'void'),
    ('upload', 'filename text, content bytea, content_type text DEFAULT NULL, metadata jsonb DEFAULT ''{}'', cache_control text DEFAULT NULL, category text DEFAULT NULL, if_exists text DEFAULT NULL, idempotency_key text DEFAULT NULL, cache text DEFAULT ''s3_image_cache''', 'bigint'),
    ('upload_data_uri', 'filename text, data_uri text, content_type text DEFAULT NULL, metadata jsonb DEFAULT ''{}'', cache_control text DEFAULT NULL, category text DEFAULT NULL, if_exists text DEFAULT NULL, idempotency_key text DEFAULT NULL, cache text DEFAULT ''s3_image_cache''', 'bigint'),
    ('upload_file', 'filename text, path text, content_type text DEFAULT NULL, metadata jsonb DEFAULT ''{}'', cache_control text DEFAULT NULL, category text DEFAULT NULL, if_exists text DEFAULT NULL, idempotency_key text DEFAULT NULL, cache text DEFAULT ''s3_image_cache''', 'bigint'),
    ('upload_form', 'filename text, content_type text DEFAULT NULL, max_bytes bigint DEFAULT NULL, expires interval DEFAULT ''00:15:00'', cache text DEFAULT ''s3_image_cache''', 'jsonb'),
    ('upload_url', 'filename text, content_type text DEFAULT NULL, expires interval DEFAULT ''00:15:00'', cache text DEFAULT ''s3_image_cache''', 'text'),
    ('url', 'filename text, cache text DEFAULT ''s3_image_cache''', 'text'),
    ('verify', 'cache text DEFAULT ''s3_image_cache'', prefix text DEFAULT NULL, limit_rows bigint DEFAULT NULL', 'bigint'),
    ('verify_binding', 'binding text, verify_s3 boolean DEFAULT true, check_local boolean DEFAULT false, limit_rows bigint DEFAULT NULL', 'bigint'),
    ('wait', 'job_id bigint, timeout interval DEFAULT ''00:01:00''', 's3cache.jobs');
select results_eq(
    $$ select p.proname::text collate "C", regexp_replace(pg_get_function_arguments(p.oid), '::[a-z]+(\[\])?', '', 'g'), pg_get_function_result(p.oid)
        from pg_proc p
        where p.oid in (select to_regprocedure(substr(c.identity, 10)) from s3cache.code_object c where c.identity like 'function %')
            and p.proname in (select name from promised)
        order by 1 $$,
    $$ select name collate "C", arguments, result from promised order by 1 $$, 'names, arguments in order, defaults and results');
select is(count(*), count(distinct p.proname), 'none is overloaded') from pg_proc p where p.pronamespace = 's3cache'::regnamespace;

-- As the contract calls them.
create function pg_temp.unsupported(call text) returns text language plpgsql as $$
declare
    code text;
    said text;
begin
    begin
        execute 'select ' || call;
        return 'supported';
    exception when others then
        get stacked diagnostics code = returned_sqlstate, said = message_text;
        return case when code = '0A000' and said ~ 'not supported yet' then 'not supported yet' else code || ' ' || said end;
    end;
end $$;
\ir ../support/signing.sql
select s3cache.configure(bucket => 'mus86077', region => 'us-east-1') \g /dev/null
call pg_temp.publish((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + 2, 'us-east-1');
call pg_temp.publish((now() at time zone 'UTC')::date, (now() at time zone 'UTC')::date + 2, 'us-east-1', 'upload');
create table products (partnumber text);
create table post_media (media_id text primary key, media_type text, local_file_path text, md5_sum text, mime_type text, archive_url text, created_at timestamp);
select is(pg_temp.unsupported(call), 'supported', call)
from (values
    ($$s3cache.bind('products', key => '{partnumber}.jpg')$$),
    ($$s3cache.images_of('products', '14000')$$),
    ($$s3cache.primary_image_of('products', '14000')$$),
    ($$s3cache.unbind('products')$$),
    ($$s3cache.bind('post_media', key => 'cache/{created_at:YYYY}/{created_at:MM}/{file}', url_column => 'archive_url',
        url_style => 's3', path_column => 'local_file_path', md5_column => 'md5_sum', mime_column => 'mime_type',
        type_column => 'media_type', root => 'cache/media')$$),
    ($$s3cache.archive('post_media', limit_rows => NULL, batch_size => 50, dry_run => false, force => false)$$),
    ($$* from s3cache.archive_stats('post_media')$$),
    ($$s3cache.verify_binding('post_media', verify_s3 => true, check_local => true, limit_rows => NULL)$$),
    ($$s3cache.on_insert('post_media', 'archive', source_column => NULL)$$),
    ($$s3cache.unbind('post_media')$$),
    ($$s3cache.create_cache('product_images', bucket => 'product-image-collection', prefix => '')$$),
    ($$s3cache.configure('s3_image_cache', bucket => 'mus86077', region => 'us-east-1', max_bytes => 5000000, presign_ttl => '1 hour')$$),
    ($$s3cache.reset('s3_image_cache', 'max_bytes')$$),
    ($$s3cache.drop_cache('product_images')$$),
    ($$s3cache.rebuild('s3_image_cache', prefix => NULL, dry_run => false, force => false, inventory => NULL)$$),
    ($$s3cache.rebuild('s3_image_cache', inventory => 's3://bucket/path/manifest.json')$$),
    ($$s3cache.rebuild()$$),
    ($$s3cache.verify('s3_image_cache', prefix => NULL, limit_rows => NULL)$$),
    ($$s3cache.ingest_event('{"Records":[]}'::jsonb)$$),
    ($$* from s3cache.stats('s3_image_cache')$$),
    ($$s3cache.images('1/', cache => 's3_image_cache', force_refresh => false, limit_rows => NULL, after => NULL)$$),
    ($$s3cache.primary_image('1/')$$),
    ($$s3cache.url('14000.jpg', cache => 's3_image_cache')$$),
    ($$s3cache.public_url('14000.jpg')$$),
    ($$s3cache.fetch('https://example.com/logo.png', filename => NULL, category => NULL, idempotency_key => NULL, cache => 's3_image_cache')$$),
    ($$s3cache.presigned_url('14000.jpg', expires => '1 hour', method => 'GET', response_content_disposition => NULL,
        response_content_type => NULL, force_refresh => false, cache => 's3_image_cache')$$),
    ($$s3cache.upload_url('new.jpg', content_type => 'image/jpeg', expires => '15 min', cache => 's3_image_cache')$$),
    ($$s3cache.upload_form('new.jpg', content_type => 'image/jpeg', max_bytes => 5000000, expires => '15 min', cache => 's3_image_cache')$$),
    ($$s3cache.images('1/', force_refresh => true)$$),
    ($$s3cache.primary_image('1/', force_refresh => true)$$),
    ($$s3cache.key_of('https://cdn.example.com/1/a.jpg')$$),
    ($$s3cache.presign(ARRAY['a.jpg','b.jpg'])$$),
    ($$s3cache.invalidate('1/')$$),
    ($$s3cache.invalidate(NULL)$$),
    ($$s3cache.cancel(2)$$),
    ($$s3cache.retry(2)$$),
    ($$s3cache.resume()$$),
    ($$s3cache.upload('14001.jpg', content => '\xffd8ff'::bytea, content_type => NULL, metadata => '{}', cache_control => NULL,
        category => NULL, if_exists => NULL, idempotency_key => NULL, cache => 's3_image_cache')$$),
    ($$s3cache.upload_file('14001.jpg', path => 'photos/14001.jpg', cache => 's3_image_cache')$$),
    ($$s3cache.upload_data_uri('x.png', 'data:image/png;base64,iVBORw0KGgo=', cache => 's3_image_cache')$$),
    ($$s3cache.rename_object('a.jpg', 'b.jpg', cache => 's3_image_cache')$$),
    ($$s3cache.delete_object('14001.jpg', cache => 's3_image_cache')$$),
    ($$s3cache.read('config.json', max_bytes => NULL, cache => 's3_image_cache')$$)) v (call);
select is(pg_temp.unsupported(format('s3cache.content(%s)', id)), format('55000 Job %s has not ended yet.', id), 's3cache.content()') from s3cache.jobs where kind = 'read';
select is((select string_agg(attname, ', ' order by attnum) from pg_attribute where attrelid = 's3cache.jobs'::regclass and attnum > 0),
    'id, kind, cache, state, done, total, attempt, queued_at, started_at, finished_at, result, error, owner, superseded_by', 'the columns of s3cache.jobs');
select is((select string_agg(attname, ', ' order by attnum) from pg_attribute where attrelid = 's3cache.metrics'::regclass and attnum > 0),
    'name, value, labels', 'of s3cache.metrics');
select has_view('s3cache', v, 's3cache.' || v) from unnest(array['cache', 'setting', 'jobs', 'workers', 'orphan', 'metrics', 'presigned', 'binding']) v;
select * from finish();
