-- Every function that a worker calls, once at least, with what each has to say. Stops at the first that says something else.

\set ON_ERROR_STOP on
create function pg_temp.must(held boolean, what text) returns void language plpgsql as
$$ begin if held is not true then raise exception 'not so: %', what; end if; end $$;

delete from s3cache.job where true;
delete from s3cache.job_history where true;
delete from s3cache.worker where true;
insert into s3cache.object (cache_id, filename, state, size, etag, touched_xid)
values (1, 'gone.jpg', 'present', 1, 'e', '3'), (1, 'changed.jpg', 'present', 1, 'e', '3');
select s3cache.register_worker('cycle', 'here', 1, s3cache.version(), '1 minute', '{"bucket": "of-the-worker"}') as worker \gset

-- A rebuild in two slices.
select s3cache.rebuild() as job \gset
select s3cache.rebuild() as duplicate \gset
select token from s3cache.claim_jobs(:worker, 10, true) where id = :job \gset
select pg_temp.must(state = 'superseded' and superseded_by = :job, 'duplicates are merged') from s3cache.jobs where id = :duplicate;
select cache_id, direct from s3cache.listing_plan(:job, :token) \gset
select pg_temp.must(not :'direct'::boolean, 'the target is not empty');
select s3cache.may_copy(:job, :token, :cache_id, pg_current_snapshot());
begin;
insert into s3cache.rebuild_change (job_id, part, slice, remove, filename, size, etag)
values (:job, 0, 0, false, 'changed.jpg', 2, 'f'), (:job, 0, 0, false, 'new.jpg', 3, 'g');
select s3cache.record_pages(:job, :token, 0, pg_current_snapshot(), '{null}', '{d}', '{2,1,1,0,0,1,0,1,0,0,1,0}', 0.5);
commit;
begin;
insert into s3cache.rebuild_change (job_id, part, slice, remove, filename) values (:job, 0, 1, true, 'gone.jpg');
select pg_temp.must(not wanted and listed = 2, 'the totals') from s3cache.record_pages(:job, :token, 1, pg_current_snapshot(), '{d,k}', '{g,null}', '{0,0,0,1,0,1,0,0,0,0,1,1}', 1);
commit;
select s3cache.trust_listing(:job, :token);
select pg_temp.must(next_slice = 2 and seconds = 1 and not serial and trusted and listed = 2, 'the plan goes on after the last slice') from s3cache.listing_plan(:job, :token);
select pg_temp.must(count(*) = 1 and min(after) = 'g' and min(upto) = 'k', 'with what is left') from s3cache.ranges_to_list(:job, :token);
select pg_temp.must(not s3cache.hand_over_ranges(:job, :token, '{g}', '{k}'), 'which nobody wants');
select pg_temp.must(s3cache.ask_for_ranges(:job, :token) = 'given', 'so it is its own');
select s3cache.register_worker('helper', 'here', 3, s3cache.version(), '1 minute', '{}') as helper \gset
select pg_temp.must(s3cache.invite_helpers(:job, :token) = 1, 'another worker is asked');
select pg_temp.must(s3cache.invite_helpers(:job, :token) = 0, 'once');
select id as failed, token as failed_token from s3cache.claim_jobs(:helper, 10, true) \gset
select s3cache.fail_job(:failed, :failed_token, 'x', '{"retryable": true}');
select pg_temp.must(s3cache.invite_helpers(:job, :token) = 1, 'again where its job has failed');
select pg_temp.must(count(*) = 0, 'nobody else may') from s3cache.claim_jobs(:worker, 10, true);
select id as part, token as part_token from s3cache.claim_jobs(:helper, 10, true) \gset
select pg_temp.must(rebuild_id = :job and part = 2, 'which helps') from s3cache.listing_plan(:part, :part_token);
select pg_temp.must(s3cache.ask_for_ranges(:part, :part_token) = 'wait', 'and wants some');
select pg_temp.must(s3cache.hand_over_ranges(:job, :token, '{h}', '{i}'), 'it gets some');
select pg_temp.must(s3cache.ask_for_ranges(:part, :part_token) = 'given', 'and is told');
select pg_temp.must(count(*) = 1 and min(after) = 'h' and min(upto) = 'i', 'what it got') from s3cache.ranges_to_list(:part, :part_token);
select s3cache.record_pages(:part, :part_token, 0, pg_current_snapshot(), '{h}', '{i}', '{0,0,0,0,0,1,0,0,0,0,0,0}', 1);
select s3cache.record_pages(:job, :token, 2, pg_current_snapshot(), '{g,i}', '{h,k}', '{0,0,0,0,0,1,0,0,0,0,0,0}', 1);
select pg_temp.must(s3cache.ask_for_ranges(:part, :part_token) = 'listed', 'all is listed');
select s3cache.complete_jobs(array[:part], array[:part_token], array['{}'::jsonb]);
select s3cache.unregister_worker(:helper);
select pg_temp.must(counts = '{2,1,1,1,0,4,0,1,0,0,2,1}' and workers = 2, 'the totals') from s3cache.rebuild_totals(:job, :token);
select s3cache.report_progress(:job, :token, 2, null);
select s3cache.report_progress(:job, :token, 2, 2);
select pg_temp.must(s3cache.apply_slice(:job, :token) = 0, 'the first slice');
select pg_temp.must(s3cache.apply_slice(:job, :token) = 1, 'the second slice');
select pg_temp.must(s3cache.apply_slice(:job, :token) is null, 'no third slice');
select s3cache.complete_rebuild(:job, :token, '{"listed": 2}');
select pg_temp.must(string_agg(filename || ' ' || size || ' ' || state || ' ' || object_version, ',' order by filename)
    = 'changed.jpg 2 present 1,new.jpg 3 present 0', 'the table is as listed') from s3_image_cache;
