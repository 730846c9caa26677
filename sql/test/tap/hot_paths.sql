-- With 200,000 rows, the look-ups that applications make are index scans.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
insert into s3cache.object (cache_id, filename, state)
select 1, case g % 1000 when 0 then 'Photo ' || g || '.JPG' when 1 then 'größe-' || g || '.jpg' else g || '.jpg' end, 'present' from generate_series(1, 200000) g;
vacuum analyze s3_image_cache;
select s3cache.create_cache('second') \g /dev/null

-- The nodes of a plan: their kinds and indexes.
create function pg_temp.nodes(plan jsonb) returns setof text language sql as $$
    with recursive node as (
        select plan -> 0 -> 'Plan' as n
        union all
        select c from node, jsonb_array_elements(n -> 'Plans') c
    )
    select (n ->> 'Node Type') || coalesce(' ' || (n ->> 'Index Name'), '') || coalesce(' on ' || (n ->> 'Relation Name'), '') from node
$$;
create function pg_temp.plan_of(query text) returns text language plpgsql as $$
declare
    plan jsonb;
begin
    execute 'explain (format json) ' || query into plan;
    return (select string_agg(n, ', ') from pg_temp.nodes(plan) n where n ~ ' on ');
end $$;
select is(pg_temp.plan_of($$ SELECT * FROM s3_image_cache WHERE filename = '14000.jpg' $$), 'Index Scan s3_image_cache_filename_key on s3_image_cache',
    'the SELECT of the README');
select is(pg_temp.plan_of($$ DELETE FROM s3_image_cache WHERE filename = 'obsolete-file.jpg' $$), 'ModifyTable on s3_image_cache, Index Scan s3_image_cache_filename_key on s3_image_cache',
    'its DELETE');
select matches(pg_temp.plan_of($$ select filename from s3_image_cache order by created_at desc limit 10 $$), 's3_image_cache_created_at_idx', 'the newest rows');

-- A rebuild's rows have the same created_at: merging them would be a fifth of its INSERTs.
select s3cache.create_cache('product_images');
select results_eq(
    $$ select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indexrelid
        where i.indrelid in ('s3_image_cache'::regclass, 'product_images'::regclass) and c.reloptions @> '{deduplicate_items=off}' order by 1 $$,
    $$ values ('product_images_created_at_idx'), ('s3_image_cache_created_at_idx') $$, 'equal times are not merged');

-- Which of the table and its indexes a call scanned, by the counters of this very transaction.
create function pg_temp.counters() returns table (relation text, scans bigint) language sql volatile as $$
    select 's3_image_cache', coalesce(pg_stat_get_xact_numscans('s3_image_cache'::regclass), 0)
    union all
    select x.indexrelid::regclass::text, coalesce(pg_stat_get_xact_numscans(x.indexrelid), 0) from pg_index x where x.indrelid = 's3_image_cache'::regclass
$$;
create function pg_temp.scanned(call text) returns text language plpgsql as $$
declare
    before jsonb := (select jsonb_object_agg(relation, scans) from pg_temp.counters());
begin
    execute call;
    return (select string_agg(c.relation, ' ' order by c.relation) from pg_temp.counters() c where c.scans > (before ->> c.relation)::bigint);
end $$;
-- The planner looks into further indexes: what matters is that the table itself, which would come first, is not there.
select matches(pg_temp.scanned($$ select get_s3_image_filename('14000.jpg') $$), '^s3_image_cache_filename_key', 'get_s3_image_filename() of an exact name');
select is(pg_temp.scanned($$ select get_s3_image_filename('14000.JPG') $$), 's3_image_cache_filename_key s3_image_cache_lower_idx', 'in another case');
select is(get_s3_image_filename('PHOTO 2000.jpg'), 'Photo 2000.JPG', 'which finds');
select is(get_s3_image_filename('GRÖSSE'), null, 'or does not');
select is(pg_temp.scanned($$ select get_s3_image_filename('no such file') $$), 's3_image_cache_filename_key s3_image_cache_lower_idx', 'of no name');
-- Again and again: the plan that is kept must be as good.
select is(pg_temp.scanned($$ select get_s3_image_filename(g || '.JPG') from generate_series(1, 50) g $$),
    's3_image_cache_filename_key s3_image_cache_lower_idx', 'the fiftieth time too');
select matches(pg_temp.scanned($$ select add_file_to_s3_cache('added.jpg') $$), '^s3_image_cache_filename_key', 'add_file_to_s3_cache()');
select is(pg_temp.scanned($$ select remove_file_from_s3_cache('added.jpg') $$), 's3_image_cache_filename_key', 'remove_file_from_s3_cache()');
select is(pg_temp.scanned($$ select s3cache.images('1400') $$), 's3_image_cache_filename_key', 'images()');
select is(pg_temp.scanned($$ select s3cache.primary_image('1400') $$), 's3_image_cache_filename_key', 'primary_image()');
select is(pg_temp.scanned($$ select s3cache.enqueue_verifications() $$), 's3_image_cache_unverified_idx', 'a worker looking for unverified rows');

