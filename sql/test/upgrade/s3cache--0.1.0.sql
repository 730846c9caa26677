\echo Use "CREATE EXTENSION s3cache" to load this file. \quit

-- prologue/extension.sql
-- What CREATE EXTENSION refuses, and the bookkeeping that everything after this needs.

-- Whoever may create in a schema of the caller's path could plant operators there that fit better than the system's.
set local search_path = pg_catalog, pg_temp;

do $s3cache_guard$
begin
    if pg_catalog.getdatabaseencoding() <> 'UTF8' then
        raise exception using
            errcode = 'feature_not_supported',
            message = pg_catalog.format('s3cache needs a UTF8 database, and %I has the encoding %s.',
                pg_catalog.current_database(), pg_catalog.getdatabaseencoding()),
            hint = 'Create one with: CREATE DATABASE name ENCODING ''UTF8'' TEMPLATE template0;';
    end if;
    if pg_catalog.to_regnamespace('s3cache') is not null then
        raise exception using
            errcode = 'duplicate_schema',
            message = 'Schema "s3cache" already exists: this database was installed with "s3cache migrate".',
            hint = 'Go on with "s3cache migrate", which also upgrades; or dump what you need, DROP SCHEMA s3cache CASCADE, and run CREATE EXTENSION s3cache again.';
    end if;
end
$s3cache_guard$;

create schema s3cache;

create table s3cache.schema_history (
    file text primary key,
    applied_at timestamptz not null default pg_catalog.now()
);

create table s3cache.code_object (
    identity text primary key
);

set local check_function_bodies = off;

-- roles.sql
-- The roles belong to the whole cluster: other databases may have made them, or be making them right now.

do $s3cache_roles$
declare
    name text;
    pair text[];
    statement text;
    refused text[] := '{}';
begin
    foreach name in array array['s3cache_owner', 's3cache_reader', 's3cache_writer', 's3cache_admin', 's3cache_worker'] loop
        continue when exists (select from pg_catalog.pg_roles r where r.rolname = name);
        statement := pg_catalog.format('create role %I nologin', name);
        begin
            execute statement;
        exception
            when duplicate_object or unique_violation then
                null;  -- another session was faster
            when insufficient_privilege then
                refused := refused || statement;
        end;
    end loop;
    foreach pair slice 1 in array array[['s3cache_reader', 's3cache_writer'], ['s3cache_writer', 's3cache_admin']] loop
        continue when exists (
            select
            from pg_catalog.pg_auth_members m
            join pg_catalog.pg_roles g on g.oid = m.roleid
            join pg_catalog.pg_roles r on r.oid = m.member
            where g.rolname = pair[1] and r.rolname = pair[2]);
        statement := pg_catalog.format('grant %I to %I', pair[1], pair[2]);
        begin
            execute statement;
        exception
            when insufficient_privilege or undefined_object then
                refused := refused || statement;
            when unique_violation or internal_error then
                null;  -- granted by another session at the same moment ("tuple concurrently updated")
        end;
    end loop;
    if pg_catalog.cardinality(refused) > 0 then
        raise warning 'You may not manage these roles. Ask an administrator to run the following, then run this again: %;',
            pg_catalog.array_to_string(refused, '; ');
    end if;
end
$s3cache_roles$;

-- schema/0001_caches.sql
-- Caches, their settings, and the table that their rows live in.

comment on table s3cache.schema_history is 'The steps of the schema that this database has taken; an upgrade takes the later ones.';
comment on column s3cache.schema_history.file is 'The step.';
comment on column s3cache.schema_history.applied_at is 'When it was taken.';
comment on table s3cache.code_object is
    'The functions, views and triggers of this version; an upgrade drops those that the new version lacks.';
comment on column s3cache.code_object.identity is 'Kind and name, as DROP takes them.';

create table s3cache.installation (
    system_identifier bigint not null,
    database_oid oid not null,
    installed_at timestamptz not null default pg_catalog.now()
);
comment on table s3cache.installation is
    'The databases that this one has been: the one it was installed in and, after a dump was restored, also the one it was dumped from. Workers run nothing while a row names another database than this; s3cache.resume() removes such rows. No key: an install and a restore each add a row.';
comment on column s3cache.installation.system_identifier is 'pg_control_system() of the cluster.';
comment on column s3cache.installation.database_oid is 'oid of the database in that cluster.';
comment on column s3cache.installation.installed_at is 'When the row was written.';

insert into s3cache.installation (system_identifier, database_oid)
select s.system_identifier, d.oid
from pg_catalog.pg_control_system() s, pg_catalog.pg_database d
where d.datname = pg_catalog.current_database();

create sequence s3cache.cache_id_seq as integer start 2;
comment on sequence s3cache.cache_id_seq is 'Ids of caches made by s3cache.create_cache(); 1 is the default cache s3_image_cache.';

create table s3cache.created_cache (
    id integer primary key,
    name text not null unique,
    created_at timestamptz not null default pg_catalog.now()
);
comment on table s3cache.created_cache is
    'The caches made by s3cache.create_cache(). The default cache s3_image_cache (id 1) always exists and has no row here: a row that the install script inserted would collide when a dump is restored.';
comment on column s3cache.created_cache.id is 'The cache_id of its rows in s3cache.object.';
comment on column s3cache.created_cache.name is 'The cache''s name, which is also its table''s.';
comment on column s3cache.created_cache.created_at is 'When it was made.';

create table s3cache.cache_setting (
    cache_id integer primary key,
    bucket text,
    prefix text,
    endpoint text,
    region text,
    addressing text,
    credentials text,
    cdn_url text,
    access text,
    acl text,
    cache_control text,
    storage_class text,
    default_image text,
    presign_ttl interval,
    presign_margin interval,
    presign_reuse interval,
    presign_mode text,
    versioned_urls boolean,
    max_bytes bigint,
    max_pixels bigint,
    allowed_types text[],
    if_exists text,
    environment text,
    rebuild_every interval,
    max_delete_fraction numeric,
    notify_hints boolean,
    hint_interval interval,
    paused boolean
);
comment on table s3cache.cache_setting is
    'What s3cache.configure() was told, one row a cache; NULL means that the default applies. Read s3cache.cache for the values in force, and s3cache.setting for what each setting means.';

create table s3cache.cache_state (
    cache_id integer primary key,
    last_rebuild_at timestamptz,
    last_rebuild jsonb
);
comment on table s3cache.cache_state is 'What is known of a cache as a whole.';
comment on column s3cache.cache_state.cache_id is 'The cache.';
comment on column s3cache.cache_state.last_rebuild_at is 'When a full rebuild last ended well.';
comment on column s3cache.cache_state.last_rebuild is 'The result of that rebuild, as in s3cache.jobs.';

create sequence s3cache.object_id_seq as bigint;
comment on sequence s3cache.object_id_seq is 'Ids of cached rows, of all caches together.';

create table s3cache.object (
    id bigint not null default pg_catalog.nextval('s3cache.object_id_seq'),
    filename text collate "C" not null,
    created_at timestamptz not null default pg_catalog.now(),
    updated_at timestamptz not null default pg_catalog.now(),
    cache_id integer not null,
    size bigint,
    etag text,
    last_modified timestamptz,
    content_type text,
    storage_class text,
    width integer,
    height integer,
    sha256 bytea,
    state text not null default 'unverified',
    location text not null default 's3',
    verified_at timestamptz,
    object_version bigint not null default 0,
    touched_xid xid8 not null default pg_catalog.pg_current_xact_id(),
    constraint object_filename_length check (pg_catalog.octet_length(filename) between 1 and 1024),
    constraint object_state_known check (state in ('unverified', 'present', 'missing')),
    constraint object_location_known check (location in ('s3', 'local'))
) partition by list (cache_id);
comment on table s3cache.object is
    'Every cached row of every cache; each cache is a partition with a table name of its own. There is no default partition: it would accept forged cache ids.';

create table @extschema@.s3_image_cache (like s3cache.object including defaults including constraints);
revoke all on @extschema@.s3_image_cache from public;
alter table @extschema@.s3_image_cache alter column cache_id set default 1;
alter table @extschema@.s3_image_cache add primary key (id);
alter table @extschema@.s3_image_cache add unique (filename);
create index s3_image_cache_created_at_idx on @extschema@.s3_image_cache (created_at);
-- Names that are all lower-case ASCII are found through the unique index; only the others need this one.
create index s3_image_cache_lower_idx
    on @extschema@.s3_image_cache ((pg_catalog.lower(filename collate "default") collate "C"))
    where pg_catalog.lower(filename) <> filename or pg_catalog.octet_length(filename) <> pg_catalog.length(filename);
create index s3_image_cache_unverified_idx on @extschema@.s3_image_cache (filename) where state = 'unverified';
alter table s3cache.object attach partition @extschema@.s3_image_cache for values in (1);

create table s3cache.tombstone (
    cache_id integer not null,
    filename text collate "C" not null,
    deleted_xid xid8 not null default pg_catalog.pg_current_xact_id(),
    deleted_at timestamptz not null default pg_catalog.now(),
    primary key (cache_id, filename)
);
comment on table s3cache.tombstone is
    'Objects deleted through s3cache, remembered so that a rebuild whose listing is older than the deletion does not bring their rows back.';
comment on column s3cache.tombstone.cache_id is 'The cache.';
comment on column s3cache.tombstone.filename is 'The deleted object''s filename in it.';
comment on column s3cache.tombstone.deleted_xid is 'The transaction that recorded the deletion: a rebuild whose fence does not see it must not add the row.';
comment on column s3cache.tombstone.deleted_at is 'When; old tombstones are dropped.';
insert into s3cache.schema_history (file) values ('0001_caches');

-- schema/0002_jobs.sql
-- Jobs: a small hot table of live ones, a history of ended ones, and the workers that run them.

create sequence s3cache.job_id_seq as bigint;
comment on sequence s3cache.job_id_seq is 'Ids of jobs.';

create sequence s3cache.claim_token_seq as bigint;
comment on sequence s3cache.claim_token_seq is 'Fencing tokens: each claim of a job gets a larger one, and every write for the job must show it.';

create table s3cache.job (
    id bigint primary key default pg_catalog.nextval('s3cache.job_id_seq'),
    kind text not null,
    cache_id integer not null,
    args jsonb not null default '{}',
    state text not null default 'queued',
    priority smallint not null default 0,
    run_at timestamptz not null default pg_catalog.clock_timestamp(),
    attempt integer not null default 0,
    max_attempts integer not null default 8,
    rescues integer not null default 0,
    merge_key text,
    serial_key text,
    owner text not null,
    queued_at timestamptz not null default pg_catalog.clock_timestamp(),
    started_at timestamptz,
    worker_id bigint,
    claim_token bigint,
    cancel_requested boolean not null default false,
    error text,
    error_detail jsonb,
    enqueued_xid xid8 not null default pg_catalog.pg_current_xact_id(),
    constraint job_state_known check (state in ('queued', 'waiting', 'running')),
    constraint job_running_is_claimed check ((state = 'running') = (claim_token is not null))
) with (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000);
comment on table s3cache.job is 'Jobs that have not ended. Read s3cache.jobs; this table also holds arguments and claims.';
comment on column s3cache.job.id is 'Also the order of enqueueing.';
comment on column s3cache.job.kind is 'What is to be done: rebuild, verify.';
comment on column s3cache.job.cache_id is 'The cache it concerns.';
comment on column s3cache.job.args is 'Its arguments; shown in no view.';
comment on column s3cache.job.state is 'queued: may be claimed now; waiting: not before run_at; running: claimed by worker_id.';
comment on column s3cache.job.priority is 'Smaller is claimed first.';
comment on column s3cache.job.run_at is 'Not to be claimed before this.';
comment on column s3cache.job.attempt is 'How often it was started, those that ended with the worker not counted.';
comment on column s3cache.job.max_attempts is 'After this many attempts a retryable failure is final.';
comment on column s3cache.job.rescues is 'How often its worker died or left while running it.';
comment on column s3cache.job.merge_key is 'Queued jobs with equal keys are duplicates: the claim of the first supersedes the others.';
comment on column s3cache.job.serial_key is 'Jobs with equal keys run one at a time.';
comment on column s3cache.job.owner is 'The role that asked for it; a label, nothing is authorised by it.';
comment on column s3cache.job.queued_at is 'When it was enqueued.';
comment on column s3cache.job.started_at is 'When its last attempt began.';
comment on column s3cache.job.worker_id is 'The worker that runs it.';
comment on column s3cache.job.claim_token is 'The fencing token of its present claim.';
comment on column s3cache.job.cancel_requested is 'Its worker is to stop it.';
comment on column s3cache.job.error is 'Why the last attempt failed.';
comment on column s3cache.job.error_detail is 'The same, for programs: code, operation, bucket, key, request_id, retryable.';
comment on column s3cache.job.enqueued_xid is 'The transaction that enqueued it: wait() refuses to wait inside it.';

create index job_queued_idx on s3cache.job (priority, run_at, id) where state = 'queued';
create index job_waiting_idx on s3cache.job (run_at) where state = 'waiting';
create index job_running_idx on s3cache.job (worker_id) where state = 'running';
create index job_merge_idx on s3cache.job (merge_key, id) where merge_key is not null and state <> 'running';
create index job_serial_idx on s3cache.job (serial_key, id) where serial_key is not null and state <> 'running';
create unique index job_merge_running_idx on s3cache.job (merge_key) where state = 'running';
create unique index job_serial_running_idx on s3cache.job (serial_key) where state = 'running';

create table s3cache.job_history (
    id bigint primary key,
    kind text not null,
    cache_id integer not null,
    cache text not null,
    args jsonb not null,
    state text not null,
    priority smallint not null,
    attempt integer not null,
    max_attempts integer not null,
    merge_key text,
    serial_key text,
    owner text not null,
    queued_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz not null default pg_catalog.clock_timestamp(),
    done bigint,
    total bigint,
    result jsonb,
    error text,
    superseded_by bigint,
    constraint job_history_state_known check (state in ('done', 'failed', 'cancelled', 'superseded'))
);
comment on table s3cache.job_history is 'Jobs that have ended, each exactly once. Read s3cache.jobs; this table also holds arguments.';
comment on column s3cache.job_history.cache is 'The cache''s name at that time; the cache may have been dropped since.';
comment on column s3cache.job_history.state is 'done, failed, cancelled, or superseded: merged into superseded_by, which did its work too.';
comment on column s3cache.job_history.result is 'What the job found or made; of a failed one, {"error": {"code", "operation", "bucket", "key", "request_id", "retryable"}}.';
create index job_history_superseded_idx on s3cache.job_history (superseded_by) where superseded_by is not null;
create index job_history_recent_idx on s3cache.job_history (cache_id, kind, finished_at);
create index job_history_owner_idx on s3cache.job_history (owner, finished_at);

create table s3cache.job_progress (
    job_id bigint primary key,
    done bigint not null,
    total bigint,
    updated_at timestamptz not null default pg_catalog.clock_timestamp()
) with (fillfactor = 50);
comment on table s3cache.job_progress is 'How far running jobs are; written about once a second.';
comment on column s3cache.job_progress.done is 'Items done so far: listed objects of a rebuild, checked rows of a verify.';
comment on column s3cache.job_progress.total is 'The expected number of items; NULL where nobody knows.';

create sequence s3cache.worker_id_seq as bigint;
comment on sequence s3cache.worker_id_seq is 'Identities of worker processes; never reused.';

create table s3cache.worker (
    id bigint primary key default pg_catalog.nextval('s3cache.worker_id_seq'),
    name text not null,
    host text not null,
    pid integer not null,
    version text not null,
    started_at timestamptz not null default pg_catalog.clock_timestamp(),
    heartbeat_at timestamptz not null default pg_catalog.clock_timestamp(),
    lease interval not null,
    state text not null default 'running',
    parked boolean not null default false,
    defaults jsonb not null default '{}',
    constraint worker_lease_range check (lease between interval '1 second' and interval '1 hour'),
    constraint worker_state_known check (state in ('running', 'draining'))
) with (fillfactor = 50);
comment on table s3cache.worker is 'Worker processes that have registered and not left. Read s3cache.workers.';
comment on column s3cache.worker.lease is 'Without a heartbeat for this long the worker counts as dead and its jobs are rescued.';
comment on column s3cache.worker.parked is 'It found nothing to do and waits for a NOTIFY on s3cache_wake.';
comment on column s3cache.worker.defaults is 'Settings from its environment that apply where a cache has none of its own: bucket, endpoint, region, cdn_url, presign_ttl, presign_reuse. Never a secret.';
insert into s3cache.schema_history (file) values ('0002_jobs');

-- schema/0003_rebuild.sql
-- What a rebuild found so far. Unlogged: a crash of the server empties these tables, and the rebuild starts afresh.
-- The checkpoint lives here with the changes, so that one never survives without the other.