select pg_temp.must(last_rebuild ->> 'listed' = '2' and last_rebuild_at is not null, 'stats() tells') from s3cache.stats();
select pg_temp.must(state = 'done' and done = 2 and total = 2 and result ->> 'listed' = '2', 'the job is done') from s3cache.jobs where id = :job;

-- A dry run.
select s3cache.rebuild(dry_run => true) as job \gset
select token from s3cache.claim_jobs(:worker, 10, true) where id = :job \gset
select s3cache.listing_plan(:job, :token);
select s3cache.distrust_listing(:job, :token);
select pg_temp.must(serial and not trusted and listed = 0, 'a helper may distrust a listing') from s3cache.listing_plan(:job, :token);
select s3cache.list_serially(:job, :token);
insert into s3cache.rebuild_change (job_id, part, slice, remove, filename) values (:job, 0, 0, true, 'new.jpg'), (:job, 0, 0, false, 'more.jpg');
select s3cache.record_pages(:job, :token, 0, pg_current_snapshot(), '{null}', '{null}', '{0,0,0,0,0,1,0,1,0,0,0,0}', 1);
select pg_temp.must(s3cache.record_orphans(:job, :token) = 2, 'orphans are recorded');
select pg_temp.must(s3cache.record_orphans(:job, :token) = 2, 'and replaced');
select s3cache.complete_rebuild(:job, :token, '{}');
select pg_temp.must(string_agg(filename || ' ' || problem, ',' order by filename) = 'more.jpg no row,new.jpg object gone', 'and shown')
from s3cache.orphan;

-- A rebuild that a worker makes a dry run, whatever it was asked to be: its target is empty.
select s3cache.rebuild(prefix => 'dry/') as job \gset
select token from s3cache.claim_jobs(:worker, 10, true) where id = :job \gset
select pg_temp.must(direct and not dry_run, 'rows would be written at once') from s3cache.listing_plan(:job, :token);
select s3cache.make_dry_run(:job, :token);
select s3cache.make_dry_run(:job, :token);
select pg_temp.must(not direct and dry_run, 'and are not') from s3cache.listing_plan(:job, :token);
select s3cache.record_pages(:job, :token, 0, pg_current_snapshot(), '{null}', '{null}', '{0,0,0,0,0,1,0,1,0,0,0,0}', 1);
select pg_temp.must(s3cache.record_orphans(:job, :token) = 0, 'nothing differs');
select s3cache.complete_rebuild(:job, :token, '{}');
select pg_temp.must((result ->> 'dry_run')::boolean, 'the result says so') from s3cache.jobs where id = :job;

