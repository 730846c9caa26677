-- The statements of the README, as they are written there, and what surrounds them.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
create function pg_temp.names() returns text language sql as
$$ select coalesce(string_agg(filename, ' ' order by filename), '') from s3_image_cache $$;

-- The table.
select is(string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum),
    'id bigint, filename text, created_at timestamp with time zone, updated_at timestamp with time zone, cache_id integer, '
    'size bigint, etag text, last_modified timestamp with time zone, content_type text, storage_class text, width integer, '
    'height integer, sha256 bytea, state text, location text, verified_at timestamp with time zone, object_version bigint, '
    'touched_xid xid8, event_sequencer text, event_place integer, event_xid xid8', 'columns, types and their order')
from pg_attribute where attrelid = 's3_image_cache'::regclass and attnum > 0 and not attisdropped;
select is(relkind::text || relispartition, 'rtrue', 's3_image_cache is an ordinary table and a partition') from pg_class where oid = 's3_image_cache'::regclass;
select is(i.inhparent::regclass::text, 's3cache.object', 'of s3cache.object') from pg_inherits i where i.inhrelid = 's3_image_cache'::regclass;
select col_is_pk('public', 's3_image_cache', 'id', 'id is the primary key');
select col_is_unique('public', 's3_image_cache', array['filename'], 'filename is unique');
select is(collation_name::text, 'C', 'and ordered by bytes') from information_schema.columns where table_name = 's3_image_cache' and column_name = 'filename';
select ok(exists (select from pg_indexes where tablename = 's3_image_cache' and indexdef ~ 'btree \(created_at\)'), 'created_at has an index');
select ok(not exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 's3cache.object'::regclass and pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT'), 'there is no default partition');
select throws_ok($$ insert into s3cache.object (cache_id, filename) values (77, 'x') $$, '23514', null, 'a row of no cache is refused');
select throws_ok($$ insert into s3_image_cache (cache_id, filename) values (77, 'x') $$, '23514', null, 'also in a cache''s own table');

-- Verbatim.
SELECT add_file_to_s3_cache('14000.jpg') as said \gset
select matches(:'said'::text, '^SUCCESS', 'add_file_to_s3_cache says SUCCESS');
SELECT add_file_to_s3_cache('14000.jpg') as said \gset
select matches(:'said'::text, '^SUCCESS', 'and again');
SELECT COUNT(*) FROM s3_image_cache \gset
select is(:count, 1, 'there is one row');
SELECT * FROM s3_image_cache WHERE filename = '14000.jpg' \gset
select is(:'filename'::text, '14000.jpg', 'SELECT by filename gives it');
select is(:'state'::text, 'unverified', 'unverified');
select is(:cache_id, 1, 'in cache 1');
select is(:'location'::text, 's3', 'in S3');
select ok(:'created_at'::timestamptz between now() - interval '1 minute' and now(), 'created just now');
select is(:'updated_at'::text, :'created_at', 'and not updated since');
INSERT INTO s3_image_cache (filename) VALUES ('file1.jpg'), ('file2.jpg') ON CONFLICT (filename) DO NOTHING;
select is(:ROW_COUNT, 2, 'the INSERT adds both');
INSERT INTO s3_image_cache (filename) VALUES ('file1.jpg'), ('file2.jpg') ON CONFLICT (filename) DO NOTHING;
select is(:ROW_COUNT, 0, 'and then none');
select is(pg_temp.names(), '14000.jpg file1.jpg file2.jpg', 'all three are there');
select throws_ok($$ INSERT INTO s3_image_cache (filename) VALUES ('file1.jpg') $$, '23505', null, 'a duplicate plain INSERT raises unique_violation');
select add_file_to_s3_cache('obsolete-file.jpg') as said \gset
DELETE FROM s3_image_cache WHERE filename = 'obsolete-file.jpg';
select is(:ROW_COUNT, 1, 'DELETE removes that row');
select is(pg_temp.names(), '14000.jpg file1.jpg file2.jpg', 'and no other');
SELECT get_s3_image_filename('14000.JPG') as found \gset
select is(:'found'::text, '14000.jpg', 'get_s3_image_filename gives the stored spelling');
SELECT remove_file_from_s3_cache('14000.jpg') as said \gset
select matches(:'said'::text, '^SUCCESS', 'remove_file_from_s3_cache');
SELECT remove_file_from_s3_cache('14000.jpg') as said \gset
select matches(:'said'::text, '^ERROR', 'which is an ERROR where there is none');
select matches(remove_file_from_s3_cache(null), '^ERROR', 'or no name');
select is(pg_temp.names(), 'file1.jpg file2.jpg', 'one is forgotten');
SELECT rebuild_s3_cache() as job \gset
select is(kind || ' ' || state || ' ' || cache, 'rebuild queued s3_image_cache', 'rebuild_s3_cache gives a job') from s3cache.jobs where id = :job;
SELECT clear_s3_cache() as forgotten \gset
select is(:forgotten, 2, 'clear_s3_cache gives the number of rows');
select is(pg_temp.names(), '', 'and empties the cache');
select matches(add_file_to_s3_cache(filename => '14000.jpg'), '^SUCCESS', 'with a named argument');
select is(get_s3_image_filename(filename => '14000.jpg'), '14000.jpg', 'so the others');
select matches(remove_file_from_s3_cache(filename => '14000.jpg'), '^SUCCESS', 'all of them');

-- TRUNCATE.
select s3cache.create_cache('other') as name \gset
insert into other (filename) values ('stays.jpg');
insert into s3_image_cache (filename) values ('a'), ('b');
TRUNCATE TABLE s3_image_cache;
select is(pg_temp.names(), '', 'TRUNCATE empties the table');
select is(string_agg(filename, ' '), 'stays.jpg', 'and no other cache') from other;

-- Names.
select matches(add_file_to_s3_cache(bad), '^ERROR: .*' || why, 'refused: ' || why)
from (values (null, 'NULL'), ('', 'empty'), (repeat('x', 1025), '1025 bytes'), (repeat('ä', 513), '1026 bytes'),
    (E'a\nb', 'control character'), (E'a\u0085b', 'control character'), (E'\x7f', 'control character'),
    ('../x', '"\.\."'), ('a/./b', '"\."'), ('..', '"\.\."')) as v (bad, why);
select is(pg_temp.names(), '', 'and no row is added');
select matches(add_file_to_s3_cache(good), '^SUCCESS', 'accepted: ' || left(good, 30))
from (values (repeat('x', 1024)), (repeat('ä', 512)), (repeat(U&'\+01F600', 256)), (' lead and trail. '), ('a b+c%&<>"''.jpg'), ('a/b'), ('a'),
    ('a//b'), ('...'), ('.hidden'), (U&'e\0301.jpg'), (E'back\\slash'), ('SUCCESS'), ('folder/')) as v (good);
select is((select count(*) from s3_image_cache), 14::bigint, 'each is a row');
truncate s3_image_cache;
select lives_ok(format('insert into s3_image_cache (filename) values (%L)', repeat('ä', 512)), 'a plain INSERT takes 1,024 bytes');
select throws_ok(format('insert into s3_image_cache (filename) values (%L)', repeat('ä', 513)), '23514', null, 'and not 1,026');
select throws_ok($$ insert into s3_image_cache (filename) values ('') $$, '23514', null, 'nor none');
select throws_ok($$ insert into s3_image_cache (filename) values (null) $$, '23502', null, 'nor NULL');
select throws_ok($$ insert into s3_image_cache (filename) values ('ok'), ('not/../ok') $$, '23514', null, 'nor a name that is never written');
select throws_ok($$ insert into s3_image_cache (filename) values (E'a\tb') $$, '23514', null, 'nor a control character');
select is((select count(*) from s3_image_cache), 1::bigint, 'of a refused INSERT no row stays');
truncate s3_image_cache;
select s3cache.configure(prefix => 'pre/') \g /dev/null
select matches(add_file_to_s3_cache(repeat('x', 1020)), '^SUCCESS', 'with a prefix, both together have 1,024 bytes');
select matches(add_file_to_s3_cache(repeat('x', 1021)), '^ERROR: .*1025 bytes', 'and not more');
select throws_ok(format('insert into s3_image_cache (filename) values (%L)', repeat('y', 1021)), '23514', null, 'in a plain INSERT too');
select throws_like($$ select s3cache.configure(prefix => 'longer/') $$, '%prefix%1024 bytes%', 'a longer prefix is refused while a row forbids it');
select s3cache.reset('s3_image_cache', 'prefix') \g /dev/null
truncate s3_image_cache;

-- Finding.
insert into s3cache.object (cache_id, filename, state)
values (1, 'Photo.JPG', 'present'), (1, 'photo.jpg', 'present'), (1, U&'\00C4rger.JPG', 'present'), (1, 'UPPER.JPG', 'present'),
    (1, 'lower.jpg', 'unverified'), (1, 'gone.jpg', 'missing'), (1, 'GONE2.jpg', 'missing'), (1, 'gone2.JPG', 'present'),
    (1, 'B.jpg', 'present'), (1, 'b.JPG', 'present'), (1, '100%.jpg', 'present'), (1, 'a_c', 'present');
select is(get_s3_image_filename(asked), found, 'asked for ' || coalesce(asked, 'NULL'))
from (values ('photo.jpg', 'photo.jpg'), ('Photo.JPG', 'Photo.JPG'), ('PHOTO.jpg', 'Photo.JPG'), (U&'\00E4RGER.jpg', U&'\00C4rger.JPG'),
    (U&'\00C4rger.JPG', U&'\00C4rger.JPG'), ('upper.jpg', 'UPPER.JPG'), ('LOWER.jpg', 'lower.jpg'), ('gone.jpg', null), ('GONE.jpg', null),
    ('gone2.jpg', 'gone2.JPG'), ('b.jpg', 'B.jpg'), ('absent', null), (null, null), ('', null), ('100%.JPG', '100%.jpg'), ('1009.jpg', null),
    ('abc', null), ('%', null)) as v (asked, found);
select matches(add_file_to_s3_cache('gone.jpg'), '^SUCCESS', 'a missing file can be added again');
select is(state, 'unverified', 'and will be looked for') from s3_image_cache where filename = 'gone.jpg';
select matches(add_file_to_s3_cache('photo.jpg'), '^SUCCESS', 'one that is present can too');
select is(state, 'present', 'and stays so') from s3_image_cache where filename = 'photo.jpg';

-- Time and versions.
select updated_at as before, object_version as version, touched_xid as touched, created_at as created from s3_image_cache where filename = 'photo.jpg' \gset
begin;
update s3cache.object set etag = 'e1' where filename = 'photo.jpg';
select updated_at as once, object_version as version1 from s3_image_cache where filename = 'photo.jpg' \gset
update s3cache.object set etag = 'e2' where filename = 'photo.jpg';
select updated_at as twice, object_version as version2, touched_xid as touched2, created_at as created2 from s3_image_cache where filename = 'photo.jpg' \gset
update s3cache.object set size = 9, etag = 'e2' where filename = 'photo.jpg';
select object_version as version3, updated_at as thrice from s3_image_cache where filename = 'photo.jpg' \gset
select is(touched_xid, pg_current_xact_id(), 'an update notes its transaction') from s3_image_cache where filename = 'photo.jpg';
commit;
select ok(:'once'::timestamptz > :'before', 'an update advances updated_at');
select ok(:'twice'::timestamptz > :'once' and :'thrice'::timestamptz > :'twice', 'each one, also in one transaction');
select is(:'created2'::text, :'created', 'and leaves created_at');
select is(:version1, :version, 'the first etag is no new version');
select is(:version2, :version + 1, 'another one is');
select is(:version3, :version2, 'the same again is not');
select ok(:'touched2' <> :'touched', 'the insert''s transaction is noted no more');
select ok((select count(distinct id) = count(*) from s3cache.object), 'ids are unique over all caches');
select is((select count(*) from s3cache.stats('other')), 1::bigint, 'stats() has one row a cache');
select is(files || ' ' || unverified || ' ' || missing, '11 2 1', 'which counts') from s3cache.stats();
select throws_ok($$ select * from s3cache.stats('nothing') $$, '42704', null, 'an unknown cache is an error');
select * from finish();
