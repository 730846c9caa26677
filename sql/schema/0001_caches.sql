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
