-- object: view s3cache.metrics
create or replace view s3cache.metrics as
with live as materialized (
    select j.kind, j.state, pg_catalog.count(*) as number, pg_catalog.min(j.run_at) as first_at
    from s3cache.job j
    group by j.kind, j.state
)
select 's3cache_jobs' as name, l.number::double precision as value,
    pg_catalog.jsonb_build_object('kind', l.kind, 'state', l.state) as labels
from live l
union all
select 's3cache_queue_age_seconds',
    coalesce(extract(epoch from pg_catalog.clock_timestamp() - pg_catalog.min(l.first_at)), 0)::double precision, '{}'
from live l where l.state = 'queued'
union all
select 's3cache_workers', pg_catalog.count(*)::double precision, pg_catalog.jsonb_build_object('state', w.state)
from s3cache.workers w group by w.state
union all
select m.name, m.value::double precision, '{}'
from (
    select pg_catalog.count(*) as uploads, coalesce(pg_catalog.sum(pg_catalog.octet_length(c.content)), 0) as bytes
    from s3cache.staged_content c
) s, lateral (values ('s3cache_staged_uploads', s.uploads), ('s3cache_staged_bytes', s.bytes)) as m (name, value)
union all
select 's3cache_kept_content_bytes', coalesce(pg_catalog.sum(pg_catalog.octet_length(c.content)), 0)::double precision, '{}'
from s3cache.kept_content c
union all
select 's3cache_local_copies', pg_catalog.count(*)::double precision, '{}'
from s3cache.local_copy c where c.ended_at is null and c.kept_at is not null
union all
select 's3cache_hints_ignored_total', case when h.is_called then h.last_value + 1 else 0 end::double precision, '{}'
from s3cache.ignored_hint_seq h;
comment on view s3cache.metrics is
    'Counts worth watching, a row each: live jobs by kind and state, the age of the oldest queued job, workers by state, uploads whose bytes are in the database and these bytes (of unfinished and of failed ones), bytes kept for s3cache.content(), objects that are served from copies because S3 has not taken them yet, notifications on the channel s3cache that were ignored.';
comment on column s3cache.metrics.name is 'The metric''s name as /metrics prints it.';
comment on column s3cache.metrics.value is 'Its value now.';
comment on column s3cache.metrics.labels is 'Its labels.';
