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
select * from finish();
