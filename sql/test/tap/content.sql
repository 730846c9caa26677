-- Bytes out of the bucket: read() and content(), whose they are and for how long.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
create function pg_temp.token(job bigint) returns bigint language sql as $$ select c.token from s3cache.claim_jobs((select max(id) from s3cache.worker), 100, false) c where c.id = job $$;
create role tap_reader1;
create role tap_reader2;
grant s3cache_writer to tap_reader1, tap_reader2;
grant usage on schema tap to tap_reader1, tap_reader2;
grant execute on all functions in schema tap to tap_reader1, tap_reader2;
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset

-- Asking.
select throws_ok(format('select s3cache.read(%L)', name), '22023', null, 'no object is named ' || coalesce(to_json(left(name, 20))::text, 'NULL'))
from (values (null), (''), (repeat('x', 1025))) v (name);
select throws_ok(format('select s3cache.read(''x'', %s)', n), '22023', null, 'max_bytes cannot be ' || n) from unnest(array[0, -1, 268435457]) n;
select throws_ok($$ select s3cache.read('x', cache => 'nothing') $$, '42704', null, 'an unknown cache');
select s3cache.read('config.json', max_bytes => NULL, cache => 's3_image_cache') as job \gset
select is(row(kind, args, merge_key, serial_key, priority)::text, row('read', '{"filename": "config.json", "max_bytes": 52428800}'::jsonb, 'read/1/52428800/config.json', 'object:1:config.json', 5)::text,
    'read() enqueues a job, with the cache''s max_bytes') from s3cache.job where id = :job;
select s3cache.configure(max_bytes => 300000000) \g /dev/null
select s3cache.read('big') as big, s3cache.read('least', 1) as least, s3cache.read(E'odd\n/../\x01', 268435456) as odd \gset
select is((select string_agg(args ->> 'max_bytes', ',' order by id) from s3cache.job where id in (:big, :least, :odd)), '268435456,1,268435456', 'but not more than 256 MiB, and any name a bucket may hold');
select s3cache.reset('s3_image_cache', 'max_bytes'), s3cache.cancel(:big), s3cache.cancel(:least), s3cache.cancel(:odd) \g /dev/null

-- Getting.
select throws_like(format('select s3cache.content(%s)', :job), '%has not ended yet.', 'content() of a queued job');
select pg_temp.token(:job) as token \gset
select throws_ok(format('select s3cache.content(%s)', :job), '55000', null, 'or a running one');
begin;
select s3cache.complete_read(:job, :token, '\x00ff', 'e', 'application/json');
rollback;
select is((select count(*) from s3cache.kept_content), 0::bigint, 'a completion that is rolled back keeps nothing');
select s3cache.complete_read(:job, :token, '\x00ff', 'e', 'application/json');
select is(s3cache.content(:job), '\x00ff', 'content() gives the bytes');
select is(s3cache.content(:job), '\x00ff', 'again and again');
select is(result, '{"filename": "config.json", "key": "config.json", "found": true, "size": 2, "etag": "e", "content_type": "application/json"}', 'the job''s result') from s3cache.jobs where id = :job and state = 'done';
select throws_ok(format('select s3cache.complete_read(%s, %s, ''x'', null, null)', :job, :token), 'S3C01', null, 'it completes once');
select s3cache.read('empty') as empty, s3cache.read('absent') as absent, s3cache.read('failing') as failing, s3cache.read('cancelled') as cancelled, s3cache.verify(prefix => 'v') as verification \gset
select s3cache.cancel(:cancelled) \g /dev/null
create temporary table claimed as select * from s3cache.claim_jobs(:worker, 10, false);
select s3cache.complete_read(id, token, case args ->> 'filename' when 'empty' then ''::bytea end, 'e', null) from claimed where id in (:empty, :absent) \g /dev/null
select s3cache.fail_job(id, token, 'Access was denied.', '{}') from claimed where id = :failing \g /dev/null
select is(s3cache.content(:empty), '', 'an empty object has no bytes');
select is(s3cache.content(:absent), null, 'one that does not exist gives NULL');
select is(row(result -> 'found', result -> 'size')::text, '(false,null)', 'and says so') from s3cache.jobs where id = :absent and state = 'done';
select is((select count(*) from s3cache.kept_content), 2::bigint, 'nothing is kept of it');
select throws_like(format('select s3cache.content(%s)', :failing), '%failed: Access was denied.', 'a failed job gives its error');
select throws_like(format('select s3cache.content(%s)', :cancelled), '%was cancelled.', 'a cancelled one says so');
select throws_like(format('select s3cache.content(%s)', :verification), '%is of kind verify and has no content.', 'a job of another kind too');
select throws_ok('select s3cache.content(999999)', 'P0002', null, 'an unknown id');
select throws_ok('select s3cache.content(null)', 'P0002', null, 'or NULL');
begin;
select s3cache.read('own') as own \gset
select throws_like(format('select s3cache.content(%s)', :own), '%has not ended yet.', 'a job of the present transaction');
rollback;