-- URLs: by the thousand, beside many caches. Tables are never scanned; what is counted are scans of a table itself.
\ir ../support/signing.sql
select s3cache.create_cache('many_' || g), s3cache.configure('many_' || g, bucket => 'many', region => 'eu-central-1') from generate_series(1, 60) g \g /dev/null
select s3cache.configure(bucket => 'examplebucket', region => 'eu-central-1') \g /dev/null
insert into s3cache.object (cache_id, filename, state) select c.id, g || '.jpg', 'present' from generate_series(1, 20000) g, s3cache.created_cache c where c.name = 'many_7';
analyze s3cache.url_plan;
analyze many_7;
call pg_temp.publish((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + 2);
create function pg_temp.table_scans(call text) returns text language plpgsql as $$
declare
    found text;
    scans jsonb;
    scanned constant text := 'select coalesce(jsonb_object_agg(c.oid::regclass, pg_stat_get_xact_numscans(c.oid)), ''{}'') from pg_class c
        where c.relkind = ''r'' and (c.relnamespace = ''s3cache''::regnamespace or c.oid in (select inhrelid from pg_inherits where inhparent = ''s3cache.object''::regclass))';
    after jsonb;
begin
    execute scanned into scans;
    execute call into found;
    execute scanned into after;
    return found || coalesce((select string_agg(' ' || a.key, '' order by a.key) from jsonb_each(after) a where coalesce(a.value::text::bigint, 0) > coalesce((scans -> a.key)::text::bigint, 0)), '');
end $$;
select is(pg_temp.table_scans(call), '1000', call) from (values
    ($$select count(s3cache.url(g || '.jpg')) from generate_series(1, 1000) g$$), ($$select count(s3cache.presigned_url(g || '.jpg')) from generate_series(1, 1000) g$$),
    ($$select count(s3cache.presigned_url(g || '.jpg', expires => '2 hours', response_content_type => 'a/b')) from generate_series(1, 1000) g$$),
    ($$select count(s3cache.url(g || '.jpg', 'many_7')) from generate_series(1, 1000) g$$), ($$select count(s3cache.presigned_url(g || '.jpg', cache => 'many_7')) from generate_series(1, 1000) g$$),
    ($$select count(s3cache.public_url(g || '.jpg')) from generate_series(1, 1000) g$$)) v (call);
select matches(pg_temp.table_scans($$select jsonb_array_length(s3cache.images('1', limit_rows => 1000))::text$$), '^1000( s3cache.url_plan)?$', 'images(): what is not once for each image does not matter');
select s3cache.configure(cdn_url => 'cdn.example.com', versioned_urls => true) \g /dev/null
select is(pg_temp.table_scans(call), '1000', 'CDN: ' || call) from (values ($$select count(s3cache.url(g || '.jpg')) from generate_series(1, 1000) g$$), ($$select count(s3cache.url(g || '.json')) from generate_series(1, 1000) g$$)) v (call);
select s3cache.configure(cdn_url => null, presign_mode => 'worker') \g /dev/null
select s3cache.reset('s3_image_cache', 'cdn_url') \g /dev/null
insert into s3cache.presigned_row (job_id, cache_id, filename, owner, url, version, epoch, expires_at) select 1, 1, g || '.jpg', s3cache.caller(), 'https://x', 0, 0, now() + interval '1 day' from generate_series(1, 20000) g;
analyze s3cache.presigned_row;
select is(pg_temp.table_scans(call), '1000', 'presign_mode worker: ' || call) from (values ($$select count(s3cache.url(g || '.jpg')) from generate_series(3, 1002) g$$)) v (call);
-- The statement itself scans what it is asked to scan, once, also with several workers.
select s3cache.reset('s3_image_cache', 'presign_mode') \g /dev/null
select matches(pg_temp.plan_of('select filename, s3cache.url(filename) from s3_image_cache order by filename'), '^[^,]+ on s3_image_cache$', 'thousands of URLs in one SELECT: one scan');
set parallel_setup_cost = 0;
set parallel_tuple_cost = 0;
select matches(pg_temp.plan_of('select count(s3cache.url(filename)) from s3_image_cache'), 'Seq Scan on s3_image_cache|Index Only Scan .* on s3_image_cache', 'or with parallel workers');
reset parallel_setup_cost;
reset parallel_tuple_cost;
-- Whatever makes a URL runs in a parallel worker, where it gives the same.
create function pg_temp.in_worker(call text) returns text language plpgsql as $$
declare
    plan jsonb;
    alone text;
    together text;
begin
    execute call into alone;
    perform set_config(name, 'on', true) from pg_settings where name in ('force_parallel_mode', 'debug_parallel_query');
    execute 'explain (format json, analyze, timing off) ' || call into plan;
    execute call into together;
    perform set_config(name, 'off', true) from pg_settings where name in ('force_parallel_mode', 'debug_parallel_query');
    return case when alone is distinct from together then 'another' when (select sum((n #>> '{}')::int) from jsonb_path_query(plan, '$.**."Workers Launched"') n) > 0 then 'the same' else 'no worker' end;
end $$;
select s3cache.configure('many_1', cdn_url => 'cdn.example.com'), s3cache.configure('many_2', access => 'public'), s3cache.configure('many_3', presign_mode => 'worker') \g /dev/null
insert into s3cache.presigned_row (job_id, cache_id, filename, owner, url, version, epoch, expires_at) select 1, c.id, '1.jpg', s3cache.caller(), 'https://x', 0, 0, now() + interval '1 day' from s3cache.created_cache c where c.name = 'many_3';
begin;
-- One transaction is one statement_timestamp() in a function.
select is(pg_temp.in_worker(format('select %s || '' '' || count(*) from pg_class', call)), 'the same', 'in a parallel worker: ' || call) from (values
    ($$s3cache.url('1.jpg')$$), ($$s3cache.url('größe.jpg')$$), ($$s3cache.presigned_url('1.jpg', expires => '2 hours', response_content_type => 'a/b')$$), ($$s3cache.url('1.jpg', 'many_7')$$), ($$s3cache.public_url('1.jpg')$$),
    ($$s3cache.url('1.jpg', 'many_1')$$), ($$s3cache.url('1.jpg', 'many_2')$$), ($$s3cache.url('1.jpg', 'many_3')$$), ($$s3cache.key_of('https://cdn.example.com/x', 'many_1')$$)) v (call);
commit;
select * from finish();
