-- object: trigger s3cache_job_enqueued on s3cache.job
drop trigger if exists s3cache_job_enqueued on s3cache.job;
-- Deferred, because a worker that was busy when the job was enqueued may be parked when the transaction commits.
create constraint trigger s3cache_job_enqueued after insert on s3cache.job
    deferrable initially deferred for each row
    when (new.state = 'queued' and pg_catalog.current_setting('s3cache.wakes', true) is distinct from 'at commit')
    execute function s3cache.job_enqueued();
comment on trigger s3cache_job_enqueued on s3cache.job is
    'Wakes workers when the transaction commits: s3cache.job_enqueued(). s3cache.enqueue() sets s3cache.wakes, so that this happens once.';