create unlogged table s3cache.rebuild_slice (
    job_id bigint not null,
    slice integer not null,
    fence pg_snapshot not null,
    upto text collate "C",
    direct boolean not null,
    counters jsonb not null,
    primary key (job_id, slice)
);
comment on table s3cache.rebuild_slice is 'The slices of the key space that a running rebuild has compared, in order: its checkpoint.';
comment on column s3cache.rebuild_slice.job_id is 'The rebuild.';
comment on column s3cache.rebuild_slice.slice is '0, 1, 2, … in key order.';
comment on column s3cache.rebuild_slice.fence is 'Taken before the slice was listed: only rows last touched by a transaction visible in it may be overwritten or removed.';
comment on column s3cache.rebuild_slice.upto is 'The last key of the slice; NULL when it reached the end.';
comment on column s3cache.rebuild_slice.direct is 'The rebuild began with an empty target, and this slice''s rows were copied straight into it.';
comment on column s3cache.rebuild_slice.counters is 'The rebuild''s running totals after this slice.';

create unlogged table s3cache.rebuild_change (
    job_id bigint not null,
    slice integer not null,
    remove boolean not null,
    filename text collate "C" not null,
    size bigint,
    etag text,
    last_modified timestamptz,
    storage_class text
);
comment on table s3cache.rebuild_change is 'Differences between bucket and table that a rebuild found and has not applied yet: they are applied when the whole listing has succeeded.';
comment on column s3cache.rebuild_change.job_id is 'The rebuild.';
comment on column s3cache.rebuild_change.slice is 'The slice that it was found in.';
comment on column s3cache.rebuild_change.remove is 'true: the row''s object is gone; false: the row is to be added or brought up to date.';
comment on column s3cache.rebuild_change.filename is 'The row''s filename.';
create index rebuild_change_idx on s3cache.rebuild_change (job_id, slice);

create table s3cache.orphan_row (
    cache_id integer not null,
    filename text collate "C" not null,
    problem text not null,
    size bigint,
    last_modified timestamptz,
    job_id bigint not null,
    found_at timestamptz not null default pg_catalog.clock_timestamp(),
    primary key (cache_id, filename),
    constraint orphan_problem_known check (problem in ('object gone', 'no row'))
);
comment on table s3cache.orphan_row is 'What the last dry run of a rebuild found, a row a difference. Read s3cache.orphan.';
insert into s3cache.schema_history (file) values ('0003_rebuild');

-- code/1-private/at_home.sql
-- object: function s3cache.at_home()
create or replace function s3cache.at_home() returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select not exists (
        select
        from s3cache.installation i
        where not exists (
            select
            from pg_catalog.pg_control_system() s, pg_catalog.pg_database d
            where d.datname = current_database()
                and s.system_identifier = i.system_identifier and d.oid = i.database_oid))
$$;
comment on function s3cache.at_home() is
    'Whether this database is the one that s3cache was installed in. False after a dump was restored elsewhere: then workers run nothing until s3cache.resume().';

-- code/1-private/cache_id.sql
-- object: function s3cache.cache_id(text)
create or replace function s3cache.cache_id(cache text) returns integer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    found_id integer;
begin
    if cache = 's3_image_cache' then
        return 1;
    end if;
    select c.id into found_id from s3cache.created_cache c where c.name = cache;
    if not found then
        raise exception using
            errcode = 'undefined_object',
            message = format('There is no cache %s.', coalesce(quote_ident(cache), 'NULL')),
            hint = 'TABLE s3cache.cache lists the caches; SELECT s3cache.create_cache(name, bucket => …) makes one.';
    end if;
    return found_id;
end
$$;
comment on function s3cache.cache_id(text) is
    'The cache_id of a cache by its name; raises undefined_object for an unknown one.';

-- code/1-private/cache_name.sql
-- object: function s3cache.cache_name(integer)
create or replace function s3cache.cache_name(cache_id integer) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select case cache_id
        when 1 then 's3_image_cache'
        else coalesce((select c.name from s3cache.created_cache c where c.id = cache_id), format('dropped cache %s', cache_id))
    end
$$;
comment on function s3cache.cache_name(integer) is 'The name of a cache by its id.';

-- code/1-private/caller.sql
-- object: function s3cache.caller()
create or replace function s3cache.caller() returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(nullif(current_setting('role', true), 'none'), session_user::text)
$$;
comment on function s3cache.caller() is
    'The role that the session acts as, also inside SECURITY DEFINER functions: the label in jobs.owner. Authorises nothing.';

-- code/1-private/check_settings.sql
-- object: function s3cache.check_settings(integer)
create or replace function s3cache.check_settings(cache_id integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    given s3cache.cache_setting;
    applied s3cache.cache;
    refused text;
    offered text;
begin
    select s.* into given from s3cache.cache_setting s where s.cache_id = check_settings.cache_id;
    select c.* into applied from s3cache.cache c where c.id = check_settings.cache_id;

    select v.name, v.value into refused, offered
    from (values
        ('bucket', given.bucket, given.bucket ~ '^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$'),
        ('prefix', given.prefix, octet_length(given.prefix) <= 1000 and given.prefix !~ '[\u0001-\u001f\u007f-\u009f]'),
        ('endpoint', given.endpoint, given.endpoint ~ '^https?://[^/?#@[:space:]]+/?$'),
        ('region', given.region, given.region ~ '^[A-Za-z0-9-]{1,64}$'),
        ('addressing', given.addressing, given.addressing in ('auto', 'path', 'virtual')),
        ('credentials', given.credentials, given.credentials ~ '^[A-Za-z0-9_.-]{1,64}$'),
        ('cdn_url', given.cdn_url, given.cdn_url ~ '^(https?://)?([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[^?#[:space:]]*)?$'),
        ('access', given.access, given.access in ('private', 'public')),
        ('acl', given.acl, given.acl ~ '^[a-z-]{1,64}$'),
        ('cache_control', given.cache_control, given.cache_control ~ '^[\u0020-\u007e]{1,512}$'),
        ('storage_class', given.storage_class, given.storage_class ~ '^[A-Z0-9_]{1,64}$'),
        ('default_image', given.default_image, s3cache.filename_problem(given.default_image) is null),
        ('presign_ttl', given.presign_ttl::text,
            applied.presign_ttl > applied.presign_margin and applied.presign_ttl <= interval '7 days'),
        ('presign_margin', given.presign_margin::text,
            applied.presign_margin >= interval '0' and applied.presign_margin < applied.presign_ttl),
        ('presign_reuse', given.presign_reuse::text,
            given.presign_reuse between interval '1 second' and interval '1 day'),
        ('presign_mode', given.presign_mode, given.presign_mode in ('database', 'worker')),
        ('max_bytes', given.max_bytes::text, given.max_bytes between 1 and 5497558138880),
        ('max_pixels', given.max_pixels::text, given.max_pixels between 1 and 1000000000000),
        ('allowed_types', given.allowed_types::text,
            cardinality(given.allowed_types) between 1 and 100
            and array_ndims(given.allowed_types) = 1
            and not exists (
                select from unnest(given.allowed_types) as t (name) where (t.name ~ '^[a-z0-9.+-]+$') is not true)),
        ('if_exists', given.if_exists, given.if_exists in ('replace', 'skip', 'error')),
        ('environment', given.environment, given.environment ~ '^[A-Za-z0-9-]{1,32}$'),
        ('rebuild_every', given.rebuild_every::text, given.rebuild_every >= interval '1 minute'),
        ('max_delete_fraction', given.max_delete_fraction::text, given.max_delete_fraction between 0 and 1),
        ('hint_interval', given.hint_interval::text,
            given.hint_interval between interval '1 second' and interval '1 day')
    ) as v (name, value, accepted)
    where v.value is not null and v.accepted is not true
    limit 1;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('The setting %s cannot be %L: it takes %s.', refused, left(offered, 200),
                (select d.accepted from s3cache.setting d where d.name = refused)),
            hint = 'TABLE s3cache.setting lists what every setting takes.';
    end if;

    if given.prefix <> '' then
        select o.filename into refused
        from s3cache.object o
        where o.cache_id = check_settings.cache_id
            and octet_length(o.filename) + octet_length(given.prefix) > 1024
        limit 1;
        if found then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('The setting prefix cannot be %L: with the cached filename %s it would exceed the 1024 bytes of a key.',
                    left(given.prefix, 200), to_json(left(refused, 200))),
                hint = 'Forget that row first, or choose a shorter prefix.';
        end if;
    end if;
end
$$;
comment on function s3cache.check_settings(integer) is
    'Raises invalid_parameter_value if a stored setting of the cache is out of range, naming it and what it takes; run after each change, so that the change is undone.';

-- code/1-private/dress_partition.sql
-- object: function s3cache.dress_partition(regclass)
create or replace function s3cache.dress_partition(partition regclass) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    recipient text;
    privileges text;
begin
    execute format(
        'create or replace trigger s3cache_rows_inserted after insert on %s referencing new table as inserted '
        'for each statement execute function s3cache.rows_inserted()', partition);
    execute format(
        'create or replace trigger s3cache_row_touched before update on %s '
        'for each row execute function s3cache.row_touched()', partition);
    for recipient, privileges in
        values ('s3cache_reader', 'select'), ('s3cache_writer', 'insert (filename)'), ('s3cache_admin', 'delete, truncate')
    loop
        continue when not exists (select from pg_catalog.pg_roles r where r.rolname = recipient);
        execute format('grant %s on %s to %I', privileges, partition, recipient);
    end loop;
    execute format('comment on table %s is %L', partition,
        'What s3cache knows of one bucket, a row an object. DELETE and TRUNCATE forget rows, the objects stay; a rebuild brings the rows back.');
    execute format('comment on column %s.id is %L', partition, 'Given at insert, unique over all caches.');
    execute format('comment on column %s.filename is %L', partition, 'The object''s key without the cache''s prefix, 1 to 1024 bytes, ordered by bytes.');
    execute format('comment on column %s.created_at is %L', partition, 'When the row was added.');
    execute format('comment on column %s.updated_at is %L', partition, 'When the row last changed.');
    execute format('comment on column %s.cache_id is %L', partition, 'The cache; the same in all rows of this table.');
    execute format('comment on column %s.size is %L', partition, 'Bytes; NULL while unverified.');
    execute format('comment on column %s.etag is %L', partition, 'Opaque mark of the contents as the store gives it, without quotes.');
    execute format('comment on column %s.last_modified is %L', partition, 'When the object was written, by the store''s clock.');
    execute format('comment on column %s.content_type is %L', partition, 'The object''s media type, where a HEAD or an upload told it.');
    execute format('comment on column %s.storage_class is %L', partition, 'As the store names it, where it does.');
    execute format('comment on column %s.width is %L', partition, 'Pixels, where an upload told it.');
    execute format('comment on column %s.height is %L', partition, 'Pixels, where an upload told it.');
    execute format('comment on column %s.sha256 is %L', partition, 'SHA-256 of the bytes, where an upload told it.');
    execute format('comment on column %s.state is %L', partition, 'unverified: added, not looked at yet; present: seen in the bucket; missing: asked for and not there.');
    execute format('comment on column %s.location is %L', partition, 's3: in the bucket; local: kept by a worker until the bucket takes it.');
    execute format('comment on column %s.verified_at is %L', partition, 'When the store last confirmed the state.');
    execute format('comment on column %s.object_version is %L', partition, 'Rises when the contents change, so that URLs change.');
    execute format('comment on column %s.touched_xid is %L', partition, 'The transaction that last wrote the row: a rebuild leaves rows alone that are newer than its listing.');
end
$$;
comment on function s3cache.dress_partition(regclass) is
    'Gives a cache table its triggers, grants and comments; run for each at its creation and at every upgrade.';

-- code/1-private/end_jobs.sql
-- object: function s3cache.end_jobs(bigint[], text, jsonb[], text[], bigint)
create or replace function s3cache.end_jobs(
    ids bigint[], final_state text, results jsonb[] default null, errors text[] default null,
    superseded_by bigint default null) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    with ended as (
        delete from s3cache.job j where j.id = any (ids) returning j.*
    ), progress as (
        delete from s3cache.job_progress p where p.job_id = any (ids) returning p.job_id, p.done, p.total
    )
    insert into s3cache.job_history (
        id, kind, cache_id, cache, args, state, priority, attempt, max_attempts, merge_key, serial_key, owner,
        queued_at, started_at, done, total, result, error, superseded_by)
    select e.id, e.kind, e.cache_id, s3cache.cache_name(e.cache_id), e.args, final_state, e.priority, e.attempt,
        e.max_attempts, e.merge_key, e.serial_key, e.owner, e.queued_at, e.started_at, p.done, p.total,
        results[array_position(ids, e.id)], errors[array_position(ids, e.id)], end_jobs.superseded_by
    from ended e
    left join progress p on p.job_id = e.id;

    delete from s3cache.rebuild_change c where c.job_id = any (ids);
    delete from s3cache.rebuild_slice s where s.job_id = any (ids);
    perform pg_notify('s3cache_done', id || ' ' || final_state) from unnest(ids) as id;
end
$$;
comment on function s3cache.end_jobs(bigint[], text, jsonb[], text[], bigint) is
    'Moves live jobs to the history in one of the final states, frees what they had staged, and sends NOTIFY s3cache_done for each. The caller holds the rows and has checked their tokens.';

-- code/1-private/enqueue.sql
-- object: function s3cache.enqueue(text, integer, jsonb, text, text, smallint)
create or replace function s3cache.enqueue(
    kind text, cache_id integer, args jsonb, merge_key text, serial_key text, priority smallint) returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    job_id bigint;
begin
    insert into s3cache.job (kind, cache_id, args, merge_key, serial_key, priority, owner)
    values (enqueue.kind, enqueue.cache_id, enqueue.args, enqueue.merge_key, enqueue.serial_key, enqueue.priority,
        s3cache.caller())
    returning id into job_id;
    perform s3cache.wake_workers();
    return job_id;
end
$$;
comment on function s3cache.enqueue(text, integer, jsonb, text, text, smallint) is
    'Adds a job in the caller''s transaction and gives its id. Never waits: duplicates are merged when a worker claims, not here.';

-- code/1-private/enqueued_here.sql
-- object: function s3cache.enqueued_here(bigint)
create or replace function s3cache.enqueued_here(job_id bigint) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from s3cache.job j where j.id = job_id and j.enqueued_xid = pg_current_xact_id_if_assigned())
$$;
comment on function s3cache.enqueued_here(bigint) is 'Whether a job was enqueued in the present transaction.';

-- code/1-private/filename_problem.sql
-- object: function s3cache.filename_problem(text, integer)
create or replace function s3cache.filename_problem(filename text, prefix_length integer default 0) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select case
        when filename is null then 'the filename is NULL; give the object''s key without the cache''s prefix'
        when filename = '' then 'the filename is empty; give the object''s key without the cache''s prefix'
        when octet_length(filename) + prefix_length > 1024 then
            format('prefix and filename have %s bytes of UTF-8; S3 keys have at most 1024',
                octet_length(filename) + prefix_length)
        when filename ~ '[\u0001-\u001f\u007f-\u009f]' then
            'the filename has a control character; rename the object without it'
        when filename ~ '(^|/)\.\.?(/|$)' then
            'the filename has a "." or ".." between slashes; such keys are never written'
    end
$$;
comment on function s3cache.filename_problem(text, integer) is
    'Why a filename may not be written, as the second half of a sentence; NULL if it may. Names that a bucket already holds are listed whatever they look like.';

-- code/1-private/is_admin.sql
-- object: function s3cache.is_admin(text)
create or replace function s3cache.is_admin(role_name text) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select
        from pg_catalog.pg_roles r
        where r.rolname in ('s3cache_admin', 's3cache_owner') and pg_has_role(role_name::name, r.oid, 'member'))
$$;
comment on function s3cache.is_admin(text) is
    'Whether a role is a member of s3cache_admin: such roles see the jobs of all. Where the roles do not exist (installed without CREATEROLE) nobody is.';

-- code/1-private/partition_of.sql
-- object: function s3cache.partition_of(text)
create or replace function s3cache.partition_of(cache text) returns regclass
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select i.inhrelid::regclass
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhrelid
    where i.inhparent = 's3cache.object'::regclass and c.relname = cache
$$;
comment on function s3cache.partition_of(text) is
    'The table of a cache; NULL if there is none. Caches are named as their tables are.';