-- In pieces.
create function pg_temp.pieces(job bigint) returns text language sql as $$
    select string_agg(first_byte || '=' || encode(content, 'escape'), ' ' order by first_byte) from s3cache.kept_content where job_id = job $$;
select s3cache.read('large') as large \gset
select pg_temp.token(:large) as token \gset
select s3cache.keep_piece(:large, :token, 0, 'ab'), s3cache.keep_piece(:large, :token, 2, 'cd') \g /dev/null
select throws_like(format('select s3cache.content(%s)', :large), '%has not ended yet.', 'of what is not read to its end nothing is given');
select throws_ok(format('select s3cache.keep_piece(%s, %s, 4, ''ef'')', :large, :token + 1), 'S3C01', null, 'without the claim nothing is kept');
select throws_ok(format('select s3cache.complete_read(%s, %s, ''e'', ''e'', null, 5)', :large, :token), 'XX001', null, 'nor ended where something is missing');
update s3cache.job set state = 'queued', worker_id = null, claim_token = null where id = :large;
select pg_temp.token(:large) as token \gset
select s3cache.keep_piece(:large, :token, 0, 'uvw') \g /dev/null
select is(pg_temp.pieces(:large), '0=uvw', 'an attempt that begins anew forgets what the one before had');
select s3cache.keep_piece(:large, :token, 3, 'x') \g /dev/null
select s3cache.keep_piece(:large, :token, 3, 'xyz') \g /dev/null
update s3cache.kept_content set kept_at = kept_at - interval '2 hours' where job_id = :large;
select is((s3cache.prune_content(100)).pruned, 0, 'what is being read stays, however long that takes');
select s3cache.complete_read(:large, :token, '!', 'e', null, 6);
select is(s3cache.content(:large), 'uvwxyz!', 'content() puts them together');
select is(result -> 'size', '7', 'and the result tells how many bytes they are') from s3cache.jobs where id = :large;
select is(count(*) filter (where kept_at > clock_timestamp() - interval '1 minute'), 3::bigint, 'the hour begins at the end') from s3cache.kept_content where job_id = :large;
delete from s3cache.kept_content where job_id = :large and first_byte = 0;
select throws_like(format('select s3cache.content(%s)', :large), '%is not kept any more%', 'where a part is forgotten already, nothing is given');
delete from s3cache.kept_content where job_id = :large;
select s3cache.read('small') as small \gset
select pg_temp.token(:small) as token \gset
select s3cache.keep_piece(:small, :token, 0, 'an attempt that broke') \g /dev/null
select s3cache.complete_read(:small, :token, 'whole', 'e', null);
select is(s3cache.content(:small), 'whole', 'what another attempt read at once takes the place of pieces');
delete from s3cache.kept_content where job_id = :small;
select s3cache.read('gone') as gone, s3cache.read('broken') as broken, s3cache.read('unwanted') as unwanted \gset
create temporary table partly as select * from s3cache.claim_jobs(:worker, 10, false);
select s3cache.keep_piece(id, token, 0, 'some') from partly \g /dev/null
select s3cache.complete_read(id, token, null, null, null) from partly where id = :gone \g /dev/null
select is(s3cache.content(:gone), null, 'what is not there any more has no content');
select s3cache.fail_job(id, token, 'Too large.', '{}') from partly where id = :broken \g /dev/null
select s3cache.cancel(:unwanted) \g /dev/null
select s3cache.cancel_claimed_job(id, token) from partly where id = :unwanted \g /dev/null
select is((select count(*) from s3cache.kept_content where job_id in (:gone, :broken, :unwanted)), 0::bigint, 'of what was not read to its end nothing stays');