-- Bytes in, bytes out, and away.
select s3cache.upload('bytes.bin', '\xffd8ff') as up \gset
select s3cache.read('bytes.bin') as job \gset
select s3cache.read('bytes.bin') as twin \gset
select s3cache.delete_object('bytes.bin') as del \gset
select token from s3cache.claim_jobs(:worker, 10, true) where id = :up \gset
select pg_temp.must(s3cache.staged_bytes(:up, :token) = '\xffd8ff', 'the staged bytes');
select pg_temp.must(s3cache.staged_piece(:up, :token, 1, 2) = '\xd8ff', 'a part of them');
select pg_temp.must(s3cache.upload_checkpoint(:up, :token, 'bytes.bin') is null, 'it has not begun');
select s3cache.note_absence(:up, :token);
select pg_temp.must(s3cache.age_of_first_attempt(:up, :token, 'bytes.bin', '') > interval '0', 'it has begun');
select s3cache.save_checkpoint(:up, :token, 'bytes.bin', 'id', '{"isCompleting": true}');
select s3cache.complete_upload(:up, :token, 'e', 2, 0, null, 'text/plain', sha256('\x0102'), 1, 1);
select pg_temp.must(state = 'present' and size = 2, 'the row is there') from s3_image_cache where filename = 'bytes.bin';
select token from s3cache.claim_jobs(:worker, 10, true) where id = :job \gset
select s3cache.keep_piece(:job, :token, 0, '\x01');
select s3cache.complete_read(:job, :token, '\x02', 'e', 'text/plain', 1);
select pg_temp.must(s3cache.content(:twin) = '\x0102', 'the content, also of the merged read');
select token from s3cache.claim_jobs(:worker, 10, true) where id = :del \gset
select s3cache.complete_deletion(:del, :token);
select pg_temp.must(count(*) = 0, 'the row is gone') from s3_image_cache where filename = 'bytes.bin';
update s3cache.kept_content set kept_at = '2000-01-01' where job_id = :job;
select pg_temp.must((select pruned from s3cache.prune_content(10)) = 2, 'old content is forgotten');
select pg_temp.must(count(*) = 1, 'settings for a worker') from s3cache.store_settings('s3_image_cache');
select s3cache.upload('together.bin', '\xffd8ff') as up \gset
select token from s3cache.claim_jobs(:worker, 10, true) where id = :up \gset
select pg_temp.must(s3cache.complete_uploads(array[:up], array[:token], '{e}', '{2}', '{0}', '{null}', '{null}', '{null}', '{null}', '{null}', '{f}') = array[:token]::bigint[], 'uploads end together');
delete from s3_image_cache where filename = 'together.bin';
select s3cache.upload('failed.bin', '\xffd8ff') as up \gset
select token from s3cache.claim_jobs(:worker, 10, true) where id = :up \gset
select pg_temp.must(s3cache.fail_job(:up, :token, 'no', '{}') = 'failed', 'a failed upload');
select s3cache.cancel(s3cache.retry(:up));
select pg_temp.must(count(*) = 0, 'no bytes are left') from s3cache.staged_content;
update s3cache.job_history set finished_at = '2000-01-01' where id = :up;
select pg_temp.must((select pruned from s3cache.prune_history('1 day', 10)) = 1, 'the history is forgotten');
select pg_temp.must((select pruned from s3cache.prune_listings(1000000)) > 0, 'what rebuilds had staged is deleted');
select pg_temp.must((select pruned from s3cache.prune_tombstones(10)) = 0, 'a deletion is remembered');

-- What a URL led to, and what it did not.
select s3cache.fetch('https://example.com/a.png', 'a.png') as job \gset
select token from s3cache.claim_jobs(:worker, 10, true) where id = :job \gset
select pg_temp.must(outcome = 'download', 'it is to be downloaded') from s3cache.begin_fetch(:job, :token);
select s3cache.name_upload(:job, :token, 2, 'png', sha256('\x0102'), null);
select s3cache.complete_upload(:job, :token, 'e', 2, 0, null, 'image/png', sha256('\x0102'), 1, 1);
delete from s3_image_cache where filename = 'a.png';
select s3cache.fetch('https://example.com/b.png', 'b.png') as job \gset
select token from s3cache.claim_jobs(:worker, 10, true) where id = :job \gset
select pg_temp.must(s3cache.fail_job(:job, :token, 'no', '{"code": "fetch_status"}') = 'failed', 'a failed fetch');
select pg_temp.must((select pruned from s3cache.prune_fetch_failures(10)) = 0, 'which is remembered');

-- Files, whose names may depend on what is in them, and new names.
select s3cache.upload_file('{md5}.{ext}', 'file') as job \gset
select token from s3cache.claim_jobs(:worker, 10, true) where id = :job \gset
select pg_temp.must(s3cache.name_upload(:job, :token, 1, 'png', '\x01', '\x02') ->> 'filename' = '02.png', 'a file gets its name');
select s3cache.save_checkpoint(:job, :token, '02.png', 'id', '{}');
select pg_temp.must(s3cache.fail_job(:job, :token, 'no', '{}') = 'failed', 'and fails');
select pg_temp.must(upload_id = 'id', 'what it left over is found') from s3cache.leftover_uploads(0, 10);
select s3cache.forget_upload(:job, '02.png', 'id');
select s3cache.rename_object('a', 'b') as job \gset
select token from s3cache.claim_jobs(:worker, 10, true) where id = :job \gset
select s3cache.note_copy(:job, :token, 'e', 'e');
select s3cache.note_purge(:job, :token, 'done');
select s3cache.complete_rename(:job, :token, 'e', 1, 0, null, null);
select pg_temp.must(count(*) = 1, 'the row has the new name') from s3_image_cache where filename = 'b';
delete from s3_image_cache where filename = 'b';
delete from s3cache.job_history where true;

