-- Uploads whose store is away are served from a copy until it is back, as far as the database decides.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
\ir ../support/signing.sql
select s3cache.configure(bucket => 'examplebucket', region => 'eu-central-1', prefix => 'p/', allowed_types => '{jpeg,json}') \g /dev/null
call pg_temp.publish((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + 2);
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
\set jpeg '\\xffd8ffe000104a464946'
create function pg_temp.token(job bigint) returns bigint language sql as $$
    select coalesce(
        (select j.claim_token from s3cache.job j where j.id = token.job and j.state = 'running'),
        (select c.token from s3cache.claim_jobs((select max(id) from s3cache.worker), 100, false) c where c.id = job)) $$;
create procedure pg_temp.release(job bigint) language sql as $$ update s3cache.job set run_at = now() where id = release.job and state = 'waiting' $$;
create function pg_temp.fail(job bigint, code text default 'endpoint_unreachable') returns text language sql as $$
    select s3cache.fail_job(fail.job, pg_temp.token(fail.job), 'No.', jsonb_build_object('code', code, 'retryable', true)) $$;
create function pg_temp.keep(job bigint, name text, only_new boolean default false) returns text language plpgsql as $$
declare
    token bigint := pg_temp.token(job);
    place text := s3cache.plan_copy(job, token, 'examplebucket/' || job || '-0123/' || name, only_new);
begin
    if place is not null then
        perform s3cache.keep_copy(job, token, 'file:///srv/' || place, 'local-' || job, 10, 1700000000000000, 'image/jpeg', sha256('\xffd8ffe000104a464946'), 3, 4);
    end if;
    return place;
end $$;
create function pg_temp.row_of(name text) returns text language sql as $$ select concat_ws('|', state, location, size, etag) from s3_image_cache where filename = name $$;
create function pg_temp.state_of(job bigint) returns text language sql as $$ select state from s3cache.jobs where id = job $$;
-- Ends all that is queued but one job.
create procedure pg_temp.clear(kept bigint) language sql as $$ select s3cache.cancel(id) from s3cache.job where id <> kept and kind in ('verify', 'read') $$;

-- A copy stands in for what S3 has not taken.
select s3cache.upload('1/a.jpg', :'jpeg') as job \gset
select is(s3cache.plan_copy(:job, pg_temp.token(:job), 'examplebucket/1-0123/a.jpg', false), 'examplebucket/1-0123/a.jpg', 'a copy is planned before it is written');
select is((select count(*) from s3_image_cache), 0::bigint, 'there is no row before it is');
select is((select result from s3cache.jobs where id = :job), null, 'and the job tells nothing of it');
select is(s3cache.plan_copy(:job, pg_temp.token(:job), 'elsewhere', false), 'examplebucket/1-0123/a.jpg', 'after a crash it is written to the same place');
select throws_ok(format('select s3cache.plan_copy(%s, 9999, ''x'', false)', :job), 'S3C01', null, 'not without the claim');
select throws_ok(format('select s3cache.keep_copy(%s, 9999, ''x'', ''e'', 1, 0, null, null)', :job), 'S3C01', null, 'nor is it served');
select s3cache.read('1/a.jpg') as waiting \gset
select is(pg_temp.token(:waiting), null, 'a read waits for the upload');
select is(pg_temp.keep(:job, 'a.jpg'), 'examplebucket/1-0123/a.jpg', 'it is written');
select is(pg_temp.row_of('1/a.jpg'), 'present|local|10|local-' || :job, 'the row is there, and says where it is served from');
select is(row(width, height, content_type, sha256 = sha256(:'jpeg'))::text, '(3,4,image/jpeg,t)', 'with all that is known of it') from s3_image_cache;
select is(result, format('{"filename": "1/a.jpg", "url": "file:///srv/examplebucket/1-0123/a.jpg", "location": "local"}')::jsonb, 'the job tells it too') from s3cache.jobs where id = :job;
select is(s3cache.plan_copy(:job, pg_temp.token(:job), 'x', false), null, 'once is enough');
select is(pg_temp.fail(:job), 'waiting', 'the job waits');
select is(result, '{"filename": "1/a.jpg", "url": "file:///srv/examplebucket/1-0123/a.jpg", "location": "local", "error": {"code": "endpoint_unreachable", "operation": null, "bucket": null, "key": null, "request_id": null, "retryable": true}}', 'and says why') from s3cache.jobs where id = :job;
select is((select count(*) from s3cache.staged_content), 1::bigint, 'its bytes stay');
select is(value, 1::double precision, 'a metric counts it') from s3cache.metrics where name = 's3cache_local_copies';

-- Its URL is the copy's.
\set url file:///srv/examplebucket/1-0123/a.jpg
select is(s3cache.url('1/a.jpg'), :'url', 'url()');
select is(s3cache.presigned_url('1/a.jpg'), :'url', 'presigned_url()');
select is(s3cache.public_url('1/a.jpg'), :'url', 'public_url()');
select is(s3cache.images('1/'), jsonb_build_array(jsonb_build_object('url', :'url', 'filename', 'a.jpg', 'key', 'p/1/a.jpg', 'expires_at', null)), 'images()');
select is(s3cache.primary_image('1/') ->> 'url', :'url', 'primary_image()');
select is(s3cache.key_of(:'url'), 'p/1/a.jpg', 'key_of() knows it');
select matches(s3cache.url('1/b.jpg'), '^https://.*X-Amz-Signature=', 'others are where they were');
select s3cache.configure(cdn_url => 'cdn.example.com') \g /dev/null
select is(s3cache.url('1/a.jpg') || ' ' || s3cache.public_url('1/a.jpg'), :'url' || ' ' || :'url', 'a CDN does not have it either');
select s3cache.reset('s3_image_cache', 'cdn_url') \g /dev/null

-- Reads need not wait.
select is((select place from s3cache.read_places(:waiting, pg_temp.token(:waiting))), 'examplebucket/1-0123/a.jpg', 'the read that waited goes on, with the copy');
select s3cache.complete_read(:waiting, pg_temp.token(:waiting), :'jpeg', 'e', 'image/jpeg');
select s3cache.read('1/a.jpg') as early \gset
select isnt(pg_temp.token(:early), null, 'another read does not wait');
select s3cache.delete_object('1/a.jpg') as deletion \gset
select s3cache.read('1/a.jpg') as late \gset
select is(pg_temp.token(:late), null, 'but behind a deletion it does');
select is(pg_temp.token(:deletion), null, 'which waits for the upload');
select s3cache.cancel(:late) \g /dev/null
select s3cache.cancel(:early) \g /dev/null
select s3cache.complete_read(:early, pg_temp.token(:early), null, null, null);

-- Nobody takes the row for what is in the bucket, as long as the job lives.
select s3cache.verify(prefix => '') as verification \gset
select pg_temp.token(:verification) as token \gset
select is((select count(*) from s3cache.rows_to_verify(:verification, :token, null, 10)), 0::bigint, 'a verification does not ask for it');
select s3cache.record_verified(:verification, :token, pg_current_snapshot(), '{1/a.jpg}', '{f}', '{0}', '{}', '{0}', '{}', '{}');
select is(pg_temp.row_of('1/a.jpg'), 'present|local|10|local-' || :job, 'nor does its answer count');
select s3cache.complete_jobs(array[:verification], array[:token], array['{}'::jsonb]) \g /dev/null
create function pg_temp.event(name text, sequencer text) returns jsonb language sql as $$
    select jsonb_build_object('Records', jsonb_build_array(jsonb_build_object('eventVersion', '2.1', 'eventSource', 'aws:s3', 'eventName', name, 'eventTime', '2030-01-01T00:00:00.000Z',
        's3', jsonb_build_object('bucket', jsonb_build_object('name', 'examplebucket'), 'object', jsonb_build_object('key', 'p/1/a.jpg', 'size', 1, 'eTag', 'others', 'sequencer', sequencer))))) $$;
select s3cache.ingest_event(pg_temp.event('ObjectRemoved:Delete', '01')) \g /dev/null
select s3cache.ingest_event(pg_temp.event('ObjectCreated:Put', '02')) \g /dev/null
select is(pg_temp.row_of('1/a.jpg'), 'present|local|10|local-' || :job, 'events of what was there before do not change it');

-- It is tried for as long as the store is away.
do $$
declare
    tried bigint := (select id from s3cache.job where kind = 'upload');
begin
    for i in 1..30 loop
        call pg_temp.release(tried);
        if pg_temp.fail(tried, (array['endpoint_unreachable', 'unavailable', 'credentials_unavailable'])[i % 3 + 1]) <> 'waiting' then
            raise exception 'attempt % was the last', i;
        end if;
    end loop;
end $$;
select is(row(state, attempt)::text, '(waiting,7)', 'thirty attempts later it still waits') from s3cache.jobs where id = :job;
select cmp_ok(run_at, '<=', clock_timestamp() + interval '257 s', 'a few minutes at most') from s3cache.job where id = :job;

-- The store is back.
call pg_temp.release(:job);
select s3cache.complete_upload(:job, pg_temp.token(:job), 'e', 10, 1700000000000000, null, 'image/jpeg', sha256(:'jpeg'), 3, 4);
select is(pg_temp.row_of('1/a.jpg'), 'present|s3|10|e', 'the row follows');
select is(result ->> 'location', 's3', 'and the result') from s3cache.jobs where id = :job;
select matches(s3cache.url('1/a.jpg'), '^https://.*X-Amz-Signature=', 'and the URL');
select is(s3cache.key_of(:'url'), null, 'the copy''s is none any more');
select is((select count(*) from s3cache.staged_content), 0::bigint, 'the bytes are freed');
select is((select count(*) from s3cache.ended_copies('1 minute', 0, 10)), 0::bigint, 'the copy stays for those who have its URL');
select is((select c::text from s3cache.ended_copies('0', 0, 10) c), format('(%s,examplebucket/1-0123/a.jpg)', :job), 'and is to be deleted then');
select is((select count(*) from s3cache.ended_copies('0', :job, 10)), 0::bigint, 'page after page');
select s3cache.forget_copy(:job, 'examplebucket/1-0123/a.jpg');
select is((select count(*) from s3cache.local_copy), 0::bigint, 'once it is deleted it is forgotten');
select s3cache.complete_deletion(:deletion, pg_temp.token(:deletion));
select is((select count(*) from s3_image_cache), 0::bigint, 'the deletion that waited takes the row');

-- One that gets through brings the others.
select s3cache.upload(n || '.jpg', :'jpeg') from generate_series(1, 3) n \g /dev/null
create temporary table kept as select id from s3cache.job where kind = 'upload';
select pg_temp.keep(id, id || '.jpg'), pg_temp.fail(id) from kept \g /dev/null
update s3cache.job set run_at = now() + interval '5 minutes', started_at = now() - interval '10 seconds' where id in (select id from kept);
select min(id) as job from kept \gset
call pg_temp.release(:job);
select s3cache.complete_upload(:job, pg_temp.token(:job), 'e', 10, 0, null, 'image/jpeg', null);
select is((select count(*) from s3cache.job where id in (select id from kept) and run_at <= clock_timestamp()), 2::bigint, 'the first success ends the others'' waiting');
update s3cache.job set run_at = now() + interval '5 minutes', started_at = now() where id in (select id from kept);
select s3cache.hasten_pushes(1);
select is((select count(*) from s3cache.job where id in (select id from kept) and run_at <= clock_timestamp()), 0::bigint, 'but of those that tried just now');
update s3cache.job set run_at = now() where id in (select id from kept);

-- Given up.
select min(id) as fresh, max(id) as failing from s3cache.job where id in (select id from kept) \gset
select args ->> 'filename' as fresh_name from s3cache.job where id = :fresh \gset
select args ->> 'filename' as failing_name from s3cache.job where id = :failing \gset
select ok(s3cache.cancel(:fresh), 'what waits can be cancelled');
select is(pg_temp.row_of(:'fresh_name'), null, 'a row that came with the copy goes with it');
select is(pg_temp.state_of(:fresh), 'cancelled', 'at once');
call pg_temp.release(:failing);
select is(s3cache.fail_job(:failing, pg_temp.token(:failing), 'No.', '{"code": "access_denied", "retryable": false}'), 'failed', 'a store that refuses is not away');
select is(pg_temp.row_of(:'failing_name'), null, 'what it never took is no row');
select is((select count(*) from s3cache.staged_content where job_id = :failing), 1::bigint, 'its bytes wait for a retry');
select s3cache.retry(:failing) as again \gset
select is(pg_temp.keep(:again, 'x.jpg') is not null, true, 'which keeps a copy of its own');
select s3cache.complete_upload(:again, pg_temp.token(:again), 'old', 10, 0, null, 'image/jpeg', sha256(:'jpeg'), 3, 4);
select s3cache.upload(:'failing_name', '\xffd8ffe100') as replacing \gset
select pg_temp.keep(:replacing, 'x.jpg'), pg_temp.fail(:replacing) \g /dev/null
select is(pg_temp.row_of(:'failing_name'), 'present|local|10|local-' || :replacing, 'a copy replaces what is in the bucket');
select s3cache.cancel(:replacing) \g /dev/null
select is(row(state, location, size, etag, sha256, width)::text, '(unverified,s3,,,,)', 'cancelled, the bucket has what it had, and a worker looks') from s3_image_cache where filename = :'failing_name';
select matches(s3cache.url(:'failing_name'), '^https://.*X-Amz-Signature=', 'whose URL it has again');

-- What is to stay stays.
select s3cache.upload(:'failing_name', :'jpeg', if_exists => 'skip') as skipping \gset
select is(pg_temp.keep(:skipping, 'y.jpg', true), null, 'no copy takes the place of what may be there');
select is(pg_temp.row_of(:'failing_name'), 'unverified|s3', 'the row is as it was');
do $$ declare asked bigint := (select max(id) from s3cache.job where kind = 'upload'); begin for i in 1..8 loop call pg_temp.release(asked); perform pg_temp.fail(asked, 'unavailable'); end loop; end $$;
select is(pg_temp.state_of(:skipping), 'failed', 'without a copy attempts end');
select s3cache.upload('new.jpg', :'jpeg', if_exists => 'error') as erring \gset
select is(pg_temp.keep(:erring, 'z.jpg', true) is not null, true, 'where no object is known a copy is served');
select pg_temp.fail(:erring) \g /dev/null
select s3cache.complete_upload(:erring, pg_temp.token(:erring), 'e', 10, 0, null, 'image/jpeg', null)
from (select s3cache.retry(:erring)) r \g /dev/null
select is(pg_temp.row_of('new.jpg'), 'present|s3|10|e', 'until S3 has it');

-- A file may be gone by then.
select s3cache.upload_file('file.jpg', 'file.jpg') as file \gset
select pg_temp.keep(:file, 'file.jpg') as place, pg_temp.fail(:file) \gset
select is(args ->> 'copy', :'place', 'the worker is told to store the copy of a file') from s3cache.job where id = :file;
select is((select count(*) from s3cache.job_history where args ? 'copy'), 0::bigint, 'not that of staged bytes');
call pg_temp.release(:file);
select s3cache.fail_job(:file, pg_temp.token(:file), 'No.', '{"code": "access_denied", "retryable": false}') \g /dev/null
select s3cache.retry(:file) as file \gset
select is(args ? 'copy', false, 'a retry begins with the file') from s3cache.job where id = :file;
select s3cache.cancel(:file) \g /dev/null

-- What is known of the object is what a CDN's answer is compared with.
select s3cache.configure(cdn_url => 'cdn.example.com') \g /dev/null
create function pg_temp.read_url(name text) returns text language plpgsql as $$
declare
    asked bigint := s3cache.read(name);
    token bigint := pg_temp.token(asked);
    given text := (select url from s3cache.read_places(asked, token));
begin
    perform s3cache.complete_read(asked, token, null, null, null);
    return given;
end $$;
select is(pg_temp.read_url('new.jpg'), null, 'an etag that is no MD5 proves nothing');
update s3_image_cache set sha256 = sha256('x') where filename = 'new.jpg';
select is(pg_temp.read_url('new.jpg'), 'https://cdn.example.com/p/new.jpg', 'the CDN is asked first');
update s3_image_cache set sha256 = null, etag = md5('x') where filename = 'new.jpg';
select is(pg_temp.read_url('new.jpg'), 'https://cdn.example.com/p/new.jpg', 'an MD5 proves it too');
insert into s3_image_cache (filename) values ('a.json'), ('unknown.jpg');
update s3_image_cache set sha256 = sha256('x'), size = 1, state = 'present' where filename = 'a.json';
select is(pg_temp.read_url('a.json'), null, 'JSON is read from S3 only');
select is(pg_temp.read_url('unknown.jpg'), null, 'what is not known could not be compared');
select is(pg_temp.read_url('absent.jpg'), null, 'nor what has no row');

-- Whoever may make URLs may learn where a copy is.
select is(s3cache.local_copy_of('new.jpg'), null, 'no copy any more');
select s3cache.upload('last.jpg', :'jpeg') as last \gset
select pg_temp.keep(:last, 'last.jpg'), pg_temp.fail(:last) \g /dev/null
select is(s3cache.local_copy_of('last.jpg'), format('examplebucket/%s-0123/last.jpg', :last), 'a copy');
delete from s3_image_cache where filename = 'last.jpg';
select is(pg_temp.row_of('last.jpg'), null, 'a user forgets the row');
select s3cache.complete_upload(:last, pg_temp.token(:last), 'e', 10, 0, null, 'image/jpeg', null)
from (select s3cache.retry(:last)) r \g /dev/null
select is(pg_temp.row_of('last.jpg'), 'present|s3|10|e', 'which the bucket brings back');
update s3cache.local_copy set ended_at = now() - interval '8 days';
select is((select count(*) from s3cache.ended_copies('0', 0, 100)), 0::bigint, 'a copy that nobody has');
select is((select count(*) from s3cache.local_copy), 0::bigint, 'is forgotten after a week');

-- Without a copy as well a short absence is survived, however often chance had it tried meanwhile.
select s3cache.upload('patient.jpg', :'jpeg') as job \gset
create function pg_temp.fails_last(job bigint, code text, begun timestamptz) returns text language plpgsql as $$
begin
    call pg_temp.release(job);
    perform pg_temp.token(job);
    update s3cache.job j set attempt = j.max_attempts, args = j.args || jsonb_build_object('first_begun', begun) where j.id = fails_last.job;
    return pg_temp.fail(job, code);
end $$;
select is(pg_temp.fails_last(:job, 'endpoint_unreachable', clock_timestamp() - interval '1 minute'), 'waiting', 'who cannot reach the store tries for two minutes at least');
select is(row(state, attempt)::text, '(waiting,7)', 'and has an attempt left') from s3cache.jobs where id = :job;
select is(pg_temp.fails_last(:job, 'endpoint_unreachable', clock_timestamp() - interval '3 minutes'), 'failed', 'then the last attempt is the last');
select s3cache.upload('refused.jpg', :'jpeg') as job \gset
select is(pg_temp.fails_last(:job, 'unavailable', clock_timestamp() - interval '1 minute'), 'failed', 'as it is where the store answers');
select * from finish();