-- Whose.
set session authorization tap_reader1;
select s3cache.read('secret') as first \gset
reset session authorization;
set session authorization tap_reader2;
select s3cache.read('secret') as second \gset
select throws_like(format('select s3cache.content(%s)', :first), 'There is no job % or it is not yours.', 'content of another''s job is refused as if there were none');
reset session authorization;
select s3cache.complete_read(:first, pg_temp.token(:first), 'bytes', 'e', null);
set session authorization tap_reader1;
select is(s3cache.content(:first), 'bytes', 'its owner gets it');
select throws_ok(format('select s3cache.content(%s)', :second), 'P0002', null, 'not that of the job that was merged into it');
reset session authorization;
set session authorization tap_reader2;
select is(superseded_by, :first::bigint, 'whose job was merged into another''s') from s3cache.jobs where id = :second;
select is(s3cache.content(:second), 'bytes', 'gets the same by one''s own id');
select throws_ok(format('select s3cache.content(%s)', :first), 'P0002', null, 'and not by the other');
select throws_ok('table s3cache.kept_content', '42501', null, 'nor behind content()''s back');
reset session authorization;
select throws_ok(format('select s3cache.content(%s)', :first), 'P0002', null, 'administrators do not get it either');
grant s3cache_admin to tap_reader2;
set session authorization tap_reader2;
select throws_ok(format('select s3cache.content(%s)', :first), 'P0002', null, 'members of s3cache_admin included');
reset session authorization;
set session authorization tap_reader2;
select s3cache.read('unlucky') as unlucky \gset
select s3cache.read('unlucky') as twin \gset
reset session authorization;
select s3cache.fail_job(:unlucky, pg_temp.token(:unlucky), 'Too large.', '{}') \g /dev/null
set session authorization tap_reader2;
select throws_like(format('select s3cache.content(%s)', :twin), format('Job %s failed: Too large.', :twin), 'a job that was merged into a failed one failed too');
reset session authorization;

-- For how long.
update s3cache.job_history set finished_at = clock_timestamp() - interval '59 minutes' where id = :job;
select is(s3cache.content(:job), '\x00ff', 'almost an hour later it is still there');
update s3cache.job_history set finished_at = clock_timestamp() - interval '1 hour' where id in (:job, :absent);
select throws_like(format('select s3cache.content(%s)', :job), '%is not kept any more%', 'after an hour it is not, also if nobody has pruned it yet');
select throws_like(format('select s3cache.content(%s)', :absent), '%is not kept any more%', 'of one that did not exist neither');
select is((s3cache.prune_content(100)).pruned, 0, 'what is younger stays');
update s3cache.kept_content set kept_at = kept_at - interval '1 hour' where true;
insert into s3cache.installation (system_identifier, database_oid) values (1, 1);
select is((s3cache.prune_content(100)).pruned, 0, 'so does all in a restored copy');
select s3cache.resume() \g /dev/null
select is((s3cache.prune_content(2)).pruned, 2, 'else the oldest go, some at a time');
select is((s3cache.prune_content(2)).pruned, 1, 'until none is left');
select is((select count(*) from s3cache.kept_content), 0::bigint, 'of what is older than an hour');
select throws_like(format('select s3cache.content(%s)', :empty), '%is not kept any more%', 'pruned content says so');
select * from finish();
drop owned by tap_reader1, tap_reader2;
drop role tap_reader1, tap_reader2;
