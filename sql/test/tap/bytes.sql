-- Bytes into the bucket: what upload() takes and refuses, where the bytes are until S3 has them, and what becomes of the row.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
-- What uploads may be is told by uploads.sql.
select s3cache.configure(allowed_types => '{jpeg,text,other}') \g /dev/null
create function pg_temp.staged() returns text language sql as
$$ select coalesce(string_agg(job_id || ':' || encode(content, 'escape'), ' ' order by job_id), '') from s3cache.staged_content $$;
create function pg_temp.state_of(job bigint) returns text language sql as $$ select state from s3cache.jobs where id = job $$;
-- How a call is refused: the code, and what is wrong with message or hint; 'accepted' if it is not.
create function pg_temp.refusal(call text) returns text language plpgsql as $$
declare
    said text;
    advice text;
    code text;
begin
    begin
        execute 'select ' || call;
        return 'accepted';
    exception when others then
        get stacked diagnostics code = returned_sqlstate, said = message_text, advice = pg_exception_hint;
    end;
    return code || case when said !~ '\.$' then ' no sentence: ' || said else '' end || case when advice !~ '\.|;' then ' no hint' else '' end;
end $$;

-- What is enqueued.
select s3cache.upload('1/photo.jpg', '\xffd8ff') as job \gset
select is(row(kind, cache, state, owner)::text, row('upload', 's3_image_cache', 'queued', current_user)::text, 'upload() enqueues a job') from s3cache.jobs where id = :job;
select is(args - 'sha256', '{"filename": "1/photo.jpg", "metadata": {}, "size": 3}', 'with what the worker needs') from s3cache.job where id = :job;
select is(serial_key || ' ' || priority || ' ' || coalesce(merge_key, 'none'), 'object:1:1/photo.jpg 5 none', 'before rebuilds, never merged, one at a time on its object') from s3cache.job where id = :job;
select is((select content from s3cache.staged_content where job_id = :job), '\xffd8ff', 'and its bytes are staged');
select is(attstorage::text, 'e', 'uncompressed') from pg_attribute where attrelid = 's3cache.staged_content'::regclass and attname = 'content';
select is((select count(*) from s3_image_cache), 0::bigint, 'no row appears before S3 has acknowledged the bytes');
begin;
select s3cache.upload('rolled/back', 'x') as gone \gset
rollback;
select is((select count(*) from s3cache.job) || ' ' || (select count(*) from s3cache.staged_content), '1 1', 'after a rollback nothing was asked for');
select s3cache.upload('all.txt', content => 'text'::bytea, content_type => 'text/plain; charset=utf-8', metadata => '{"Album-Id": "7", "by_whom": "Ada L."}', cache_control => 'max-age=60, private',
    category => NULL, if_exists => 'replace', idempotency_key => NULL, cache => 's3_image_cache') as full \gset
select is(args - 'sha256', '{"filename": "all.txt", "content_type": "text/plain; charset=utf-8", "metadata": {"Album-Id": "7", "by_whom": "Ada L."}, "cache_control": "max-age=60, private", "size": 4, "if_exists": "replace"}',
    'all options') from s3cache.job where id = :full;
select s3cache.cancel(:full) \g /dev/null
select lives_ok($$ select s3cache.cancel(s3cache.upload('null', 'x', metadata => null)) $$, 'metadata NULL is none');

-- What is refused, and how.
select is(pg_temp.refusal(format('s3cache.upload(%L, ''x'')', name)), '22023', 'no file is named ' || coalesce(to_json(left(name, 20))::text, 'NULL'))
from (values (null), (''), ('../up'), ('a/./b'), (E'a\nb'), (repeat('x', 1025)), (repeat('ä', 513))) v (name);
select throws_like($$ select s3cache.upload('../up', 'x') $$, 'Cannot upload "../up": the filename has a "." or ".." between slashes; such keys are never written.', 'for a reason');
select is(pg_temp.refusal($$s3cache.upload('null', null)$$), '22004', 'NULL is no content');
select is(pg_temp.refusal(format('s3cache.upload(''f'', ''x'', content_type => %L)', bad)), '22023', 'no media type: ' || left(bad, 30))
from (values (''), ('jpeg'), ('image/'), ('/jpeg'), ('image/jp eg'), ('image/jpeg;'), ('image/jpeg; q'), (E'image/jpeg\r\nx-amz-acl: public-read'), (E'image/jpeg\n'),
    (E'image/jpeg; a="\x7f"'), ('bild/jpäg'), ('a/' || repeat('b', 254)), ('image/jpeg, image/png'), (E'text/plain; charset="a\tb"')) v (bad);
