-- Ended jobs are kept for a while, not for ever.

create index job_history_finished_idx on s3cache.job_history (finished_at);