-- code/1-private/prefix_end.sql
-- object: function s3cache.prefix_end(text)
create or replace function s3cache.prefix_end(prefix text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    shortened text := prefix;
    last_code integer;
begin
    -- UTF-8 sorts as code points do: the end of a prefix is the prefix with its last character one higher.
    while shortened <> '' loop
        last_code := ascii(right(shortened, 1));
        shortened := left(shortened, -1);
        continue when last_code = 1114111;
        return shortened || chr(case last_code when 55295 then 57344 else last_code + 1 end);
    end loop;
    return null;
end
$$;
comment on function s3cache.prefix_end(text) is
    'The smallest text, in byte order, that is greater than every text starting with the prefix; NULL where there is none (an empty prefix). Lets a literal prefix be a range scan: filename >= prefix and filename < prefix_end(prefix).';

-- code/1-private/refuse_argument.sql
-- object: function s3cache.refuse_argument(text, text)
create or replace function s3cache.refuse_argument(function_name text, argument text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = format('%s: the argument %s is not supported yet by this version of s3cache.', function_name, argument),
        hint = 'Leave it at its default.';
end
$$;
comment on function s3cache.refuse_argument(text, text) is
    'Raises feature_not_supported for an argument that is declared but has no effect yet.';

-- code/1-private/requeue_jobs.sql
-- object: function s3cache.requeue_jobs(bigint[])
create or replace function s3cache.requeue_jobs(ids bigint[]) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    unwanted bigint[] := array(select j.id from s3cache.job j where j.id = any (ids) and j.cancel_requested);
    requeued integer;
begin
    if cardinality(unwanted) > 0 then
        perform s3cache.end_jobs(unwanted, 'cancelled');
    end if;
    update s3cache.job j
    set state = 'queued', attempt = greatest(j.attempt - 1, 0), rescues = j.rescues + 1, worker_id = null,
        claim_token = null
    where j.id = any (ids);
    get diagnostics requeued = row_count;
    return requeued;
end
$$;
comment on function s3cache.requeue_jobs(bigint[]) is
    'Takes running jobs from their workers and queues them again without spending an attempt; those that were to be cancelled end so instead. Gives the number of the former. The caller holds the rows.';

-- code/1-private/require_own_job.sql
-- object: function s3cache.require_own_job(bigint)
create or replace function s3cache.require_own_job(job_id bigint) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
        select from s3cache.job j
        where j.id = job_id and (j.owner = s3cache.caller() or s3cache.is_admin(s3cache.caller()))
    ) and not exists (
        select from s3cache.job_history h
        where h.id = job_id and (h.owner = s3cache.caller() or s3cache.is_admin(s3cache.caller()))
    ) then
        raise exception using
            errcode = 'no_data_found',
            message = format('There is no job %s, or it is not yours.', coalesce(job_id::text, 'NULL')),
            hint = 'TABLE s3cache.jobs lists your jobs.';
    end if;
end
$$;
comment on function s3cache.require_own_job(bigint) is
    'Raises no_data_found for a job that is neither the caller''s nor an administrator''s to change.';

-- code/1-private/row_touched.sql
-- object: function s3cache.row_touched()
create or replace function s3cache.row_touched() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    new.touched_xid := pg_current_xact_id();
    new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
    if new.etag is distinct from old.etag and old.etag is not null then
        new.object_version := old.object_version + 1;
    end if;
    return new;
end
$$;
comment on function s3cache.row_touched() is
    'Trigger of every cache table, before a row is updated: advances updated_at, records the writing transaction for the rebuild''s fence, and raises object_version when the contents changed.';

-- code/1-private/rows_inserted.sql
-- object: function s3cache.rows_inserted()
create or replace function s3cache.rows_inserted() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    refused text;
    problem text;
begin
    -- Workers write rows through the parent table, which does not fire this trigger; a restored dump does fire it,
    -- and may hold listed names that nobody may write: only unverified rows of this very transaction are looked at.
    select i.filename, s3cache.filename_problem(i.filename, coalesce(octet_length(c.prefix), 0))
    into refused, problem
    from inserted i
    left join s3cache.cache_setting c on c.cache_id = i.cache_id
    where i.state = 'unverified' and i.touched_xid = pg_current_xact_id()
        and (i.filename ~ '[\u0001-\u001f\u007f-\u009f]' or i.filename ~ '(^|/)\.\.?(/|$)'
            or octet_length(i.filename) + coalesce(octet_length(c.prefix), 0) > 1024)
    limit 1;
    if found then
        raise exception using
            errcode = 'check_violation',
            message = format('Cannot add %s to %s: %s.', to_json(left(refused, 200)), quote_ident(tg_table_name), problem);
    end if;
    if exists (select from inserted i where i.state = 'unverified') then
        perform s3cache.wake_workers();
    end if;
    return null;
end
$$;
comment on function s3cache.rows_inserted() is
    'Trigger of every cache table, once a statement: refuses names that may not be written and wakes a parked worker, which then verifies the new rows.';

-- code/1-private/wake_workers.sql
-- object: function s3cache.wake_workers()
create or replace function s3cache.wake_workers() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from s3cache.worker w where w.parked and w.heartbeat_at + w.lease > clock_timestamp()
    ) then
        perform pg_notify('s3cache_wake', '');
    end if;
end
$$;
comment on function s3cache.wake_workers() is
    'Tells parked workers that there is work. Sends nothing while all are busy: every notifying commit takes a lock that all clients of the cluster share. Polling covers the races.';

-- code/1-private/worker_lives.sql
-- object: function s3cache.worker_lives()
create or replace function s3cache.worker_lives() returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (select from s3cache.worker w where w.heartbeat_at + w.lease > clock_timestamp())
$$;
comment on function s3cache.worker_lives() is 'Whether any worker gave a sign of life within its lease.';

-- code/2-views/1-setting.sql
-- object: view s3cache.setting
create or replace view s3cache.setting as
select s.name, s.default_value, s.accepted, s.description
from (values
    ('bucket', null, 'a bucket name of 3 to 63 characters', 'The bucket; without one the worker''s own default, or the embedded store''s directory itself.'),
    ('prefix', '', 'at most 1000 bytes of UTF-8', 'What every key of the cache starts with; filenames leave it out. A folder ends in a slash.'),
    ('endpoint', null, 'an http or https URL that the worker allows', 'The object store, where it is not AWS.'),
    ('region', 'us-east-1', 'a region name', 'The bucket''s region.'),
    ('addressing', 'auto', 'auto, path or virtual', 'Whether URLs name the bucket in the path or in the host.'),
    ('credentials', null, 'the name of a profile that the worker allows', 'Which of the worker''s credentials to use; never a secret.'),
    ('cdn_url', null, 'an https URL or a host name', 'What public URLs start with.'),
    ('access', 'private', 'private or public', 'Whether objects can be read without a signature.'),
    ('acl', null, 'a canned ACL such as private or public-read', 'Sent with uploads; none by default.'),
    ('cache_control', null, 'a Cache-Control header value', 'Sent with uploads.'),
    ('storage_class', null, 'a storage class name', 'Sent with uploads.'),
    ('default_image', null, 'a filename of the cache', 'What stands in where there is no image.'),
    ('presign_ttl', '01:00:00', 'more than presign_margin, at most 7 days', 'How long presigned URLs live.'),
    ('presign_margin', '00:05:00', '0 seconds or more, less than presign_ttl', 'A URL is never handed out with less life than this.'),
    ('presign_reuse', '1 day', '1 second to 1 day', 'How long the same URL is handed out, at most.'),
    ('presign_mode', 'database', 'database or worker', 'Who signs URLs.'),
    ('versioned_urls', 'false', 'true or false', 'Whether public URLs carry a short etag, so that a replaced object gets a new URL.'),
    ('max_bytes', '52428800', '1 to 5497558138880 (5 TiB)', 'The largest object that is uploaded or fetched.'),
    ('max_pixels', '50000000', '1 to 1000000000000', 'The largest image, width times height.'),
    ('allowed_types', '{jpeg,png,gif,webp,avif,heic,bmp,ico,tiff}', 'a list of type names such as jpeg or pdf', 'What may be uploaded.'),
    ('if_exists', 'replace', 'replace, skip or error', 'What an upload does where the object exists.'),
    ('environment', null, 'letters, digits and hyphens, at most 32', 'Outside production: the suffix that uploads'' keys get.'),
    ('rebuild_every', null, 'at least 1 minute', 'How often the cache is rebuilt unasked; never if not set.'),
    ('max_delete_fraction', '0.5', '0 to 1', 'A rebuild that would remove a larger part of the present rows fails instead, from 100 such rows up.'),
    ('notify_hints', 'true', 'true or false', 'Whether NOTIFY s3cache from application code is heeded.'),
    ('hint_interval', '00:01:00', '1 second to 1 day', 'A hinted rebuild runs at most this often.'),
    ('paused', 'false', 'true or false', 'Whether workers leave the cache''s jobs alone.')
) as s (name, default_value, accepted, description);
comment on view s3cache.setting is
    'What each setting of s3cache.configure() means, what it takes, and its default (NULL: none, or the worker''s).';
comment on column s3cache.setting.name is 'As s3cache.configure() and s3cache.reset() take it.';
comment on column s3cache.setting.default_value is 'What applies where neither s3cache.configure() nor a worker said anything.';
comment on column s3cache.setting.accepted is 'What it takes, in words.';
comment on column s3cache.setting.description is 'What it does.';

-- code/2-views/2-cache.sql
-- object: view s3cache.cache
create or replace view s3cache.cache as
select
    c.id,
    c.name,
    coalesce(s.bucket, d.defaults ->> 'bucket') as bucket,
    coalesce(s.prefix, '') as prefix,
    coalesce(s.endpoint, d.defaults ->> 'endpoint') as endpoint,
    coalesce(s.region, d.defaults ->> 'region', 'us-east-1') as region,
    coalesce(s.addressing, 'auto') as addressing,
    s.credentials,
    coalesce(s.cdn_url, d.defaults ->> 'cdn_url') as cdn_url,
    coalesce(s.access, 'private') as access,
    s.acl,
    s.cache_control,
    s.storage_class,
    s.default_image,
    coalesce(s.presign_ttl, (d.defaults ->> 'presign_ttl')::interval, interval '1 hour') as presign_ttl,
    coalesce(s.presign_margin, interval '5 minutes') as presign_margin,
    coalesce(s.presign_reuse, (d.defaults ->> 'presign_reuse')::interval, interval '1 day') as presign_reuse,
    coalesce(s.presign_mode, 'database') as presign_mode,
    coalesce(s.versioned_urls, false) as versioned_urls,
    coalesce(s.max_bytes, 52428800) as max_bytes,
    coalesce(s.max_pixels, 50000000) as max_pixels,
    coalesce(s.allowed_types, '{jpeg,png,gif,webp,avif,heic,bmp,ico,tiff}') as allowed_types,
    coalesce(s.if_exists, 'replace') as if_exists,
    s.environment,
    s.rebuild_every,
    coalesce(s.max_delete_fraction, 0.5) as max_delete_fraction,
    coalesce(s.notify_hints, true) as notify_hints,
    coalesce(s.hint_interval, interval '60 seconds') as hint_interval,
    coalesce(s.paused, false) as paused
from (
    select 1 as id, 's3_image_cache' as name
    union all
    select created.id, created.name from s3cache.created_cache created
) c
left join s3cache.cache_setting s on s.cache_id = c.id
left join lateral (
    select w.defaults
    from s3cache.worker w
    where w.heartbeat_at + w.lease > pg_catalog.clock_timestamp()
    order by w.id
    limit 1
) d on true;
comment on view s3cache.cache is
    'One row a cache, with every setting as it applies: what s3cache.configure() said, else what a live worker published from its environment, else the built-in default.';
comment on column s3cache.cache.id is 'The cache_id of its rows.';
comment on column s3cache.cache.name is 'Its name, which is also its table''s.';
comment on column s3cache.cache.bucket is 'The bucket; without one the worker''s own default, or the embedded store''s directory itself.';
comment on column s3cache.cache.prefix is 'What every key of the cache starts with; filenames leave it out. A folder ends in a slash.';
comment on column s3cache.cache.endpoint is 'The object store, where it is not AWS.';
comment on column s3cache.cache.region is 'The bucket''s region.';
comment on column s3cache.cache.addressing is 'Whether URLs name the bucket in the path or in the host.';
comment on column s3cache.cache.credentials is 'Which of the worker''s credentials to use; never a secret.';
comment on column s3cache.cache.cdn_url is 'What public URLs start with.';
comment on column s3cache.cache.access is 'Whether objects can be read without a signature.';
comment on column s3cache.cache.acl is 'Sent with uploads; none by default.';
comment on column s3cache.cache.cache_control is 'Sent with uploads.';
comment on column s3cache.cache.storage_class is 'Sent with uploads.';
comment on column s3cache.cache.default_image is 'What stands in where there is no image.';
comment on column s3cache.cache.presign_ttl is 'How long presigned URLs live.';
comment on column s3cache.cache.presign_margin is 'A URL is never handed out with less life than this.';
comment on column s3cache.cache.presign_reuse is 'How long the same URL is handed out, at most.';
comment on column s3cache.cache.presign_mode is 'Who signs URLs.';
comment on column s3cache.cache.versioned_urls is 'Whether public URLs carry a short etag, so that a replaced object gets a new URL.';
comment on column s3cache.cache.max_bytes is 'The largest object that is uploaded or fetched.';
comment on column s3cache.cache.max_pixels is 'The largest image, width times height.';
comment on column s3cache.cache.allowed_types is 'What may be uploaded.';
comment on column s3cache.cache.if_exists is 'What an upload does where the object exists.';
comment on column s3cache.cache.environment is 'Outside production: the suffix that uploads'' keys get.';
comment on column s3cache.cache.rebuild_every is 'How often the cache is rebuilt unasked; never if not set.';
comment on column s3cache.cache.max_delete_fraction is 'A rebuild that would remove a larger part of the present rows fails instead, from 100 such rows up.';
comment on column s3cache.cache.notify_hints is 'Whether NOTIFY s3cache from application code is heeded.';
comment on column s3cache.cache.hint_interval is 'A hinted rebuild runs at most this often.';
comment on column s3cache.cache.paused is 'Whether workers leave the cache''s jobs alone.';

-- code/2-views/3-jobs.sql
-- object: view s3cache.jobs
create or replace view s3cache.jobs with (security_barrier) as
-- The condition stands outside of the UNION: PostgreSQL 15 lets the caller's own conditions into a barrier view that is a
-- UNION itself, and a function in them would be shown every row.
select u.id, u.kind, u.cache, u.state, u.done, u.total, u.attempt, u.queued_at, u.started_at, u.finished_at, u.result,
    u.error, u.owner, u.superseded_by
from (
    select j.id, j.kind, s3cache.cache_name(j.cache_id) as cache, j.state, p.done, p.total, j.attempt, j.queued_at,
        j.started_at, null::timestamptz as finished_at,
        case when j.error_detail is null then null else pg_catalog.jsonb_build_object('error', j.error_detail) end as result,
        j.error, j.owner, null::bigint as superseded_by
    from s3cache.job j
    left join s3cache.job_progress p on p.job_id = j.id
    union all
    select h.id, h.kind, h.cache, h.state, h.done, h.total, h.attempt, h.queued_at, h.started_at, h.finished_at, h.result,
        h.error, h.owner, h.superseded_by
    from s3cache.job_history h
) u
where u.owner = (select s3cache.caller()) or (select s3cache.is_admin(current_user))
    or exists (select from s3cache.job_history m where m.superseded_by = u.id and m.owner = (select s3cache.caller()));
comment on view s3cache.jobs is
    'Your jobs, live and ended, and those that yours were merged into; members of s3cache_admin see all.';
comment on column s3cache.jobs.id is 'What the function that enqueued it returned.';
comment on column s3cache.jobs.kind is 'What is to be done: rebuild, verify.';
comment on column s3cache.jobs.cache is 'The cache''s name.';
comment on column s3cache.jobs.state is 'queued, waiting (for a retry), running; then done, failed, cancelled or superseded.';
comment on column s3cache.jobs.done is 'Items done so far, about a second old.';
comment on column s3cache.jobs.total is 'The expected number of items, where it is known.';
comment on column s3cache.jobs.attempt is 'How often it was started.';
comment on column s3cache.jobs.queued_at is 'When it was enqueued.';
comment on column s3cache.jobs.started_at is 'When its last attempt began.';
comment on column s3cache.jobs.finished_at is 'When it ended; NULL before.';
comment on column s3cache.jobs.result is 'What it found or made; of a failed one {"error": {…}}.';
comment on column s3cache.jobs.error is 'Why it failed, or why its last attempt did, in one sentence.';
comment on column s3cache.jobs.owner is 'The role that asked for it.';
comment on column s3cache.jobs.superseded_by is 'The job that did this one''s work.';

-- code/2-views/4-workers.sql
-- object: view s3cache.workers
create or replace view s3cache.workers as
select w.id, w.name, w.host, w.pid, w.version,
    case
        when w.heartbeat_at + w.lease <= pg_catalog.clock_timestamp() then 'dead'
        when not s3cache.at_home() then 'held'
        when w.state = 'draining' then 'draining'
        when w.parked then 'idle'
        else 'busy'
    end as state,
    (select pg_catalog.count(*) from s3cache.job j where j.worker_id = w.id and j.state = 'running') as running,
    w.started_at, w.heartbeat_at, w.lease