select is(pg_temp.refusal(format('s3cache.check_upload_headers(%L, ''{}'', null)', good)), 'accepted', 'a media type: ' || left(good, 30))
from (values ('image/jpeg'), ('IMAGE/JPEG'), ('image/svg+xml'), ('application/vnd.api+json'), ('text/plain;charset=utf-8'), ('text/plain ; a=b ; c="d e; \"f\""'), ('a/' || repeat('b', 253))) v (good);
select is(pg_temp.refusal(format('s3cache.upload(''f'', ''x'', metadata => %L)', bad)), '22023', 'no metadata: ' || left(bad, 40))
from (values ('[]'), ('"x"'), ('null'), ('7'), ('{"a": 1}'), ('{"a": null}'), ('{"a": {}}'), ('{"a b": "x"}'), ('{"": "x"}'), ('{"ä": "x"}'), ('{"a": "ä"}'), ('{"a": "x\ny"}'),
    ('{"a": "x\r"}'), ('{"a:": "x"}'), ('{"a": "\u0000"}'), ('{"Same": "1", "same": "2"}'), (format('{"a": "%s"}', repeat('x', 2048)))) v (bad) where bad !~ 'u0000';
select throws_like(format('select s3cache.upload(''f'', ''x'', metadata => ''{"a": "%s"}'')', repeat('x', 2048)), '%has 2049 bytes%S3 takes at most 2048%', 'S3''s limit is named');
select is(pg_temp.refusal(format('s3cache.upload(''f'', ''x'', metadata => ''{"a": "%s"}'')', repeat('x', 2047))), 'accepted', 'and can be used up');
select is(pg_temp.refusal(format('s3cache.upload(''f'', ''x'', cache_control => %L)', bad)), '22023', 'no Cache-Control: ' || to_json(left(bad, 20)))
from (values (''), (E'no-store\r\nx: y'), (E'a\tb'), (repeat('x', 256)), ('ä')) v (bad);
select is(pg_temp.refusal($$s3cache.upload('f', 'x', category => 'c')$$), '22023', 'an unknown category');
select is(pg_temp.refusal($$s3cache.upload('f', 'x', if_exists => 'keep')$$), '22023', 'an unknown if_exists');
select is(pg_temp.refusal($$s3cache.upload('f', 'x', cache => 'nothing')$$), '42704', 'an unknown cache');
select s3cache.configure(max_bytes => 10, prefix => 'pre/') \g /dev/null
select throws_like($$ select s3cache.upload('f', 'elevenbytes') $$, '%has 11 bytes%max_bytes%s3_image_cache is 10.', 'more than max_bytes, naming the setting and its value');
select is(pg_temp.refusal($$s3cache.upload('f', 'tenbytes..')$$), 'accepted', 'and exactly so many');
select is(pg_temp.refusal(format('s3cache.upload(%L, ''x'')', repeat('x', 1021))), '22023', 'prefix and filename together have at most 1,024 bytes');
select s3cache.reset('s3_image_cache', 'max_bytes'), s3cache.reset('s3_image_cache', 'prefix') \g /dev/null
select s3cache.cancel(id) from s3cache.jobs where id <> :job and state = 'queued' \g /dev/null
select is((select count(*) from s3cache.staged_content), 1::bigint, 'what was refused or cancelled has staged nothing');