-- What an inventory lists comes back in order; another attempt stages it anew.
select s3cache.rebuild(prefix => 'i/') as job \gset
select token from s3cache.claim_jobs(:worker, 10, true) where id = :job \gset
select s3cache.listing_plan(:job, :token);
select pg_temp.must(s3cache.begin_inventory(:job, :token, 1577836800000000) = 'outdated', 'a rebuild knows better');
delete from s3cache.cache_state where true;
select pg_temp.must(s3cache.begin_inventory(:job, :token, 1577836800000000) = 'empty', 'it is collected');
insert into s3cache.inventory_row (job_id, filename, size, etag, last_modified)
select :job, f, 1, 'e', '2020-01-01Z' from unnest(array['b', '', 'é', 'B', 'a/b', 'a']) as f;
select pg_temp.must(s3cache.sort_inventory(:job, :token) = 6, 'all are sorted');
select pg_temp.must(string_agg(filename, '|') = '|B|a', 'the first rows') from s3cache.listed_rows(:job, :token, null, 3);
select pg_temp.must(string_agg(filename, '|') = 'a/b|b|é', 'the rest') from s3cache.listed_rows(:job, :token, 'a', 10);
select pg_temp.must(s3cache.begin_inventory(:job, :token, 1577836800000000) = 'staged', 'it need not be collected again');
select pg_temp.must(expected = 6 and as_of = '2019-12-31 23:00:00Z' and serial, 'what it is') from s3cache.listing_plan(:job, :token);
select s3cache.record_pages(:job, :token, 0, pg_current_snapshot(), '{null}', '{null}', '{6,6,0,0,0,1,0,1,0,0,0,0}', 0.5);
select s3cache.discard_inventory(:job, :token, 4) as discarded \gset
select pg_temp.must(count(*) = 2 and min(filename) > :'discarded', 'the first are discarded') from s3cache.rebuild_listed where job_id = :job;
select s3cache.discard_inventory(:job, :token, 4, :'discarded') as discarded \gset
select pg_temp.must(s3cache.discard_inventory(:job, :token, 4, :'discarded') is null, 'and the rest');
select pg_temp.must(s3cache.begin_inventory(:job, :token, 1577923200000000) = 'empty', 'another one is collected');
select pg_temp.must(count(*) = 0, 'begun anew') from s3cache.listed_rows(:job, :token, null, 3);
select s3cache.cancel(:job);
select s3cache.cancel_claimed_job(:job, :token);
delete from s3cache.job_history where true;

-- Failing, retrying, cancelling, handing back.
select s3cache.rebuild(prefix => 'r/') as job \gset
select token from s3cache.claim_jobs(:worker, 10, true) where id = :job \gset
select pg_temp.must(s3cache.fail_job(:job, :token, 'no', '{"retryable": true}') = 'waiting', 'a retryable failure');
select pg_temp.must(s3cache.retry(:job) = :job, 'is retried by hand');
select token as newer from s3cache.claim_jobs(:worker, 10, true) where id = :job \gset
select pg_temp.must(s3cache.fail_job(:job, :token, 'no', '{}') is null, 'the old token is void');
select pg_temp.must(s3cache.complete_jobs(array[:job], array[:token], array['{}'::jsonb]) = '{}', 'for completion too');
select s3cache.cancel(:job);
select pg_temp.must(s3cache.heartbeat(:worker, 'running') = array[:job]::bigint[], 'the heartbeat tells what to cancel');
select pg_temp.must(s3cache.cancel_claimed_job(:job, :newer), 'which is done');
select s3cache.retry(:job) as job \gset
select token from s3cache.claim_jobs(:worker, 10, true) where id = :job \gset
update s3cache.worker set heartbeat_at = '2000-01-01' where id = :worker;
select s3cache.register_worker('second', 'here', 2, s3cache.version(), '1 minute', '{}') as second \gset
select token as newer from s3cache.claim_jobs(:second, 10, true) where id = :job \gset
select pg_temp.must(attempt = 1 and rescues = 1 and worker_id = :second, 'the job of a dead worker is taken over') from s3cache.job where id = :job;
select s3cache.unregister_worker(:second);
select pg_temp.must(state = 'queued' and attempt = 0, 'and handed back by one that leaves') from s3cache.job where id = :job;
select s3cache.cancel(:job);

-- A cache with everything in it goes.
select s3cache.create_cache('doomed', bucket => 'doomed');
insert into doomed (filename) values ('a');
select s3cache.rebuild('doomed');
select s3cache.upload('a', '\xffd8ff', cache => 'doomed');
select s3cache.drop_cache('doomed');
select pg_temp.must(count(*) = 0, 'no job is left') from s3cache.job;
