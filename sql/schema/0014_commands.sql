-- Commands that do their work themselves: workers that run nothing but what is pinned to them.

alter table s3cache.worker add column runs_pinned_only boolean not null default false;
comment on column s3cache.worker.runs_pinned_only is 'It is a command that does its own work: it runs the jobs that are pinned to it, and no others.';