-- A worker uploads it, to where the cache is by then.
select s3cache.configure(prefix => 'moved/') \g /dev/null
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
select token, args ->> 'filename' as filename from s3cache.claim_jobs(:worker, 10, false) where id = :job \gset
select is(s3cache.staged_bytes(:job, :token), '\xffd8ff', 'the worker gets the bytes');
select throws_ok(format('select s3cache.%s', call), 'S3C01', null, 'not with another token: ' || call)
from (values (format('staged_bytes(%s, 9999)', :job)), (format('complete_upload(%s, 9999, ''e'', 2, 0, null, null, ''\x00'')', :job)),
    (format('complete_deletion(%s, 9999)', :job)), (format('complete_read(%s, 9999, '''', null, null)', :job))) v (call);
select is(pg_temp.staged(), :'job' || ':' || encode('\xffd8ff', 'escape'), 'while it runs the bytes stay');
select s3cache.complete_upload(:job, :token, 'e1', 2, 1700000000123456, 'STANDARD', 'image/jpeg', sha256('\xffd8ff'));
select is(result, format('{"filename": "1/photo.jpg", "key": "moved/1/photo.jpg", "url": null, "etag": "e1", "size": 2, "content_type": "image/jpeg", "width": null, "height": null, "sha256": "%s", "location": "s3"}',
    encode(sha256('\xffd8ff'), 'hex'))::jsonb, 'the job''s result, with the key as it is then') from s3cache.jobs where id = :job and state = 'done';
select s3cache.reset('s3_image_cache', 'prefix') \g /dev/null
select is(row(size, etag, last_modified, storage_class, content_type, state, location, sha256, object_version, verified_at is not null)::text,
    row(2, 'e1', timestamptz 'epoch' + 1700000000123456 * interval '1 us', 'STANDARD', 'image/jpeg', 'present', 's3', sha256('\xffd8ff'), 0, true)::text, 'its row')
from s3_image_cache where filename = '1/photo.jpg';
select is(pg_temp.staged(), '', 'and the bytes are freed');
select throws_ok(format('select s3cache.complete_upload(%s, %s, ''e'', 2, 0, null, null, null)', :job, :token), 'S3C01', null, 'it completes once');
update s3cache.object set width = 4, height = 3 where filename = '1/photo.jpg';
create function pg_temp.uploaded(name text, etag text, content bytea, modified bigint default null) returns bigint language plpgsql as $$
declare
    job bigint := s3cache.upload(name, content);
    claimed record;
begin
    select * into strict claimed from s3cache.claim_jobs((select max(id) from s3cache.worker), 10, false) c where c.id = job;
    perform s3cache.complete_upload(job, claimed.token, etag, octet_length(content), modified, null, 'text/plain', sha256(content));
    return job;
end $$;
select pg_temp.uploaded('1/photo.jpg', 'e1', '\xffd8ff') \g /dev/null
select is(row(object_version, width, height)::text, '(0,4,3)', 'the same bytes again are no new version') from s3_image_cache where filename = '1/photo.jpg';
select is(last_modified, null, 'when they were written is not always known') from s3_image_cache where filename = '1/photo.jpg';
select pg_temp.uploaded('1/photo.jpg', 'e2', '\xffd8ff79') \g /dev/null
select is(row(object_version, width, height, etag, size)::text, '(1,,,e2,4)', 'other bytes are, and their dimensions are not known') from s3_image_cache where filename = '1/photo.jpg';
insert into s3cache.object (cache_id, filename, state) values (1, 'gone', 'missing');
select pg_temp.uploaded('gone', 'e', 'x'), pg_temp.uploaded('added', 'e', 'x') \g /dev/null
select is((select string_agg(filename || ' ' || state, ',' order by filename) from s3_image_cache), '1/photo.jpg present,added present,gone present', 'a missing row becomes present, a new one appears');

-- Failing, retrying, cancelling.
create function pg_temp.token(job bigint) returns bigint language sql as $$ select c.token from s3cache.claim_jobs((select max(id) from s3cache.worker), 100, false) c where c.id = job $$;
select s3cache.upload('f', 'failing') as job \gset
select is(s3cache.fail_job(:job, pg_temp.token(:job), 'Slow.', '{"retryable": true}'), 'waiting', 'a failed attempt');
select is(pg_temp.staged(), :'job' || ':failing', 'leaves the bytes');
select s3cache.retry(:job) \g /dev/null
select is(s3cache.fail_job(:job, pg_temp.token(:job), 'Refused.', '{"retryable": false}'), 'failed', 'a failed upload');
select is(pg_temp.staged(), :'job' || ':failing', 'keeps its bytes');
select s3cache.retry(:job) as again \gset
select is(pg_temp.staged(), :'again' || ':failing', 'retry() hands the bytes to the new job');
select is((select args - 'sha256' from s3cache.job where id = :again), '{"filename": "f", "metadata": {}, "size": 7}', 'with the same arguments');
select throws_like(format('select s3cache.retry(%s)', :job), '%bytes of upload % went to a newer job%', 'once');
select is((select count(*) from s3cache.job), 1::bigint, 'and the second enqueues nothing');
select s3cache.cancel(:again) \g /dev/null
select is(pg_temp.staged(), '', 'a cancelled upload frees its bytes');
select throws_like(format('select s3cache.retry(%s)', :again), '%bytes of upload % were given up when it was cancelled%', 'and cannot be retried');
create function pg_temp.refused_with(code text) returns bigint language plpgsql as $$
declare
    job bigint := s3cache.upload('refused', 'refused by a worker');
begin
    perform s3cache.fail_job(job, pg_temp.token(job), 'No.', jsonb_build_object('code', code, 'retryable', false));
    return job;
end $$;
select pg_temp.refused_with(code) as job, code from (values ('content_truncated'), ('too_large'), ('too_many_pixels'), ('scan_refused')) v (code) \g /dev/null
select is(pg_temp.staged(), '', 'bytes that are refused for what they are go at once');
select throws_like(format('select s3cache.retry(%s)', id), '%bytes of upload % were given up when they were refused%', 'and cannot be retried')
from (select max(id) from s3cache.jobs where state = 'failed') j (id);
select pg_temp.refused_with('access_denied') as job \gset
select is(pg_temp.staged(), :'job' || ':refused by a worker', 'those of which the bucket wanted nothing stay');
select s3cache.cancel(s3cache.retry(:job)) \g /dev/null
select s3cache.upload('c', 'cancelled while it runs') as job \gset
select pg_temp.token(:job) as token \gset
select s3cache.cancel(:job) \g /dev/null
select throws_ok(format('select s3cache.staged_bytes(%s, %s)', :job, :token), 'S3C01', null, 'an upload that is to be cancelled gives no bytes');
select is(s3cache.cancel_claimed_job(:job, :token), true, 'its worker stops it');
select is(pg_temp.staged(), '', 'and frees the bytes');
select s3cache.upload('c', 'too late') as job \gset
select pg_temp.token(:job) as token \gset
select s3cache.cancel(:job) \g /dev/null
select s3cache.complete_upload(:job, :token, 'late', 8, null, null, null, null);
select is(pg_temp.state_of(:job) || ' ' || (select etag from s3_image_cache where filename = 'c'), 'done late', 'what S3 has acknowledged is done, also if it was to be cancelled meanwhile');

-- What a worker had begun and did not end well leaves the row in doubt, and no other row.
insert into s3cache.object (cache_id, filename, state) select 1, 'doubt/' || n, 'present' from generate_series(1, 6) n;
select s3cache.upload('doubt/1', 'x') as failing, s3cache.upload('doubt/2', 'x') as cancelled, s3cache.delete_object('doubt/3') as deleting, s3cache.read('doubt/5') as reading \gset
create temporary table doubted as select * from s3cache.claim_jobs(:worker, 10, false);
select s3cache.upload('doubt/4', 'x') as never_begun \gset
select s3cache.cancel(:cancelled), s3cache.cancel(:never_begun) \g /dev/null
select s3cache.fail_job(id, token, 'No.', '{}') from doubted where id in (:failing, :deleting, :reading) \g /dev/null
select s3cache.cancel_claimed_job(id, token) from doubted where id = :cancelled \g /dev/null
select is((select string_agg(state, ' ' order by filename) from s3_image_cache where filename ^@ 'doubt/'),
    'unverified unverified unverified present present present', 'rows of uploads and deletions that were begun and failed or were cancelled are looked at again');
delete from s3_image_cache where filename ^@ 'doubt/';
delete from s3cache.staged_content where job_id = :failing;
select s3cache.cancel(id) from s3cache.jobs where state in ('queued', 'waiting') \g /dev/null

-- Bytes that nobody will retry.
select s3cache.create_cache('doomed'), s3cache.configure('doomed', allowed_types => '{text}') \g /dev/null
select s3cache.upload('x', 'failed', cache => 'doomed') as failed, s3cache.upload('y', 'queued', cache => 'doomed') as queued, s3cache.upload('z', 'kept') as other \gset
select s3cache.fail_job(:failed, pg_temp.token(:failed), 'No.', '{}') \g /dev/null
select s3cache.drop_cache('doomed') \g /dev/null
select is(pg_temp.staged(), :'other' || ':kept', 'a dropped cache frees the bytes of its queued and failed uploads');
select s3cache.fail_job(:other, claim_token, 'No.', '{}') from s3cache.job where id = :other \g /dev/null
update s3cache.job_history set finished_at = finished_at - interval '2 days' where id = :other;
select is((select pruned from s3cache.prune_history('3 days', 100)), 0, 'a failed upload that is remembered');
select is(pg_temp.staged(), :'other' || ':kept', 'keeps its bytes');
select ok((select pruned from s3cache.prune_history('1 day', 100)) >= 1, 'until it is forgotten');
select is(pg_temp.staged(), '', 'and they with it');

-- Deleting.
select is(pg_temp.refusal(format('s3cache.delete_object(%L)', name)), '22023', 'no object is named ' || coalesce(to_json(left(name, 20))::text, 'NULL'))
from (values (null), (''), (repeat('x', 1025))) v (name);
select is(pg_temp.refusal($$s3cache.delete_object('x', 'nothing')$$), '42704', 'delete_object() in an unknown cache');
insert into s3cache.object (cache_id, filename, state) values (1, E'odd\n/../\x01', 'present');
select s3cache.delete_object(E'odd\n/../\x01') as odd, s3cache.delete_object('never there') as absent \gset
select is((select string_agg(args ->> 'filename', ',' order by id) from s3cache.job where kind = 'delete_object'), E'odd\n/../\x01,never there', 'any name that a bucket may hold can be deleted');
select s3cache.complete_deletion(id, token) from s3cache.claim_jobs(:worker, 10, false) \g /dev/null
select is(result, jsonb_build_object('filename', E'odd\n/../\x01', 'key', E'odd\n/../\x01'), 'the result') from s3cache.jobs where id = :odd and state = 'done';
select is(pg_temp.state_of(:absent), 'done', 'an object that was not there is deleted too');
select ok(not exists (select from s3_image_cache where filename ~ 'odd'), 'the row goes');
select is((select count(*) from s3cache.tombstone where cache_id = 1 and filename in (E'odd\n/../\x01', 'never there')), 2::bigint, 'and tombstones stay');
select deleted_xid as before from s3cache.tombstone where filename = 'never there' \gset
select s3cache.complete_deletion(c.id, c.token) from s3cache.delete_object('never there') d, s3cache.claim_jobs(:worker, 10, false) c \g /dev/null
select s3cache.complete_deletion(c.id, c.token) from s3cache.claim_jobs(:worker, 10, false) c \g /dev/null
select ok(deleted_xid > :'before'::xid8, 'of the newest deletion') from s3cache.tombstone where filename = 'never there';

-- An older listing does not bring a deleted row back.
insert into s3cache.object (cache_id, filename, state, etag, size, touched_xid) values (1, 'listed.jpg', 'present', 'e', 1, '3');
select s3cache.rebuild() as rebuild \gset
select pg_temp.token(:rebuild) as rebuilding \gset
select pg_current_snapshot() as fence \gset
select s3cache.delete_object('listed.jpg') as job \gset
select s3cache.complete_deletion(:job, pg_temp.token(:job));
select s3cache.listing_plan(:rebuild, :rebuilding) \g /dev/null
select s3cache.record_pages(:rebuild, :rebuilding, 0, :'fence', '{null}', '{null}', '{0,0,0,0,0,1,0,1,0,0,0,0}', 1) \g /dev/null
insert into s3cache.rebuild_change (job_id, part, slice, remove, filename, size, etag) values (:rebuild, 0, 0, false, 'listed.jpg', 1, 'e');
select s3cache.apply_slice(:rebuild, :rebuilding) \g /dev/null
select ok(not exists (select from s3_image_cache where filename = 'listed.jpg'), 'a listing from before the deletion does not bring the row back');
select s3cache.complete_rebuild(:rebuild, :rebuilding, '{}');

-- Settings for workers.
select s3cache.register_worker('w2', 'h', 1, s3cache.version(), '1 hour', '{"bucket": "of-worker", "region": "eu-north-1", "endpoint": "http://e"}') as publishing \gset
select s3cache.unregister_worker(:worker) \g /dev/null
select is((select bucket from s3cache.cache where id = 1), 'of-worker', 'while a worker publishes defaults');
select is(s::text, '(s3_image_cache,,"",,,auto,,,,,52428800,50000000,"{jpeg,text,other}",t,replace,)', 'store_settings() tells what was configured, and the built-in rest') from s3cache.store_settings('s3_image_cache') s;
select s3cache.configure(bucket => 'shop', prefix => 'p/', endpoint => 'http://s', region => 'us-west-2', addressing => 'path', credentials => 'c', acl => 'private', cache_control => 'no-store',
    storage_class => 'GLACIER', max_bytes => 5) \g /dev/null
select is(s::text, '(s3_image_cache,shop,p/,http://s,us-west-2,path,c,private,no-store,GLACIER,5,50000000,"{jpeg,text,other}",t,replace,)', 'all of them') from s3cache.store_settings('s3_image_cache') s;
select s3cache.configure(cdn_url => 'cdn.example.com/', prefix => 'p q/') \g /dev/null
select is(cdn_base, 'https://cdn.example.com/p%20q/', 'and what URLs of the CDN begin with') from s3cache.store_settings('s3_image_cache');
select s3cache.reset('s3_image_cache', 'cdn_url') \g /dev/null
select is((select count(*) from s3cache.store_settings('nothing')), 0::bigint, 'and nothing of no cache');

-- What a HEAD tells is coarser than what a listing told.
select s3cache.unregister_worker(:publishing), s3cache.register_worker('w3', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
delete from s3_image_cache;
insert into s3cache.object (cache_id, filename, state, size, etag, last_modified) values
    (1, 'same', 'present', 1, 'e', '2024-05-01 10:00:00.123'), (1, 'other time', 'present', 1, 'e', '2024-05-01 10:00:01.123'), (1, 'other etag', 'present', 1, 'x', '2024-05-01 10:00:00.123'),
    (1, 'other size', 'present', 2, 'e', '2024-05-01 10:00:00.123'), (1, 'gone', 'present', 1, 'e', '2024-05-01 10:00:00.123'), (1, 'new', 'present', null, null, null);
select s3cache.verify(prefix => '') as job \gset
select s3cache.record_verified(:job, pg_temp.token(:job), pg_current_snapshot(), array_agg(filename), array_agg(filename <> 'gone'), array_agg(1::bigint), array_agg('e'::text),
    array_agg(extract(epoch from timestamptz '2024-05-01 10:00:00')::bigint * 1000000), array_agg(null::text), array_agg(null::text)) from s3_image_cache;
select is(string_agg(filename || ' ' || to_char(last_modified, 'SS.MS'), ', ' order by filename), 'gone 00.123, new 00.000, other etag 00.000, other size 00.000, other time 00.000, same 00.123',
    'the finer time is kept of what did not change') from s3_image_cache;

-- What workers publish.
select is(pg_temp.refusal(format('s3cache.register_worker(''d'', ''h'', 1, ''0'', ''1 minute'', %L)', bad)), '22023' || case when bad = '{}' then '' else ' no hint' end, 'no defaults: ' || coalesce(left(bad, 60), 'NULL'))
from (values ('[]'), ('"x"'), ('null'), ('{"secret": "x"}'), ('{"bucket": 1}'), ('{"bucket": null}'), ('{"bucket": {"a": "b"}}'), (format('{"bucket": "%s"}', repeat('x', 2049))), ('{"presign_ttl": "soon"}'), ('{"presign_ttl": "8 days"}'),
    ('{"presign_ttl": "-1 hour"}'), ('{"presign_reuse": "0"}'), ('{"presign_ttl": ""}'), (null)) v (bad);
select s3cache.reset('s3_image_cache', 'max_bytes') \g /dev/null
select s3cache.unregister_worker(id) from s3cache.workers \g /dev/null
select s3cache.register_worker('short', 'h', 1, s3cache.version(), '1 hour', '{"presign_ttl": "5 minutes", "presign_reuse": "2 days"}') as short \gset
select lives_ok($$ select s3cache.configure(max_bytes => 6) $$, 'what a worker publishes breaks no configure()');
select is(row(presign_ttl, presign_reuse)::text, '(01:00:00,"1 day")', 'and does not apply where it contradicts the margin') from s3cache.cache where id = 1;
select lives_ok($$ select s3cache.configure(presign_margin => '1 minute') $$, 'a smaller margin');
select is(presign_ttl, '5 minutes', 'makes it apply') from s3cache.cache where id = 1;
select lives_ok($$ select s3cache.configure(presign_margin => '50 minutes') $$, 'a larger one');
select is(presign_ttl, '1 hour', 'makes it not') from s3cache.cache where id = 1;

-- Metrics.
create function pg_temp.metric(wanted text) returns text language sql as $$ select string_agg(value || ' ' || labels, ',') from s3cache.metrics where name = wanted $$;
select s3cache.configure(max_bytes => 5000000) \g /dev/null
select s3cache.upload('m1', decode(repeat('00', 100000), 'hex')), s3cache.upload('m2', 'x') \g /dev/null
select is(pg_temp.metric('s3cache_staged_uploads') || ' ' || pg_temp.metric('s3cache_staged_bytes') || ' ' || pg_temp.metric('s3cache_kept_content_bytes'), '2 {} 100001 {} 0 {}', 'metrics count staged and kept bytes');
select is((select value from s3cache.metrics where name = 's3cache_jobs' and labels = '{"kind": "upload", "state": "queued"}'), 2::double precision, 'and uploads like other jobs');
select * from finish();