from s3cache.worker w;
comment on view s3cache.workers is
    'The worker processes. state: idle, busy, draining (leaving), dead (no heartbeat for its lease), or held (this database was restored from a dump: SELECT s3cache.resume() lets them run).';
comment on column s3cache.workers.id is 'The process''s identity; never reused.';
comment on column s3cache.workers.name is 'As it was started: host and process id unless named.';
comment on column s3cache.workers.host is 'The machine it runs on.';
comment on column s3cache.workers.pid is 'Its process id there.';
comment on column s3cache.workers.version is 'The version of the program.';
comment on column s3cache.workers.state is 'idle, busy, draining, dead or held.';
comment on column s3cache.workers.running is 'How many jobs it runs now.';
comment on column s3cache.workers.started_at is 'When it registered.';
comment on column s3cache.workers.heartbeat_at is 'When it last gave a sign of life.';
comment on column s3cache.workers.lease is 'Without one for this long it counts as dead.';

-- code/2-views/5-orphan.sql
-- object: view s3cache.orphan
create or replace view s3cache.orphan as
select s3cache.cache_name(o.cache_id) as cache, o.filename, o.problem, o.size, o.last_modified, o.job_id, o.found_at
from s3cache.orphan_row o;
comment on view s3cache.orphan is
    'Where table and bucket disagreed at the last dry run, SELECT s3cache.rebuild(dry_run => true): rows whose object is gone, and objects with no row.';
comment on column s3cache.orphan.cache is 'The cache''s name.';
comment on column s3cache.orphan.filename is 'The row''s or the object''s filename.';
comment on column s3cache.orphan.problem is '''object gone'': a row without its object; ''no row'': an object without a row.';
comment on column s3cache.orphan.size is 'Bytes of the object, where there is one.';
comment on column s3cache.orphan.last_modified is 'When the object was written, where there is one.';
comment on column s3cache.orphan.job_id is 'The dry run that found it.';
comment on column s3cache.orphan.found_at is 'When.';

-- code/2-views/6-metrics.sql
-- object: view s3cache.metrics
create or replace view s3cache.metrics as
select 's3cache_jobs' as name, pg_catalog.count(*)::double precision as value,
    pg_catalog.jsonb_build_object('kind', j.kind, 'state', j.state) as labels
from s3cache.job j group by j.kind, j.state
union all
select 's3cache_queue_age_seconds',
    coalesce(extract(epoch from pg_catalog.clock_timestamp() - pg_catalog.min(j.run_at)), 0)::double precision, '{}'
from s3cache.job j where j.state = 'queued'
union all
select 's3cache_workers', pg_catalog.count(*)::double precision, pg_catalog.jsonb_build_object('state', w.state)
from s3cache.workers w group by w.state;
comment on view s3cache.metrics is
    'Counts worth watching, a row each: live jobs by kind and state, the age of the oldest queued job, workers by state.';
comment on column s3cache.metrics.name is 'The metric''s name as /metrics prints it.';
comment on column s3cache.metrics.value is 'Its value now.';
comment on column s3cache.metrics.labels is 'Its labels.';

-- code/3-public/archive.sql
-- object: function s3cache.archive(text, bigint, integer, boolean, boolean)
create or replace function s3cache.archive(
    binding text,
    limit_rows bigint default null,
    batch_size integer default 50,
    dry_run boolean default false,
    force boolean default false)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.archive() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.archive(text, bigint, integer, boolean, boolean) is
    'Uploads the files of bound rows that have no URL yet; gives a job id. Not supported yet: raises feature_not_supported.';

-- code/3-public/archive_stats.sql
-- object: function s3cache.archive_stats(text)
create or replace function s3cache.archive_stats(binding text)
returns table (media_type text, total bigint, archived bigint, not_archived bigint, archived_percent numeric)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.archive_stats() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.archive_stats(text) is
    'Archived and other rows of a bound table, by type; the row with media_type NULL is the total. Not supported yet: raises feature_not_supported.';

-- code/3-public/bind.sql
-- object: function s3cache.bind(regclass, text, text, text, text, text, text, text, text, text)
create or replace function s3cache.bind(
    table_name regclass,
    key text,
    cache text default 's3_image_cache',
    url_column text default null,
    url_style text default null,
    path_column text default null,
    md5_column text default null,
    mime_column text default null,
    type_column text default null,
    root text default null)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.bind() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.bind(regclass, text, text, text, text, text, text, text, text, text) is
    'Binds the rows of a table to objects by a key template. Not supported yet: raises feature_not_supported.';

-- code/3-public/cancel.sql
-- object: function s3cache.cancel(bigint)
create or replace function s3cache.cancel(job_id bigint) returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    job_state text;
begin
    perform s3cache.require_own_job(job_id);
    -- Weak enough to wait neither for the worker's writes under its claim, nor to hold them up.
    select j.state into job_state from s3cache.job j where j.id = job_id for no key update;
    if not found then
        return false;
    elsif job_state = 'running' then
        update s3cache.job j set cancel_requested = true where j.id = job_id;
        perform pg_notify('s3cache_wake', 'cancel');
    else
        perform s3cache.end_jobs(array[job_id], 'cancelled');
    end if;
    return true;
end
$$;
comment on function s3cache.cancel(bigint) is
    'Cancels a job of yours: at once if it has not started, else its worker stops it and undoes nothing that it had written. False if it had ended already.';

-- code/3-public/configure.sql
-- object: function s3cache.configure(text, text, text, text, text, text, text, text, text, text, text, text, text, interval, interval, interval, text, boolean, bigint, bigint, text[], text, text, interval, numeric, boolean, interval, boolean)
create or replace function s3cache.configure(
    cache text default 's3_image_cache',
    bucket text default null,
    prefix text default null,
    endpoint text default null,
    region text default null,
    addressing text default null,
    credentials text default null,
    cdn_url text default null,
    access text default null,
    acl text default null,
    cache_control text default null,
    storage_class text default null,
    default_image text default null,
    presign_ttl interval default null,
    presign_margin interval default null,
    presign_reuse interval default null,
    presign_mode text default null,
    versioned_urls boolean default null,
    max_bytes bigint default null,
    max_pixels bigint default null,
    allowed_types text[] default null,
    if_exists text default null,
    environment text default null,
    rebuild_every interval default null,
    max_delete_fraction numeric default null,
    notify_hints boolean default null,
    hint_interval interval default null,
    paused boolean default null) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    configured integer := s3cache.cache_id(cache);
begin
    insert into s3cache.cache_setting as s (
        cache_id, bucket, prefix, endpoint, region, addressing, credentials, cdn_url, access, acl, cache_control,
        storage_class, default_image, presign_ttl, presign_margin, presign_reuse, presign_mode, versioned_urls,
        max_bytes, max_pixels, allowed_types, if_exists, environment, rebuild_every, max_delete_fraction,
        notify_hints, hint_interval, paused)
    values (
        configured, configure.bucket, configure.prefix, configure.endpoint, configure.region, configure.addressing,
        configure.credentials, configure.cdn_url, configure.access, configure.acl, configure.cache_control,
        configure.storage_class, configure.default_image, configure.presign_ttl, configure.presign_margin,
        configure.presign_reuse, configure.presign_mode, configure.versioned_urls, configure.max_bytes,
        configure.max_pixels, configure.allowed_types, configure.if_exists, configure.environment,
        configure.rebuild_every, configure.max_delete_fraction, configure.notify_hints, configure.hint_interval,
        configure.paused)
    on conflict on constraint cache_setting_pkey do update set
        bucket = coalesce(excluded.bucket, s.bucket),
        prefix = coalesce(excluded.prefix, s.prefix),
        endpoint = coalesce(excluded.endpoint, s.endpoint),
        region = coalesce(excluded.region, s.region),
        addressing = coalesce(excluded.addressing, s.addressing),
        credentials = coalesce(excluded.credentials, s.credentials),
        cdn_url = coalesce(excluded.cdn_url, s.cdn_url),
        access = coalesce(excluded.access, s.access),
        acl = coalesce(excluded.acl, s.acl),
        cache_control = coalesce(excluded.cache_control, s.cache_control),
        storage_class = coalesce(excluded.storage_class, s.storage_class),
        default_image = coalesce(excluded.default_image, s.default_image),
        presign_ttl = coalesce(excluded.presign_ttl, s.presign_ttl),
        presign_margin = coalesce(excluded.presign_margin, s.presign_margin),
        presign_reuse = coalesce(excluded.presign_reuse, s.presign_reuse),
        presign_mode = coalesce(excluded.presign_mode, s.presign_mode),
        versioned_urls = coalesce(excluded.versioned_urls, s.versioned_urls),
        max_bytes = coalesce(excluded.max_bytes, s.max_bytes),
        max_pixels = coalesce(excluded.max_pixels, s.max_pixels),
        allowed_types = coalesce(excluded.allowed_types, s.allowed_types),
        if_exists = coalesce(excluded.if_exists, s.if_exists),
        environment = coalesce(excluded.environment, s.environment),
        rebuild_every = coalesce(excluded.rebuild_every, s.rebuild_every),
        max_delete_fraction = coalesce(excluded.max_delete_fraction, s.max_delete_fraction),
        notify_hints = coalesce(excluded.notify_hints, s.notify_hints),
        hint_interval = coalesce(excluded.hint_interval, s.hint_interval),
        paused = coalesce(excluded.paused, s.paused);
    perform s3cache.check_settings(configured);
    if configure.paused = false then
        perform s3cache.wake_workers();
    end if;
end
$$;
comment on function s3cache.configure is
    'Changes settings of a cache; what is left out or NULL stays as it is. A value out of range is refused, and nothing changes. s3cache.setting says what each setting means and takes, s3cache.cache what applies. Changing bucket or prefix leaves the rows until the next rebuild.';

-- code/3-public/content.sql
-- object: function s3cache.content(bigint)
create or replace function s3cache.content(job_id bigint)
returns bytea
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.content() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.content(bigint) is
    'The bytes that a read job of the caller fetched; kept for an hour. Not supported yet: raises feature_not_supported.';

-- code/3-public/create_cache.sql
-- object: function s3cache.create_cache(text, text, text)
create or replace function s3cache.create_cache(name text, bucket text default null, prefix text default null)
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    new_id integer;
    facade name;
    partition text;
begin
    if name is null or name !~ '^[a-z_][a-z0-9_]{0,43}$' then
        raise exception using
            errcode = 'invalid_name',
            message = format('%s cannot name a cache.', coalesce(quote_literal(left(name, 200)), 'NULL')),
            hint = 'A cache''s name is also its table''s: lower-case letters, digits and underscores, not starting with a digit, at most 44 characters.';
    end if;
    if name = 's3_image_cache' or exists (select from s3cache.created_cache c where c.name = create_cache.name) then
        raise exception using
            errcode = 'duplicate_object',
            message = format('There is a cache %I already.', name),
            hint = 'Change its settings with s3cache.configure(), or choose another name.';
    end if;
    select c.relnamespace::regnamespace::text into facade
    from pg_catalog.pg_class c
    where c.oid = s3cache.partition_of('s3_image_cache');
    partition := format('%s.%I', facade, name);
    if to_regclass(partition) is not null then
        raise exception using
            errcode = 'duplicate_table',
            message = format('There is a table or view %s already, which is no cache.', partition),
            hint = 'Choose another name.';
    end if;

    new_id := nextval('s3cache.cache_id_seq');
    insert into s3cache.created_cache (id, name) values (new_id, create_cache.name);
    execute format('create table %s (like s3cache.object including defaults including constraints)', partition);
    execute format('revoke all on %s from public', partition);
    execute format('alter table %s alter column cache_id set default %s', partition, new_id);
    execute format('alter table %s add primary key (id)', partition);
    execute format('alter table %s add unique (filename)', partition);
    execute format('create index on %s (created_at)', partition);
    execute format('create index %I on %s ((pg_catalog.lower(filename collate "default") collate "C")) '
        'where pg_catalog.lower(filename) <> filename or pg_catalog.octet_length(filename) <> pg_catalog.length(filename)',
        name || '_lower_idx', partition);
    execute format('create index %I on %s (filename) where state = ''unverified''', name || '_unverified_idx', partition);
    execute format('alter table s3cache.object attach partition %s for values in (%s)', partition, new_id);
    perform s3cache.dress_partition(partition::regclass);
    if bucket is not null or prefix is not null then
        perform s3cache.configure(name, bucket => create_cache.bucket, prefix => create_cache.prefix);
    end if;
    return name;
end
$$;
comment on function s3cache.create_cache(text, text, text) is
    'Makes a cache and its table, named alike, beside s3_image_cache; gives the name. bucket and prefix as for s3cache.configure(), which takes all other settings.';

-- code/3-public/delete_object.sql
-- object: function s3cache.delete_object(text, text)
create or replace function s3cache.delete_object(filename text, cache text default 's3_image_cache')
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.delete_object() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.delete_object(text, text) is
    'Deletes an object and its row; gives a job id. Not supported yet: raises feature_not_supported.';

-- code/3-public/drop_cache.sql
-- object: function s3cache.drop_cache(text)
create or replace function s3cache.drop_cache(cache text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    dropped integer := s3cache.cache_id(cache);
    partition regclass := s3cache.partition_of(cache);
begin
    if dropped = 1 then
        raise exception using
            errcode = 'dependent_objects_still_exist',
            message = 'The default cache s3_image_cache cannot be dropped.',
            hint = 'SELECT clear_s3_cache(); forgets its rows; DROP EXTENSION s3cache removes everything.';
    end if;
    perform s3cache.end_jobs(array(select j.id from s3cache.job j where j.cache_id = dropped for update), 'cancelled',
        null, null, null);
    delete from s3cache.created_cache c where c.id = dropped;
    delete from s3cache.cache_setting s where s.cache_id = dropped;
    delete from s3cache.cache_state s where s.cache_id = dropped;
    delete from s3cache.tombstone t where t.cache_id = dropped;
    delete from s3cache.orphan_row o where o.cache_id = dropped;
    execute format('drop table %s', partition);
end
$$;
comment on function s3cache.drop_cache(text) is
    'Drops a cache: its table, settings and live jobs. The objects stay in the bucket. Refused while views of yours depend on the table.';

-- code/3-public/fetch.sql
-- object: function s3cache.fetch(text, text, text, text, text)
create or replace function s3cache.fetch(
    url text,
    filename text default null,
    category text default null,
    idempotency_key text default null,
    cache text default 's3_image_cache')
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.fetch() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.fetch(text, text, text, text, text) is
    'Downloads a URL and stores the result; gives a job id. Not supported yet: raises feature_not_supported.';

-- code/3-public/images.sql
-- object: function s3cache.images(text, text, boolean, bigint, text)
create or replace function s3cache.images(
    prefix text, cache text default 's3_image_cache', force_refresh boolean default false,
    limit_rows bigint default null, after text default null) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    looked_in integer := s3cache.cache_id(cache);
    key_prefix text := coalesce((select s.prefix from s3cache.cache_setting s where s.cache_id = looked_in), '');
    items jsonb;
begin
    if force_refresh then
        perform s3cache.refuse_argument('s3cache.images', 'force_refresh');
    end if;
    if limit_rows < 0 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('limit_rows cannot be %s: it takes 0 or more, or NULL for no limit.', limit_rows);
    end if;
    select jsonb_agg(
        jsonb_build_object(
            'url', null, 'filename', regexp_replace(o.filename, '^.*/', ''), 'key', key_prefix || o.filename,
            'expires_at', null, 'error', 'this version of s3cache cannot make URLs yet')
        order by o.filename)
    into items
    from (
        select i.filename
        from s3cache.object i
        where i.cache_id = looked_in and i.state <> 'missing'
            and i.filename >= coalesce(images.prefix, '') and i.filename ^@ coalesce(images.prefix, '')
            and (s3cache.prefix_end(coalesce(images.prefix, '')) is null
                or i.filename < s3cache.prefix_end(coalesce(images.prefix, '')))
            and right(i.filename, 1) <> '/'
            and (images.after is null or i.filename > images.after)
        order by i.filename
        limit limit_rows
    ) o;
    return coalesce(items, '[]');
exception
    when program_limit_exceeded then
        raise exception using
            errcode = 'program_limit_exceeded',
            message = format('The images under %L do not fit into one jsonb value.', images.prefix),
            hint = 'Read them in parts: s3cache.images(…, limit_rows => 100000, after => the last filename of the part before).';
end
$$;
comment on function s3cache.images(text, text, boolean, bigint, text) is
    'The files whose name starts with prefix, literally, as a jsonb array in byte order: [{"url", "filename", "key", "expires_at", "error"}, …]; filename is the last path segment, key the whole key. Missing ones and names ending in a slash are left out. after: only filenames greater than this; limit_rows: at most so many. This version gives url and expires_at as null and says so in error.';

-- code/3-public/images_of.sql
-- object: function s3cache.images_of(text, text)
create or replace function s3cache.images_of(binding text, row_id text)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.images_of() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.images_of(text, text) is
    'The images of one row of a bound table, as s3cache.images() gives them. Not supported yet: raises feature_not_supported.';

-- code/3-public/ingest_event.sql
-- object: function s3cache.ingest_event(jsonb)
create or replace function s3cache.ingest_event(event jsonb)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.ingest_event() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.ingest_event(jsonb) is
    'Applies S3 event notifications to the cache; gives the number of records applied. Not supported yet: raises feature_not_supported.';

-- code/3-public/invalidate.sql
-- object: function s3cache.invalidate(text, text)
create or replace function s3cache.invalidate(prefix text, cache text default 's3_image_cache')
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.invalidate() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.invalidate(text, text) is
    'Makes the next read give fresh URLs for all filenames that start with the prefix; NULL: for all. Not supported yet: raises feature_not_supported.';

-- code/3-public/key_of.sql
-- object: function s3cache.key_of(text, text)
create or replace function s3cache.key_of(url text, cache text default 's3_image_cache')
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.key_of() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.key_of(text, text) is
    'The key behind a URL of ours; NULL for foreign ones. Not supported yet: raises feature_not_supported.';

-- code/3-public/presign.sql
-- object: function s3cache.presign(text[], text)
create or replace function s3cache.presign(filenames text[], cache text default 's3_image_cache')
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.presign() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.presign(text[], text) is
    'Has a worker sign URLs and write them to s3cache.presigned; gives a job id. Not supported yet: raises feature_not_supported.';

-- code/3-public/presigned_url.sql
-- object: function s3cache.presigned_url(text, interval, text, text, text, boolean, text)
create or replace function s3cache.presigned_url(
    filename text,
    expires interval default null,
    method text default 'GET',
    response_content_disposition text default null,
    response_content_type text default null,
    force_refresh boolean default false,
    cache text default 's3_image_cache')
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.presigned_url() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.presigned_url(text, interval, text, text, text, boolean, text) is
    'A presigned URL of a file; expires replaces the cache''s presign_ttl (1 second to 7 days). Not supported yet: raises feature_not_supported.';

-- code/3-public/primary_image.sql
-- object: function s3cache.primary_image(text, text, boolean)
create or replace function s3cache.primary_image(
    prefix text, cache text default 's3_image_cache', force_refresh boolean default false) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select s3cache.images(prefix, cache, force_refresh, 1) -> 0
$$;
comment on function s3cache.primary_image(text, text, boolean) is
    'The first element of s3cache.images(); NULL if there is none.';

-- code/3-public/primary_image_of.sql
-- object: function s3cache.primary_image_of(text, text)
create or replace function s3cache.primary_image_of(binding text, row_id text)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.primary_image_of() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.primary_image_of(text, text) is
    'The first image of one row of a bound table; NULL if it has none. Not supported yet: raises feature_not_supported.';

-- code/3-public/public_url.sql
-- object: function s3cache.public_url(text, text)
create or replace function s3cache.public_url(filename text, cache text default 's3_image_cache')
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.public_url() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.public_url(text, text) is
    'The URL of a file in a bucket that can be read without a signature, or through the CDN. Not supported yet: raises feature_not_supported.';

-- code/3-public/read.sql
-- object: function s3cache.read(text, bigint, text)
create or replace function s3cache.read(filename text, max_bytes bigint default null, cache text default 's3_image_cache')
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.read() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.read(text, bigint, text) is
    'Reads an object; gives a job id for s3cache.content(). Not supported yet: raises feature_not_supported.';

-- code/3-public/rebuild.sql
-- object: function s3cache.rebuild(text, text, boolean, boolean, text)
create or replace function s3cache.rebuild(
    cache text default 's3_image_cache', prefix text default null, dry_run boolean default false,
    force boolean default false, inventory text default null) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    rebuilt integer := s3cache.cache_id(cache);
    arguments jsonb := jsonb_build_object(
        'prefix', coalesce(prefix, ''), 'dry_run', coalesce(dry_run, false), 'force', coalesce(force, false));
begin
    if inventory is not null then
        perform s3cache.refuse_argument('s3cache.rebuild', 'inventory');
    end if;
    if octet_length(prefix) > 1024 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('The prefix has %s bytes; keys have at most 1024.', octet_length(prefix));
    end if;
    return s3cache.enqueue('rebuild', rebuilt, arguments, format('rebuild/%s/%s', rebuilt, arguments),
        format('rebuild/%s', rebuilt), 10::smallint);
end
$$;
comment on function s3cache.rebuild(text, text, boolean, boolean, text) is
    'Makes the table equal to the bucket; gives a job id at once, and never waits. prefix: only filenames that start with it. dry_run: only fills s3cache.orphan. force: also where more than max_delete_fraction of the rows would go. inventory: not supported yet. Readers never see a file vanish that was there all along; a listing that fails changes nothing. The result is {"listed", "added", "updated", "removed", "unchanged", "pages", "seconds"}.';

-- code/3-public/rename_object.sql
-- object: function s3cache.rename_object(text, text, text)
create or replace function s3cache.rename_object(filename text, new_filename text, cache text default 's3_image_cache')
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.rename_object() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.rename_object(text, text, text) is
    'Renames an object and its row; gives a job id. Not supported yet: raises feature_not_supported.';

-- code/3-public/reset.sql
-- object: function s3cache.reset(text, text)
create or replace function s3cache.reset(cache text, setting text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    reset_id integer := s3cache.cache_id(cache);
begin
    if not exists (select from s3cache.setting s where s.name = setting) then
        raise exception using
            errcode = 'undefined_parameter',
            message = format('There is no setting %L.', setting),
            hint = 'TABLE s3cache.setting lists the settings.';
    end if;
    -- The name was just found among ours, and format quotes it.
    execute format('update s3cache.cache_setting set %I = null where cache_id = $1', setting) using reset_id;
    perform s3cache.check_settings(reset_id);
end
$$;
comment on function s3cache.reset(text, text) is
    'Puts one setting of a cache back to its default. Refused where the default would contradict another setting.';

-- code/3-public/resume.sql
-- object: function s3cache.resume()
create or replace function s3cache.resume() returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not s3cache.at_home() then
        delete from s3cache.installation i where true;
        insert into s3cache.installation (system_identifier, database_oid)
        select s.system_identifier, d.oid
        from pg_catalog.pg_control_system() s, pg_catalog.pg_database d
        where d.datname = current_database();
        -- Transaction ids of the other cluster mean nothing here.
        update s3cache.job j set enqueued_xid = '3' where j.enqueued_xid is distinct from '3';
        -- Neither do snapshots: rebuilds that had begun list anew.
        delete from s3cache.rebuild_change c where true;
        delete from s3cache.rebuild_slice s where true;
        delete from s3cache.worker w where w.heartbeat_at + w.lease <= clock_timestamp();
    end if;
    perform s3cache.wake_workers();
    return (select count(*) from s3cache.job j);
end
$$;
comment on function s3cache.resume() is
    'Lets workers run in a database that was restored from a dump; gives the number of unfinished jobs that they will now run. Until then they run nothing, so that a copy does not do the original''s deletes; cancel what is not wanted first. Harmless elsewhere.';

-- code/3-public/retry.sql
-- object: function s3cache.retry(bigint)
create or replace function s3cache.retry(job_id bigint) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    ended s3cache.job_history;
begin
    perform s3cache.require_own_job(job_id);
    update s3cache.job j set state = 'queued', run_at = clock_timestamp() where j.id = job_id and j.state = 'waiting';
    if found then
        perform s3cache.wake_workers();
        return job_id;
    end if;
    select h.* into ended from s3cache.job_history h where h.id = job_id and h.state in ('failed', 'cancelled');
    if not found then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('Job %s has neither failed nor been cancelled.', job_id),
            hint = 'Enqueue it anew to do its work once more.';
    end if;
    if s3cache.cache_id(ended.cache) <> ended.cache_id then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('Job %s belongs to a cache %I that was dropped since.', job_id, ended.cache),
            hint = 'Enqueue its work anew for the present cache of that name.';
    end if;
    return s3cache.enqueue(ended.kind, ended.cache_id, ended.args, ended.merge_key, ended.serial_key, ended.priority);
end
$$;
comment on function s3cache.retry(bigint) is
    'Runs a failed or cancelled job of yours again: as a new job with the same arguments, whose id it gives. A job that waits for a retry is started now, and its own id given.';

-- code/3-public/stats.sql
-- object: function s3cache.stats(text)
create or replace function s3cache.stats(cache text default 's3_image_cache')
returns table (files bigint, bytes bigint, unverified bigint, missing bigint, last_rebuild_at timestamptz, last_rebuild jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    counted integer := s3cache.cache_id(cache);
begin
    return query
        select count(*) filter (where o.state <> 'missing'),
            coalesce(sum(o.size) filter (where o.state <> 'missing'), 0)::bigint,
            count(*) filter (where o.state = 'unverified'),
            count(*) filter (where o.state = 'missing'),
            (select s.last_rebuild_at from s3cache.cache_state s where s.cache_id = counted),
            (select s.last_rebuild from s3cache.cache_state s where s.cache_id = counted)
        from s3cache.object o
        where o.cache_id = counted;
end
$$;
comment on function s3cache.stats(text) is
    'One row about a cache. files and bytes: rows not known to be missing, and their sizes where known; unverified and missing: rows in these states; last_rebuild_at and last_rebuild: when a full rebuild last ended well, and its result. Counts the rows: about 0.1 s a million.';

-- code/3-public/unbind.sql
-- object: function s3cache.unbind(regclass)
create or replace function s3cache.unbind(table_name regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.unbind() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.unbind(regclass) is
    'Removes a table''s binding; rows and objects stay. Not supported yet: raises feature_not_supported.';

-- code/3-public/upload.sql
-- object: function s3cache.upload(text, bytea, text, jsonb, text, text, text, text, text)
create or replace function s3cache.upload(
    filename text,
    content bytea,
    content_type text default null,
    metadata jsonb default '{}',
    cache_control text default null,
    category text default null,
    if_exists text default null,
    idempotency_key text default null,
    cache text default 's3_image_cache')
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.upload() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.upload(text, bytea, text, jsonb, text, text, text, text, text) is
    'Uploads bytes as an object, in the caller''s transaction; gives a job id. Not supported yet: raises feature_not_supported.';

-- code/3-public/upload_data_uri.sql
-- object: function s3cache.upload_data_uri(text, text, text, jsonb, text, text, text, text, text)
create or replace function s3cache.upload_data_uri(
    filename text,
    data_uri text,
    content_type text default null,
    metadata jsonb default '{}',
    cache_control text default null,
    category text default null,
    if_exists text default null,
    idempotency_key text default null,
    cache text default 's3_image_cache')
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.upload_data_uri() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.upload_data_uri(text, text, text, jsonb, text, text, text, text, text) is
    'Uploads the contents of a data: URI; gives a job id. Not supported yet: raises feature_not_supported.';

-- code/3-public/upload_file.sql
-- object: function s3cache.upload_file(text, text, text, jsonb, text, text, text, text, text)
create or replace function s3cache.upload_file(
    filename text,
    path text,
    content_type text default null,
    metadata jsonb default '{}',
    cache_control text default null,
    category text default null,
    if_exists text default null,
    idempotency_key text default null,
    cache text default 's3_image_cache')
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.upload_file() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.upload_file(text, text, text, jsonb, text, text, text, text, text) is
    'Uploads a file under one of the worker''s allowed roots; gives a job id. Not supported yet: raises feature_not_supported.';

-- code/3-public/upload_form.sql
-- object: function s3cache.upload_form(text, text, bigint, interval, text)
create or replace function s3cache.upload_form(
    filename text,
    content_type text default null,
    max_bytes bigint default null,
    expires interval default interval '15 minutes',
    cache text default 's3_image_cache')
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.upload_form() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.upload_form(text, text, bigint, interval, text) is
    'A POST policy with which a browser form can upload one file: {"url", "fields"}. Not supported yet: raises feature_not_supported.';

-- code/3-public/upload_url.sql
-- object: function s3cache.upload_url(text, text, interval, text)
create or replace function s3cache.upload_url(
    filename text,
    content_type text default null,
    expires interval default interval '15 minutes',
    cache text default 's3_image_cache')
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.upload_url() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.upload_url(text, text, interval, text) is
    'A presigned PUT URL with which a browser can upload one file. Not supported yet: raises feature_not_supported.';

-- code/3-public/url.sql
-- object: function s3cache.url(text, text)
create or replace function s3cache.url(filename text, cache text default 's3_image_cache')
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'feature_not_supported',
        message = 's3cache.url() is not supported yet by this version of s3cache.';
end
$$;
comment on function s3cache.url(text, text) is
    'The URL to hand out for a file: the CDN''s, else the public one, else a presigned one. Not supported yet: raises feature_not_supported.';

-- code/3-public/verify.sql
-- object: function s3cache.verify(text, text, bigint)
create or replace function s3cache.verify(
    cache text default 's3_image_cache', prefix text default null, limit_rows bigint default null) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    verified integer := s3cache.cache_id(cache);
    arguments jsonb := jsonb_strip_nulls(jsonb_build_object('prefix', prefix, 'limit', limit_rows));
begin
    if limit_rows < 1 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('limit_rows cannot be %s: it takes 1 or more, or NULL for no limit.', limit_rows);
    end if;
    return s3cache.enqueue('verify', verified, arguments, format('verify/%s/%s', verified, arguments), null, 5::smallint);
end
$$;
comment on function s3cache.verify(text, text, bigint) is
    'Asks the bucket for single objects with HEAD and sets their rows'' state to present or missing; gives a job id. Without prefix: the unverified rows (workers do that unasked too); with one, also '''': all rows whose filename starts with it. limit_rows: at most so many. The result is {"checked", "present", "missing", "errors"}; a row whose HEAD failed otherwise than with 404 stays as it was.';

-- code/3-public/wait.sql
-- object: function s3cache.wait(bigint, interval)
create or replace function s3cache.wait(job_id bigint, timeout interval default interval '60 seconds')
returns s3cache.jobs
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    deadline timestamptz := coalesce(clock_timestamp() + timeout, 'infinity');
    watched bigint := job_id;
    pause double precision := 0.001;
    found_job s3cache.jobs;
begin
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        raise exception using
            errcode = 'invalid_transaction_state',
            message = format('s3cache.wait() cannot see a job end inside a %s transaction.',
                upper(current_setting('transaction_isolation'))),
            hint = 'Call it in a READ COMMITTED transaction, best in one of its own.';
    end if;
    if s3cache.enqueued_here(job_id) then
        raise exception using
            errcode = 'invalid_transaction_state',
            message = format('Job %s was enqueued in this very transaction and cannot start before it commits.', job_id),
            hint = 'COMMIT first, then wait.';
    end if;
    loop
        select j.* into found_job from s3cache.jobs j where j.id = watched;
        if not found then
            raise exception using
                errcode = 'no_data_found',
                message = format('There is no job %s, or it is not yours.', coalesce(watched::text, 'NULL')),
                hint = 'TABLE s3cache.jobs lists your jobs.';
        end if;
        if found_job.state = 'superseded' then
            watched := found_job.superseded_by;
            continue;
        end if;
        exit when found_job.state in ('done', 'failed', 'cancelled') or clock_timestamp() >= deadline;
        perform pg_sleep(least(pause,
            greatest(extract(epoch from deadline) - extract(epoch from clock_timestamp()), 0)::double precision));
        pause := least(pause * 1.5, 0.05);
    end loop;
    if found_job.state not in ('done', 'failed', 'cancelled') and not s3cache.worker_lives() then
        raise notice 'Job % has not ended: no worker is running. Start one with: s3cache worker', watched;
    elsif found_job.state not in ('done', 'failed', 'cancelled') and not s3cache.at_home() then
        raise notice 'Job % has not ended: this database was restored from a dump, and workers wait for SELECT s3cache.resume();', watched;
    end if;
    return found_job;
end
$$;
comment on function s3cache.wait(bigint, interval) is
    'Waits until a job has ended and gives its row of s3cache.jobs; of a superseded job, that of the job that did its work. After timeout (NULL: never) it gives the unfinished row, with a NOTICE if nothing will run it. Refuses a job of the caller''s own open transaction, unknown ids, and REPEATABLE READ or SERIALIZABLE. Polls every 1 to 50 ms and holds a snapshot meanwhile: the command line waits without.';

-- code/4-facade/add_file_to_s3_cache.sql
-- object: function @extschema@.add_file_to_s3_cache(text)
create or replace function @extschema@.add_file_to_s3_cache(filename text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    wanted constant text := add_file_to_s3_cache.filename;
    problem text;
begin
    problem := s3cache.filename_problem(wanted,
        coalesce((select octet_length(s.prefix) from s3cache.cache_setting s where s.cache_id = 1), 0));
    if problem is not null then
        return 'ERROR: ' || problem;
    end if;
    insert into s3cache.object (cache_id, filename)
    select 1, wanted
    where not exists (select from s3cache.object o where o.cache_id = 1 and o.filename = wanted)
    on conflict do nothing;
    if found then
        perform s3cache.wake_workers();
        return format('SUCCESS: %s was added to the cache', wanted);
    end if;
    update s3cache.object o set state = 'unverified'
    where o.cache_id = 1 and o.filename = wanted and o.state = 'missing';
    if found then
        perform s3cache.wake_workers();
        return format('SUCCESS: %s was missing and will be looked for again', wanted);
    end if;
    return format('SUCCESS: %s is in the cache already', wanted);
end
$$;
comment on function @extschema@.add_file_to_s3_cache(text) is
    'Adds one filename to s3_image_cache and gives SUCCESS…, also if it was there; for a name that cannot be a key, ERROR: and the reason, and adds nothing. Needs neither worker nor credentials: the row is unverified until a worker has asked the bucket.';

-- code/4-facade/clear_s3_cache.sql
-- object: function @extschema@.clear_s3_cache()
create or replace function @extschema@.clear_s3_cache() returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    forgotten bigint;
begin
    delete from s3cache.object o where o.cache_id = 1;
    get diagnostics forgotten = row_count;
    return forgotten;
end
$$;
comment on function @extschema@.clear_s3_cache() is
    'Forgets all rows of s3_image_cache and gives their number. The objects stay in the bucket; the next rebuild restores the rows.';

-- code/4-facade/get_s3_image_filename.sql
-- object: function @extschema@.get_s3_image_filename(text)
create or replace function @extschema@.get_s3_image_filename(filename text) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    wanted constant text := get_s3_image_filename.filename;
    stored text;
begin
    select o.filename into stored
    from s3cache.object o
    where o.cache_id = 1 and o.filename = wanted and o.state <> 'missing';
    if not found then
        select o.filename into stored
        from (
            select l.filename
            from s3cache.object l
            where l.cache_id = 1 and l.filename = (lower(wanted collate "default") collate "C") and l.state <> 'missing'
            union all
            -- As the index's condition has it: names with an upper-case or a non-ASCII character.
            select u.filename
            from s3cache.object u
            where u.cache_id = 1
                and (lower(u.filename collate "default") collate "C") = (lower(wanted collate "default") collate "C")
                and (lower(u.filename) <> u.filename or octet_length(u.filename) <> length(u.filename))
                and u.state <> 'missing'
        ) o
        order by o.filename
        limit 1;
    end if;
    return stored;
end
$$;
comment on function @extschema@.get_s3_image_filename(text) is
    'The stored spelling of a filename in s3_image_cache: the exact one, else the first that differs only in case; NULL if there is none or its object is missing. Index look-ups only, no request.';

-- code/4-facade/rebuild_s3_cache.sql
-- object: function @extschema@.rebuild_s3_cache()
create or replace function @extschema@.rebuild_s3_cache() returns bigint
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    select s3cache.rebuild('s3_image_cache')
$$;
comment on function @extschema@.rebuild_s3_cache() is
    'Makes s3_image_cache equal to its bucket: s3cache.rebuild() of the default cache. Gives a job id at once; SELECT * FROM s3cache.wait(id) waits for it.';

-- code/4-facade/remove_file_from_s3_cache.sql
-- object: function @extschema@.remove_file_from_s3_cache(text)
create or replace function @extschema@.remove_file_from_s3_cache(filename text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    wanted constant text := remove_file_from_s3_cache.filename;
begin
    if wanted is null or wanted = '' then
        return 'ERROR: the filename is NULL or empty; give the one to forget';
    end if;
    delete from s3cache.object o where o.cache_id = 1 and o.filename = wanted;
    if not found then
        return format('ERROR: %s is not in the cache; spelling and case must match', wanted);
    end if;
    return format('SUCCESS: %s was forgotten; the object stays in the bucket', wanted);
end
$$;
comment on function @extschema@.remove_file_from_s3_cache(text) is
    'Forgets one row of s3_image_cache and gives SUCCESS…; ERROR: and the reason if it is not there. The object stays in the bucket, and the next rebuild brings its row back.';

-- code/5-worker/apply_slice.sql
-- object: function s3cache.apply_slice(bigint, bigint)
create or replace function s3cache.apply_slice(job_id bigint, token bigint) returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- The tables have no statistics worth the name here: a slice is looked up row by row, never by reading the cache.
set enable_seqscan = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    rebuilt integer;
    applied integer;
    as_of pg_snapshot;
begin
    perform s3cache.hold_claim(job_id, token);
    select j.cache_id into rebuilt from s3cache.job j where j.id = job_id;
    select min(c.slice) into applied from s3cache.rebuild_change c where c.job_id = apply_slice.job_id;
    if applied is null then
        return null;
    end if;
    select s.fence into strict as_of
    from s3cache.rebuild_slice s
    where s.job_id = apply_slice.job_id and s.slice = applied;
    perform pg_advisory_xact_lock(hashtextextended('s3cache.deletion', rebuilt));

    -- A row is overwritten or removed only if it was last written before its slice was listed.
    update s3cache.object o
    set size = c.size, etag = c.etag, last_modified = c.last_modified, storage_class = c.storage_class,
        state = 'present', location = 's3', verified_at = clock_timestamp()
    from s3cache.rebuild_change c
    where c.job_id = apply_slice.job_id and c.slice = applied and not c.remove
        and o.cache_id = rebuilt and o.filename = c.filename
        and (pg_visible_in_snapshot(o.touched_xid, as_of)
            or o.touched_xid >= pg_snapshot_xmax(pg_current_snapshot()));

    insert into s3cache.object (
        cache_id, filename, size, etag, last_modified, storage_class, state, verified_at)
    select rebuilt, c.filename, c.size, c.etag, c.last_modified, c.storage_class, 'present', clock_timestamp()
    from s3cache.rebuild_change c
    where c.job_id = apply_slice.job_id and c.slice = applied and not c.remove
        and not exists (select from s3cache.object o where o.cache_id = rebuilt and o.filename = c.filename)
        and not exists (
            select from s3cache.tombstone t
            where t.cache_id = rebuilt and t.filename = c.filename
                and not (pg_visible_in_snapshot(t.deleted_xid, as_of)
                    or t.deleted_xid >= pg_snapshot_xmax(pg_current_snapshot())))
    on conflict do nothing;

    delete from s3cache.object o
    using s3cache.rebuild_change c
    where c.job_id = apply_slice.job_id and c.slice = applied and c.remove
        and o.cache_id = rebuilt and o.filename = c.filename
        and (pg_visible_in_snapshot(o.touched_xid, as_of)
            or o.touched_xid >= pg_snapshot_xmax(pg_current_snapshot()));

    delete from s3cache.rebuild_change c where c.job_id = apply_slice.job_id and c.slice = applied;
    return applied;
end
$$;
comment on function s3cache.apply_slice(bigint, bigint) is
    'Writes the staged differences of a rebuild''s next slice into the cache, in the caller''s transaction; gives the slice''s number, NULL when none is left. Rows written after the slice was listed are left alone. Raises S3C01 if the claim is void.';

-- code/5-worker/cancel_claimed_job.sql
-- object: function s3cache.cancel_claimed_job(bigint, bigint)
create or replace function s3cache.cancel_claimed_job(job_id bigint, token bigint) returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform from s3cache.job j
    where j.id = job_id and j.claim_token = token and j.state = 'running' and j.cancel_requested
    for update;
    if not found then
        return false;
    end if;
    perform s3cache.end_jobs(array[job_id], 'cancelled');
    return true;
end
$$;
comment on function s3cache.cancel_claimed_job(bigint, bigint) is
    'The worker has stopped a job that was to be cancelled; false if the token is void, or nobody asked for it.';

-- code/5-worker/claim_jobs.sql
-- object: function s3cache.claim_jobs(bigint, integer, boolean, bigint[])
create or replace function s3cache.claim_jobs(
    worker bigint, max_jobs integer, park boolean, running bigint[] default null)
returns table (id bigint, token bigint, kind text, cache text, args jsonb, attempt integer, max_attempts integer)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    claimed bigint[];
    lost record;
begin
    perform set_config('synchronous_commit', 'off', true);
    if not exists (
        select from s3cache.worker w where w.id = worker and w.heartbeat_at + w.lease > clock_timestamp()
    ) then
        raise exception using
            errcode = 'no_data_found',
            message = format('Worker %s may not claim: it is not registered, or was away for longer than its lease.', worker);
    end if;
    -- One claim at a time: whoever holds this lock sees every committed claim, so that neither merging nor one job
    -- per serial key needs a retry. The lock lasts as long as this call.
    perform pg_advisory_xact_lock(hashtextextended('s3cache.claim', 0));

    if s3cache.at_home() then
        perform s3cache.rescue_jobs();
        -- What this worker holds and does not run: the answer to a claim, or the report of an end, never arrived.
        for lost in
            select j.id, j.claim_token
            from s3cache.job j
            where j.worker_id = worker and j.state = 'running' and j.id <> all (running)
            for update skip locked
        loop
            perform s3cache.fail_job(lost.id, lost.claim_token,
                'The worker''s connection to the database broke, so what became of this attempt is not known.',
                '{"code": "connection_lost", "retryable": true}');
        end loop;
        update s3cache.job j set state = 'queued'
        from (
            select w.id from s3cache.job w
            where w.state = 'waiting' and w.run_at <= clock_timestamp()
            for update skip locked
        ) due
        where j.id = due.id;
        -- Whoever asks again for what waits for a retry wants it now.
        update s3cache.job j set state = 'queued', run_at = clock_timestamp()
        from (
            select w.id from s3cache.job w
            where w.state = 'waiting' and w.attempt > 0
                and exists (select from s3cache.job q where q.merge_key = w.merge_key and q.state = 'queued')
            for update skip locked
        ) wanted
        where j.id = wanted.id;
        perform s3cache.enqueue_verifications();

        with candidate as materialized (
            select j.id
            from s3cache.job j
            where j.state = 'queued'
                and not exists (select from s3cache.cache_setting s where s.cache_id = j.cache_id and s.paused)
                and (j.merge_key is null or not exists (
                    select from s3cache.job e
                    where e.merge_key = j.merge_key and (e.state = 'running' or (e.state = 'queued' and e.id < j.id))))
                and (j.serial_key is null or not exists (
                    select from s3cache.job e
                    where e.serial_key = j.serial_key
                        and (e.state = 'running' or (e.state = 'queued' and e.id < j.id))))
            order by j.priority, j.run_at, j.id
            limit max_jobs
            for update of j skip locked
        ), started as (
            update s3cache.job j
            set state = 'running', attempt = j.attempt + 1, worker_id = worker,
                claim_token = nextval('s3cache.claim_token_seq'), started_at = clock_timestamp(),
                cancel_requested = false, error = null, error_detail = null
            from candidate c
            where j.id = c.id
            returning j.id
        )
        select coalesce(array_agg(s.id), '{}') into claimed from started s;
        perform s3cache.merge_duplicates(claimed);
    end if;

    update s3cache.worker w
    set parked = park and coalesce(cardinality(claimed), 0) = 0
    where w.id = worker and w.parked is distinct from (park and coalesce(cardinality(claimed), 0) = 0);

    return query
        select j.id, j.claim_token, j.kind, s3cache.cache_name(j.cache_id), j.args, j.attempt, j.max_attempts
        from s3cache.job j
        where j.id = any (claimed)
        order by j.priority, j.run_at, j.id;
end
$$;
comment on function s3cache.claim_jobs(bigint, integer, boolean, bigint[]) is
    'Gives a worker at most max_jobs jobs to run, each with the fencing token that every later write for it must show. Also rescues, promotes jobs whose waiting is over, and merges duplicates. park: if nothing is found, the worker counts as parked, and enqueueing notifies it. running: the jobs that the worker runs; others that it holds were lost with a connection and count as failed attempts (NULL: not known). Nothing is given while this database is a restored copy that nobody resumed.';

-- code/5-worker/complete_jobs.sql
-- object: function s3cache.complete_jobs(bigint[], bigint[], jsonb[])
create or replace function s3cache.complete_jobs(ids bigint[], tokens bigint[], results jsonb[]) returns bigint[]
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    held bigint[];
    held_results jsonb[];
begin
    with locked as materialized (
        select j.id, c.result
        from unnest(ids, tokens, results) as c (id, token, result)
        join s3cache.job j on j.id = c.id and j.claim_token = c.token and j.state = 'running'
        for update of j
    )
    select coalesce(array_agg(l.id), '{}'), array_agg(l.result) into held, held_results from locked l;
    perform s3cache.end_jobs(held, 'done', held_results);
    return held;
end
$$;
comment on function s3cache.complete_jobs(bigint[], bigint[], jsonb[]) is
    'Ends jobs as done with their results, all in one statement; gives the ids of those whose token was still good. The three arrays belong together by position.';

-- code/5-worker/complete_rebuild.sql
-- object: function s3cache.complete_rebuild(bigint, bigint, jsonb)
create or replace function s3cache.complete_rebuild(job_id bigint, token bigint, result jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    rebuilt s3cache.job;
begin
    perform s3cache.hold_claim(job_id, token);
    select j.* into rebuilt from s3cache.job j where j.id = job_id;
    if rebuilt.args ->> 'prefix' = '' and not (rebuilt.args ->> 'dry_run')::boolean then
        insert into s3cache.cache_state as s (cache_id, last_rebuild_at, last_rebuild)
        values (rebuilt.cache_id, clock_timestamp(), complete_rebuild.result)
        on conflict (cache_id) do update
        set last_rebuild_at = excluded.last_rebuild_at, last_rebuild = excluded.last_rebuild;
    end if;
    -- Tombstones guard listings that began before the deletion; none is older than the oldest slice of a live rebuild.
    delete from s3cache.tombstone t
    where t.cache_id = rebuilt.cache_id and t.deleted_at < clock_timestamp() - interval '1 day'
        and not exists (
            select from s3cache.job j
            where j.kind = 'rebuild' and j.cache_id = t.cache_id and j.id <> rebuilt.id and j.queued_at < t.deleted_at);
    perform s3cache.end_jobs(array[job_id], 'done', array[complete_rebuild.result]);
end
$$;
comment on function s3cache.complete_rebuild(bigint, bigint, jsonb) is
    'Ends a rebuild as done and keeps its result for s3cache.stats(). Raises S3C01 if the claim is void.';

-- code/5-worker/enqueue_verifications.sql
-- object: function s3cache.enqueue_verifications()
create or replace function s3cache.enqueue_verifications() returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '100ms'
-- A generic plan would lock the tables of all caches at each look into one.
set plan_cache_mode = force_custom_plan
as $$
declare
    verified record;
    enqueued integer := 0;
begin
    for verified in
        select c.id
        from s3cache.cache c
        where not c.paused
            and not exists (select from s3cache.job j where j.cache_id = c.id and j.kind = 'verify' and j.args = '{}')
            -- Where the last look failed, the next is a minute later.
            and not exists (
                select from s3cache.job_history h
                where h.cache_id = c.id and h.kind = 'verify' and h.finished_at > clock_timestamp() - interval '1 minute'
                    and (h.state = 'failed' or (h.result ->> 'errors')::bigint > 0))
    loop
        begin
            continue when not exists (
                select from s3cache.object o where o.cache_id = verified.id and o.state = 'unverified');
        exception
            when lock_not_available then
                continue;  -- someone has locked the table, as TRUNCATE does: every worker's claims would wait for them
        end;
        insert into s3cache.job (kind, cache_id, args, merge_key, owner, priority)
        values ('verify', verified.id, '{}', format('verify/%s/{}', verified.id), s3cache.caller(), 5);
        enqueued := enqueued + 1;
    end loop;
    return enqueued;
end
$$;
comment on function s3cache.enqueue_verifications() is
    'Unverified rows are themselves the work: enqueues a verify job for each cache that has some and no such job yet.';

-- code/5-worker/fail_job.sql
-- object: function s3cache.fail_job(bigint, bigint, text, jsonb)
create or replace function s3cache.fail_job(job_id bigint, token bigint, error text, detail jsonb) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    failed s3cache.job;
begin
    select j.* into failed
    from s3cache.job j
    where j.id = job_id and j.claim_token = token and j.state = 'running'
    for update;
    if not found then
        return null;
    end if;
    if failed.cancel_requested then
        perform s3cache.end_jobs(array[job_id], 'cancelled');
        return 'cancelled';
    end if;
    if (detail ->> 'retryable')::boolean and failed.attempt < failed.max_attempts then
        -- Backoff with full jitter: attempts that failed together do not come back together.
        update s3cache.job j
        set state = 'waiting', worker_id = null, claim_token = null, error = fail_job.error, error_detail = detail,
            run_at = clock_timestamp() + random() * least(interval '10 minutes', power(2, failed.attempt) * interval '1 second')
        where j.id = job_id;
        return 'waiting';
    end if;
    perform s3cache.end_jobs(array[job_id], 'failed', array[jsonb_build_object('error', detail)], array[fail_job.error]);
    return 'failed';
end
$$;
comment on function s3cache.fail_job(bigint, bigint, text, jsonb) is
    'An attempt failed. detail holds code, operation, bucket, key, request_id and retryable; a retryable failure makes the job wait, up to 10 minutes, unless that was its last attempt. Gives the new state; NULL if the token is void.';

-- code/5-worker/heartbeat.sql
-- object: function s3cache.heartbeat(bigint, text)
create or replace function s3cache.heartbeat(worker bigint, worker_state text) returns bigint[]
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config('synchronous_commit', 'off', true);
    update s3cache.worker w
    set heartbeat_at = clock_timestamp(), state = worker_state
    where w.id = worker;
    if not found then
        raise exception using
            errcode = 'no_data_found',
            message = format('Worker %s is not registered any more: it was away for longer than its lease.', worker);
    end if;
    return array(select j.id from s3cache.job j where j.worker_id = worker and j.state = 'running' and j.cancel_requested);
end
$$;
comment on function s3cache.heartbeat(bigint, text) is
    'A worker''s sign of life (worker_state: running or draining); gives the ids of its jobs that are to be cancelled. Raises no_data_found if the worker was given up: then its claims are void.';

-- code/5-worker/hold_claim.sql
-- object: function s3cache.hold_claim(bigint, bigint)
create or replace function s3cache.hold_claim(job_id bigint, token bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform from s3cache.job j
    where j.id = job_id and j.claim_token = token and j.state = 'running' and not j.cancel_requested
    for key share;
    if not found then
        raise exception using
            errcode = 'S3C01',
            message = format('The claim on job %s is void: it was cancelled, or another worker has it.', job_id);
    end if;
end
$$;
comment on function s3cache.hold_claim(bigint, bigint) is
    'Raises S3C01 unless the fencing token is that of the job''s present claim; if it is, nobody can take the claim away before the transaction ends.';

-- code/5-worker/may_copy.sql
-- object: function s3cache.may_copy(bigint, bigint, integer, pg_snapshot)
create or replace function s3cache.may_copy(job_id bigint, token bigint, cache_id integer, fence pg_snapshot) returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform s3cache.hold_claim(job_id, token);
    -- Whoever deletes an object holds the same lock while recording it: the deletion is seen here, or sees our rows.
    perform pg_advisory_xact_lock(hashtextextended('s3cache.deletion', may_copy.cache_id));
    return not exists (
        select from s3cache.tombstone t
        where t.cache_id = may_copy.cache_id
            and not (pg_visible_in_snapshot(t.deleted_xid, fence)
                or t.deleted_xid >= pg_snapshot_xmax(pg_current_snapshot())));
end
$$;
comment on function s3cache.may_copy(bigint, bigint, integer, pg_snapshot) is
    'Whether listed rows may be copied straight into an empty cache: not if an object was deleted after the listing began. Raises S3C01 if the claim is void; holds claim and deletions until the transaction ends.';

-- code/5-worker/merge_duplicates.sql
-- object: function s3cache.merge_duplicates(bigint[])
create or replace function s3cache.merge_duplicates(claimed bigint[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    survivor record;
    merged bigint[];
begin
    -- A job that was begun before may have read what a later duplicate wants read anew: it merges none.
    for survivor in
        select j.id, j.merge_key
        from s3cache.job j
        where j.id = any (claimed) and j.merge_key is not null and j.attempt = 1 and j.rescues = 0
    loop
        select array_agg(d.id) into merged
        from (
            select j.id
            from s3cache.job j
            where j.merge_key = survivor.merge_key and j.state = 'queued' and j.id > survivor.id
            for update skip locked
        ) d;
        continue when merged is null;
        perform s3cache.end_jobs(merged, 'superseded', null, null, survivor.id);
    end loop;
end
$$;
comment on function s3cache.merge_duplicates(bigint[]) is
    'Ends the queued duplicates of freshly claimed jobs as superseded by them. Runs under the claim lock.';

-- code/5-worker/rebuild_plan.sql
-- object: function s3cache.rebuild_plan(bigint, bigint)
create or replace function s3cache.rebuild_plan(job_id bigint, token bigint)
returns table (
    cache_id integer, prefix text, dry_run boolean, force boolean, max_delete_fraction double precision,
    next_slice integer, upto text, listed_all boolean, direct boolean, counters jsonb, expected bigint)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    rebuilt s3cache.job;
    scope text;
    last_slice s3cache.rebuild_slice;
    target_is_empty boolean;
begin
    perform s3cache.hold_claim(rebuild_plan.job_id, token);
    select j.* into rebuilt from s3cache.job j where j.id = rebuild_plan.job_id;
    scope := rebuilt.args ->> 'prefix';
    select s.* into last_slice
    from s3cache.rebuild_slice s
    where s.job_id = rebuild_plan.job_id
    order by s.slice desc
    limit 1;
    if last_slice.slice is null then
        -- Changes without a slice are left from a crash between the two; they are found anew.
        delete from s3cache.rebuild_change c where c.job_id = rebuild_plan.job_id;
    end if;
    target_is_empty := not exists (
        select from s3cache.object o
        where o.cache_id = rebuilt.cache_id and o.filename >= scope and o.filename ^@ scope);
    return query
        select rebuilt.cache_id, scope, (rebuilt.args ->> 'dry_run')::boolean, (rebuilt.args ->> 'force')::boolean,
            c.max_delete_fraction::double precision,
            coalesce(last_slice.slice + 1, 0), last_slice.upto,
            last_slice.slice is not null and last_slice.upto is null,
            case
                when (rebuilt.args ->> 'dry_run')::boolean then false
                when last_slice.slice is null then target_is_empty
                else last_slice.direct
            end,
            coalesce(last_slice.counters, '{}'),
            (select nullif(greatest(t.reltuples, 0), 0)::bigint
                from pg_catalog.pg_class t where t.oid = s3cache.partition_of(c.name) and scope = '')
        from s3cache.cache c
        where c.id = rebuilt.cache_id;
end
$$;
comment on function s3cache.rebuild_plan(bigint, bigint) is
    'What a rebuild is to do, and how far an earlier attempt got: the next slice, the last key compared (upto), whether the listing had ended, whether rows go straight into an empty target (direct), the running totals, and the expected number of objects (NULL: unknown). Raises S3C01 if the claim is void.';

-- code/5-worker/record_orphans.sql
-- object: function s3cache.record_orphans(bigint, bigint)
create or replace function s3cache.record_orphans(job_id bigint, token bigint) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    looked_at s3cache.job;
    recorded bigint;
begin
    perform s3cache.hold_claim(job_id, token);
    select j.* into looked_at from s3cache.job j where j.id = job_id;
    delete from s3cache.orphan_row o
    where o.cache_id = looked_at.cache_id and o.filename ^@ (looked_at.args ->> 'prefix');
    insert into s3cache.orphan_row (cache_id, filename, problem, size, last_modified, job_id)
    select looked_at.cache_id, c.filename, case when c.remove then 'object gone' else 'no row' end, c.size,
        c.last_modified, looked_at.id
    from s3cache.rebuild_change c
    where c.job_id = looked_at.id
        and (c.remove or not exists (
            select from s3cache.object o where o.cache_id = looked_at.cache_id and o.filename = c.filename));
    get diagnostics recorded = row_count;
    return recorded;
end
$$;
comment on function s3cache.record_orphans(bigint, bigint) is
    'Ends a dry run: the staged differences become the rows of s3cache.orphan, in place of the last dry run''s; gives their number. Raises S3C01 if the claim is void.';

-- code/5-worker/record_slice.sql
-- object: function s3cache.record_slice(bigint, bigint, integer, pg_snapshot, text, boolean, jsonb)
create or replace function s3cache.record_slice(
    job_id bigint, token bigint, slice integer, fence pg_snapshot, upto text, direct boolean, counters jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform s3cache.hold_claim(job_id, token);
    insert into s3cache.rebuild_slice (job_id, slice, fence, upto, direct, counters)
    values (record_slice.job_id, record_slice.slice, record_slice.fence, record_slice.upto, record_slice.direct,
        record_slice.counters);
end
$$;
comment on function s3cache.record_slice(bigint, bigint, integer, pg_snapshot, text, boolean, jsonb) is
    'The checkpoint of a rebuild: written in the transaction that also stages the slice''s differences. Raises S3C01 if the claim is void.';

-- code/5-worker/record_verified.sql
-- object: function s3cache.record_verified(bigint, bigint, pg_snapshot, text[], boolean[], bigint[], text[], bigint[], text[], text[])
create or replace function s3cache.record_verified(
    job_id bigint, token bigint, fence pg_snapshot, filenames text[], present boolean[], sizes bigint[], etags text[],
    modified bigint[], storage_classes text[], content_types text[]) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
begin
    perform s3cache.hold_claim(job_id, token);
    update s3cache.object o
    set state = case when v.present then 'present' else 'missing' end,
        size = case when v.present then v.size else o.size end,
        etag = case when v.present then v.etag else o.etag end,
        last_modified = case when v.present then timestamptz 'epoch' + v.modified * interval '1 microsecond' else o.last_modified end,
        storage_class = case when v.present then v.storage_class else o.storage_class end,
        content_type = case when v.present then coalesce(v.content_type, o.content_type) else o.content_type end,
        verified_at = clock_timestamp()
    from unnest(filenames, present, sizes, etags, modified, storage_classes, content_types)
        as v (filename, present, size, etag, modified, storage_class, content_type)
    where o.cache_id = (select j.cache_id from s3cache.job j where j.id = job_id)
        and o.filename = v.filename
        and (pg_visible_in_snapshot(o.touched_xid, fence)
            or o.touched_xid >= pg_snapshot_xmax(pg_current_snapshot()));
end
$$;
comment on function s3cache.record_verified(bigint, bigint, pg_snapshot, text[], boolean[], bigint[], text[], bigint[], text[], text[]) is
    'What HEAD said of rows: present with size, etag and so on, or missing. Rows written after fence was taken are left alone. modified is in microseconds since the Unix epoch; the arrays belong together by position. Raises S3C01 if the claim is void.';

-- code/5-worker/register_worker.sql
-- object: function s3cache.register_worker(text, text, integer, text, interval, jsonb)
create or replace function s3cache.register_worker(
    name text, host text, pid integer, version text, lease interval, defaults jsonb) returns bigint
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into s3cache.worker (name, host, pid, version, lease, defaults)
    values (register_worker.name, register_worker.host, register_worker.pid, register_worker.version,
        register_worker.lease, register_worker.defaults)
    returning id
$$;
comment on function s3cache.register_worker(text, text, integer, text, interval, jsonb) is
    'A worker process announces itself; gives its identity, which is never used again. defaults: settings from its environment, never a secret.';

-- code/5-worker/report_progress.sql
-- object: function s3cache.report_progress(bigint, bigint, bigint, bigint)
create or replace function s3cache.report_progress(job_id bigint, token bigint, done bigint, total bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config('synchronous_commit', 'off', true);
    perform s3cache.hold_claim(job_id, token);
    insert into s3cache.job_progress as p (job_id, done, total)
    values (report_progress.job_id, report_progress.done, report_progress.total)
    on conflict on constraint job_progress_pkey do update
    set done = excluded.done, total = excluded.total, updated_at = clock_timestamp();
end
$$;
comment on function s3cache.report_progress(bigint, bigint, bigint, bigint) is
    'How far a running job is; to be called about once a second. total may be NULL. Raises S3C01 if the claim is void.';

-- code/5-worker/rescue_jobs.sql
-- object: function s3cache.rescue_jobs()
create or replace function s3cache.rescue_jobs() returns integer
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    rescued integer;
begin
    rescued := s3cache.requeue_jobs(array(
        select j.id
        from s3cache.job j
        where j.state = 'running'
            and not exists (
                select from s3cache.worker w
                where w.id = j.worker_id and w.heartbeat_at + w.lease > clock_timestamp())
        for update of j skip locked));
    -- A dead worker without jobs is forgotten a while later, so that s3cache.workers shows it first.
    delete from s3cache.worker w
    where w.heartbeat_at + w.lease + interval '10 minutes' <= clock_timestamp()
        and not exists (select from s3cache.job j where j.worker_id = w.id and j.state = 'running');
    return rescued;
end
$$;
comment on function s3cache.rescue_jobs() is
    'Queues the jobs of dead workers again without spending an attempt; gives their number. Their old fencing tokens are void from then on.';

-- code/5-worker/rows_to_verify.sql
-- object: function s3cache.rows_to_verify(bigint, bigint, text, integer)
create or replace function s3cache.rows_to_verify(job_id bigint, token bigint, after text, max_rows integer)
returns setof text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    looked_at s3cache.job;
    scope text;
begin
    perform s3cache.hold_claim(job_id, token);
    select j.* into looked_at from s3cache.job j where j.id = job_id;
    scope := looked_at.args ->> 'prefix';
    if scope is null then
        return query
            select o.filename
            from s3cache.object o
            where o.cache_id = looked_at.cache_id and o.state = 'unverified' and (after is null or o.filename > after)
            order by o.filename
            limit max_rows;
    else
        return query
            select o.filename
            from s3cache.object o
            where o.cache_id = looked_at.cache_id and o.filename ^@ scope and o.filename >= scope
                and (s3cache.prefix_end(scope) is null or o.filename < s3cache.prefix_end(scope))
                and (after is null or o.filename > after)
            order by o.filename
            limit max_rows;
    end if;
end
$$;
comment on function s3cache.rows_to_verify(bigint, bigint, text, integer) is
    'The next filenames that a verify job is to ask the bucket for, in order, after the given one. Raises S3C01 if the claim is void.';

-- code/5-worker/unregister_worker.sql
-- object: function s3cache.unregister_worker(bigint)
create or replace function s3cache.unregister_worker(worker bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- FOR UPDATE, unlike UPDATE, waits for what is still being written under a claim.
    perform s3cache.requeue_jobs(array(
        select j.id from s3cache.job j where j.worker_id = worker and j.state = 'running' for update));
    delete from s3cache.worker w where w.id = worker;
    perform s3cache.wake_workers();
end
$$;
comment on function s3cache.unregister_worker(bigint) is
    'A worker leaves; jobs that it had not ended are handed back without spending an attempt.';

do $s3cache_retire$
declare
    declared constant text[] := array[
        'function s3cache.at_home()',
        'function s3cache.cache_id(text)',
        'function s3cache.cache_name(integer)',
        'function s3cache.caller()',
        'function s3cache.check_settings(integer)',
        'function s3cache.dress_partition(regclass)',
        'function s3cache.end_jobs(bigint[], text, jsonb[], text[], bigint)',
        'function s3cache.enqueue(text, integer, jsonb, text, text, smallint)',
        'function s3cache.enqueued_here(bigint)',
        'function s3cache.filename_problem(text, integer)',
        'function s3cache.is_admin(text)',
        'function s3cache.partition_of(text)',
        'function s3cache.prefix_end(text)',
        'function s3cache.refuse_argument(text, text)',
        'function s3cache.requeue_jobs(bigint[])',
        'function s3cache.require_own_job(bigint)',
        'function s3cache.row_touched()',
        'function s3cache.rows_inserted()',
        'function s3cache.wake_workers()',
        'function s3cache.worker_lives()',
        'view s3cache.setting',
        'view s3cache.cache',
        'view s3cache.jobs',
        'view s3cache.workers',
        'view s3cache.orphan',
        'view s3cache.metrics',
        'function s3cache.archive(text, bigint, integer, boolean, boolean)',
        'function s3cache.archive_stats(text)',
        'function s3cache.bind(regclass, text, text, text, text, text, text, text, text, text)',
        'function s3cache.cancel(bigint)',
        'function s3cache.configure(text, text, text, text, text, text, text, text, text, text, text, text, text, interval, interval, interval, text, boolean, bigint, bigint, text[], text, text, interval, numeric, boolean, interval, boolean)',
        'function s3cache.content(bigint)',
        'function s3cache.create_cache(text, text, text)',
        'function s3cache.delete_object(text, text)',
        'function s3cache.drop_cache(text)',
        'function s3cache.fetch(text, text, text, text, text)',
        'function s3cache.images(text, text, boolean, bigint, text)',
        'function s3cache.images_of(text, text)',
        'function s3cache.ingest_event(jsonb)',
        'function s3cache.invalidate(text, text)',
        'function s3cache.key_of(text, text)',
        'function s3cache.presign(text[], text)',
        'function s3cache.presigned_url(text, interval, text, text, text, boolean, text)',
        'function s3cache.primary_image(text, text, boolean)',
        'function s3cache.primary_image_of(text, text)',
        'function s3cache.public_url(text, text)',
        'function s3cache.read(text, bigint, text)',
        'function s3cache.rebuild(text, text, boolean, boolean, text)',
        'function s3cache.rename_object(text, text, text)',
        'function s3cache.reset(text, text)',
        'function s3cache.resume()',
        'function s3cache.retry(bigint)',
        'function s3cache.stats(text)',
        'function s3cache.unbind(regclass)',
        'function s3cache.upload(text, bytea, text, jsonb, text, text, text, text, text)',
        'function s3cache.upload_data_uri(text, text, text, jsonb, text, text, text, text, text)',
        'function s3cache.upload_file(text, text, text, jsonb, text, text, text, text, text)',
        'function s3cache.upload_form(text, text, bigint, interval, text)',
        'function s3cache.upload_url(text, text, interval, text)',
        'function s3cache.url(text, text)',
        'function s3cache.verify(text, text, bigint)',
        'function s3cache.wait(bigint, interval)',
        'function @extschema@.add_file_to_s3_cache(text)',
        'function @extschema@.clear_s3_cache()',
        'function @extschema@.get_s3_image_filename(text)',
        'function @extschema@.rebuild_s3_cache()',
        'function @extschema@.remove_file_from_s3_cache(text)',
        'function s3cache.apply_slice(bigint, bigint)',
        'function s3cache.cancel_claimed_job(bigint, bigint)',
        'function s3cache.claim_jobs(bigint, integer, boolean, bigint[])',
        'function s3cache.complete_jobs(bigint[], bigint[], jsonb[])',
        'function s3cache.complete_rebuild(bigint, bigint, jsonb)',
        'function s3cache.enqueue_verifications()',
        'function s3cache.fail_job(bigint, bigint, text, jsonb)',
        'function s3cache.heartbeat(bigint, text)',
        'function s3cache.hold_claim(bigint, bigint)',
        'function s3cache.may_copy(bigint, bigint, integer, pg_snapshot)',
        'function s3cache.merge_duplicates(bigint[])',
        'function s3cache.rebuild_plan(bigint, bigint)',
        'function s3cache.record_orphans(bigint, bigint)',
        'function s3cache.record_slice(bigint, bigint, integer, pg_snapshot, text, boolean, jsonb)',
        'function s3cache.record_verified(bigint, bigint, pg_snapshot, text[], boolean[], bigint[], text[], bigint[], text[], text[])',
        'function s3cache.register_worker(text, text, integer, text, interval, jsonb)',
        'function s3cache.report_progress(bigint, bigint, bigint, bigint)',
        'function s3cache.rescue_jobs()',
        'function s3cache.rows_to_verify(bigint, bigint, text, integer)',
        'function s3cache.unregister_worker(bigint)'
    ]::text[];
    present text[] := '{}';
    gone text[];
    kept text[];
    one text;
    kind text;
    name text;
    reason text;
begin
    foreach one in array declared loop
        kind := pg_catalog.split_part(one, ' ', 1);
        name := pg_catalog.substr(one, pg_catalog.length(kind) + 2);
        name := case kind
            when 'view' then pg_catalog.to_regclass(name)::text
            when 'trigger' then (
                select t.tgname::text || ' on ' || t.tgrelid::regclass::text
                from pg_catalog.pg_trigger t
                where t.tgname = pg_catalog.split_part(name, ' on ', 1)
                    and t.tgrelid = pg_catalog.to_regclass(pg_catalog.split_part(name, ' on ', 2))::oid)
            else pg_catalog.to_regprocedure(name)::text
        end;
        if name is null then
            raise exception 's3cache: a file of sql/code declares % and does not create it', one;
        end if;
        present := pg_catalog.array_append(present, kind || ' ' || name);
    end loop;

    select coalesce(pg_catalog.array_agg(c.identity order by c.identity), '{}') into gone
    from s3cache.code_object c
    where c.identity <> all (present);
    -- Whatever order the dependencies ask for: go round while a round drops something.
    while pg_catalog.cardinality(gone) > 0 loop
        kept := '{}';
        foreach one in array gone loop
            kind := pg_catalog.split_part(one, ' ', 1);
            name := pg_catalog.substr(one, pg_catalog.length(kind) + 2);
            begin
                execute 'drop ' || kind || ' if exists ' || name;
            exception when dependent_objects_still_exist then
                get stacked diagnostics reason = pg_exception_detail;
                kept := pg_catalog.array_append(kept, one);
            end;
        end loop;
        if pg_catalog.cardinality(kept) = pg_catalog.cardinality(gone) then
            raise exception 's3cache: this version has no % any more, and something still uses it',
                pg_catalog.array_to_string(kept, ', ')
                using errcode = 'dependent_objects_still_exist', detail = reason,
                    hint = 'Drop or change what depends on it, then upgrade again.';
        end if;
        gone := kept;
    end loop;

    delete from s3cache.code_object c where c.identity <> all (present);
    insert into s3cache.code_object (identity)
    select p.identity from pg_catalog.unnest(present) as p (identity)
    on conflict (identity) do nothing;
end
$s3cache_retire$;

-- grants.sql
-- Owner and grants of everything; run at every install and upgrade.

-- Everything belongs to s3cache_owner, so that SECURITY DEFINER functions have that role's few rights and no more.
-- Before the grants, so that it is the owner who grants: pg_dump compares with what CREATE EXTENSION granted, grantor
-- included.
do $s3cache_owner$
declare
    advice constant text := 'Everything stays with %s. Ask %s to run the following, then run this again: %s;';
    membership constant text := pg_catalog.format('GRANT s3cache_owner TO %I', current_user);
    item record;
begin
    if not exists (select from pg_catalog.pg_roles r where r.rolname = 's3cache_owner') then
        raise warning '%', pg_catalog.format(advice, current_user, 'an administrator', membership);
        return;
    end if;
    if not pg_catalog.pg_has_role(current_user, 's3cache_owner', 'member') then
        begin
            execute membership;
        exception when insufficient_privilege then
            raise warning '%', pg_catalog.format(advice, current_user, 'an administrator', membership);
            return;
        end;
    end if;
    -- Who may not grant may find it granted already.
    if pg_catalog.has_schema_privilege('@extschema@'::regnamespace, 'create with grant option') then
        execute 'grant usage, create on schema @extschema@ to s3cache_owner';
    elsif not pg_catalog.has_schema_privilege('s3cache_owner', '@extschema@'::regnamespace, 'create')
        or not pg_catalog.has_schema_privilege('s3cache_owner', '@extschema@'::regnamespace, 'usage')
    then
        raise warning '%', pg_catalog.format(advice, current_user, 'the owner of schema @extschema@',
            'GRANT USAGE, CREATE ON SCHEMA @extschema@ TO s3cache_owner');
        return;
    end if;
    execute 'alter schema s3cache owner to s3cache_owner';
    for item in
        select case c.relkind when 'v' then 'view' when 'S' then 'sequence' else 'table' end as kind, c.oid::regclass as identity
        from pg_catalog.pg_class c
        where (c.relnamespace = 's3cache'::regnamespace
                or c.oid in (select i.inhrelid from pg_catalog.pg_inherits i where i.inhparent = 's3cache.object'::regclass))
            and c.relkind in ('r', 'p', 'v', 'S')
            and c.relowner <> 's3cache_owner'::regrole
    loop
        execute pg_catalog.format('alter %s %s owner to s3cache_owner', item.kind, item.identity);
    end loop;
    for item in
        select p.oid::regprocedure as identity
        from pg_catalog.pg_proc p
        join s3cache.code_object c on c.identity like 'function %'
            and pg_catalog.to_regprocedure(pg_catalog.substr(c.identity, 10)) = p.oid
        where p.proowner <> 's3cache_owner'::regrole
    loop
        execute pg_catalog.format('alter function %s owner to s3cache_owner', item.identity);
    end loop;
end
$s3cache_owner$;

-- Who may call and read what. Grants that a user added stay.

do $s3cache_grants$
declare
    -- Of s3cache_writer and s3cache_admin each is a member of the one before: roles.sql.
    functions constant jsonb := '{
        "s3cache_reader": [
            "caller", "is_admin", "cache_id", "cache_name", "at_home", "worker_lives", "enqueued_here",
            "refuse_argument", "prefix_end", "wait", "stats", "cancel", "retry", "url", "public_url", "presigned_url",
            "images", "primary_image", "images_of", "primary_image_of", "key_of", "archive_stats", "content",
            "get_s3_image_filename"],
        "s3cache_writer": [
            "add_file_to_s3_cache", "verify", "upload", "upload_file", "upload_data_uri", "fetch", "upload_url",
            "upload_form", "presign", "read"],
        "s3cache_admin": [
            "configure", "reset", "create_cache", "drop_cache", "rebuild", "resume", "ingest_event", "invalidate",
            "delete_object", "rename_object", "bind", "unbind", "archive", "rebuild_s3_cache", "clear_s3_cache",
            "remove_file_from_s3_cache"],
        "s3cache_worker": [
            "caller", "is_admin", "cache_id", "cache_name", "at_home", "worker_lives", "prefix_end", "register_worker",
            "heartbeat", "unregister_worker", "claim_jobs", "hold_claim", "complete_jobs", "fail_job",
            "cancel_claimed_job", "report_progress", "rebuild_plan", "may_copy", "record_slice", "apply_slice",
            "record_orphans", "complete_rebuild", "rows_to_verify", "record_verified"]
    }';
    relations constant jsonb := '{
        "s3cache_reader": {
            "select": ["s3cache.cache", "s3cache.setting", "s3cache.jobs", "s3cache.workers", "s3cache.orphan",
                "s3cache.metrics", "s3cache.object"]},
        "s3cache_writer": {"usage": ["sequence s3cache.object_id_seq"]},
        "s3cache_worker": {
            "select": ["s3cache.cache", "s3cache.object"],
            "insert": ["s3cache.object", "s3cache.rebuild_change"],
            "usage": ["sequence s3cache.object_id_seq"]}
    }';
    recipient text;
    item record;
begin
    -- PUBLIC gets nothing, also not the EXECUTE that every new function comes with.
    execute 'revoke all on schema s3cache from public';
    for item in
        select p.oid::regprocedure as identity
        from pg_catalog.pg_proc p
        join s3cache.code_object c on c.identity like 'function %'
            and pg_catalog.to_regprocedure(pg_catalog.substr(c.identity, 10)) = p.oid
    loop
        execute pg_catalog.format('revoke all on function %s from public', item.identity);
    end loop;
    for item in
        select c.oid::regclass as identity
        from pg_catalog.pg_class c
        where c.relnamespace = 's3cache'::regnamespace and c.relkind in ('r', 'p', 'v', 'S')
    loop
        execute pg_catalog.format('revoke all on %s from public', item.identity);
    end loop;

    foreach recipient in array array['s3cache_reader', 's3cache_writer', 's3cache_admin', 's3cache_worker'] loop
        continue when not exists (select from pg_catalog.pg_roles r where r.rolname = recipient);
        execute pg_catalog.format('grant usage on schema s3cache to %I', recipient);
        if pg_catalog.has_schema_privilege('@extschema@'::regnamespace, 'usage with grant option') then
            execute pg_catalog.format('grant usage on schema @extschema@ to %I', recipient);
        elsif not pg_catalog.has_schema_privilege(recipient, '@extschema@'::regnamespace, 'usage') then
            raise warning 'Ask the owner of schema @extschema@ to run the following, then run this again: GRANT USAGE ON SCHEMA @extschema@ TO %;',
                recipient;
        end if;
        for item in
            select p.oid::regprocedure as identity
            from pg_catalog.pg_proc p
            join s3cache.code_object c on c.identity like 'function %'
                and pg_catalog.to_regprocedure(pg_catalog.substr(c.identity, 10)) = p.oid
            where functions -> recipient ? p.proname::text
        loop
            execute pg_catalog.format('grant execute on function %s to %I', item.identity, recipient);
        end loop;
        for item in
            select privilege.key as privilege, relation.name
            from pg_catalog.jsonb_each(coalesce(relations -> recipient, '{}')) as privilege,
                pg_catalog.jsonb_array_elements_text(privilege.value) as relation (name)
        loop
            execute pg_catalog.format('grant %s on %s to %I', item.privilege, item.name, recipient);
        end loop;
    end loop;

    for item in
        select i.inhrelid::regclass as identity
        from pg_catalog.pg_inherits i
        where i.inhparent = 's3cache.object'::regclass
    loop
        perform s3cache.dress_partition(item.identity);
    end loop;
    comment on schema s3cache is
        's3cache: an S3 bucket as a table that stays true. Start with s3cache.cache (settings), s3cache.jobs, s3cache.workers and \df+ s3cache.*';
end
$s3cache_grants$;

-- epilogue/extension.sql
-- What pg_dump takes along. Only the installation table holds a row that this script inserted, and it has no key:
-- after a restore the dumped row stands beside it and tells that this is a copy.

select pg_catalog.pg_extension_config_dump('s3cache.installation', '');
select pg_catalog.pg_extension_config_dump('s3cache.cache_id_seq', '');
select pg_catalog.pg_extension_config_dump('s3cache.created_cache', '');
select pg_catalog.pg_extension_config_dump('s3cache.cache_setting', '');
select pg_catalog.pg_extension_config_dump('s3cache.cache_state', '');
select pg_catalog.pg_extension_config_dump('s3cache.object_id_seq', '');
select pg_catalog.pg_extension_config_dump('@extschema@.s3_image_cache', '');
select pg_catalog.pg_extension_config_dump('s3cache.tombstone', '');
select pg_catalog.pg_extension_config_dump('s3cache.job_id_seq', '');
select pg_catalog.pg_extension_config_dump('s3cache.claim_token_seq', '');
select pg_catalog.pg_extension_config_dump('s3cache.job', '');
select pg_catalog.pg_extension_config_dump('s3cache.job_history', '');
select pg_catalog.pg_extension_config_dump('s3cache.worker_id_seq', '');
select pg_catalog.pg_extension_config_dump('s3cache.orphan_row', '');

-- GRANT in an extension's script marks all privileges of an object as the extension's own, and pg_dump then leaves them
-- out. That is wrong of what users granted before an upgrade, and of what is not the extension's: the facade's schema, and
-- the tables of create_cache().
with granted as (
    select g.*
    from jsonb_to_recordset(coalesce(nullif(current_setting('s3cache.granted_by_users', true), ''), '[]')::jsonb)
        as g (class oid, object oid, part integer, grantor oid, grantee oid, privilege_type text, is_grantable boolean)
), initial as (
    select i.classoid, i.objoid, i.objsubid, a.grantor, a.grantee, a.privilege_type, a.is_grantable
    from pg_init_privs i, aclexplode(i.initprivs) a
    where (i.classoid, i.objoid, i.objsubid) in (select g.class, g.object, g.part from granted g)
    except
    select g.class, g.object, g.part, g.grantor, g.grantee, g.privilege_type, g.is_grantable
    from granted g
), item as (
    select i.classoid, i.objoid, i.objsubid,
        (case i.grantee when 0 then '' else i.grantee::regrole::text end || '='
            || string_agg(l.letter || case when i.is_grantable then '*' else '' end, '')
            || '/' || i.grantor::regrole::text)::aclitem as acl
    from initial i
    join (values ('SELECT', 'r'), ('INSERT', 'a'), ('UPDATE', 'w'), ('DELETE', 'd'), ('TRUNCATE', 'D'), ('REFERENCES', 'x'),
        ('TRIGGER', 't'), ('EXECUTE', 'X'), ('USAGE', 'U'), ('CREATE', 'C')) as l (privilege_type, letter)
        on l.privilege_type = i.privilege_type
    group by i.classoid, i.objoid, i.objsubid, i.grantee, i.grantor
)
update pg_init_privs i
set initprivs = array(
    select t.acl from item t where t.classoid = i.classoid and t.objoid = i.objoid and t.objsubid = i.objsubid)
where (i.classoid, i.objoid, i.objsubid) in (select g.class, g.object, g.part from granted g);

delete from pg_init_privs i
where i.privtype = 'e'
    and ((i.classoid = 'pg_namespace'::regclass::oid and i.objoid = '@extschema@'::regnamespace::oid)
        or (i.classoid = 'pg_class'::regclass::oid
            and i.objoid in (select h.inhrelid from pg_inherits h where h.inhparent = 's3cache.object'::regclass::oid)))
    and not exists (
        select from pg_depend d where d.classid = i.classoid and d.objid = i.objoid and d.deptype = 'e');
