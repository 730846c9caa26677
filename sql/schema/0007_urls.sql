-- URLs: the keys that SQL signs with, what it needs to know of each cache to do so, and the URLs that workers signed.

-- No constraints: the error of one shows the failing row. The trigger checks.
create table s3cache.signing_key (
    profile text,
    purpose text,
    region text,
    day date,
    access_key_id text,
    session_token text,
    obtained_at timestamptz,
    expires_at timestamptz,
    inner_pad bytea,
    outer_pad bytea,
    published_at timestamptz default pg_catalog.clock_timestamp()
);
-- Statistics are samples of what they are about.
alter table s3cache.signing_key
    alter column session_token set statistics 0,
    alter column inner_pad set statistics 0,
    alter column outer_pad set statistics 0;
comment on table s3cache.signing_key is
    'Signature Version 4 signing keys, as workers published them: each signs requests to the service s3 of one region on one UTC day. For s3cache_owner only. Of one profile, purpose and region only one credential''s keys are kept: s3cache.supersede_signing_keys() says which.';
comment on column s3cache.signing_key.profile is 'As caches choose it by the setting credentials; empty: of caches that choose none.';
comment on column s3cache.signing_key.purpose is 'presign: signs reading; upload: signs PUT and POST.';
comment on column s3cache.signing_key.region is 'The region that it was derived for.';
comment on column s3cache.signing_key.day is 'The UTC day that it was derived for.';
comment on column s3cache.signing_key.access_key_id is 'The credential''s public part.';
comment on column s3cache.signing_key.session_token is 'Of temporary credentials: the token that goes into each URL.';
comment on column s3cache.signing_key.obtained_at is 'When the worker got the credential; of temporary ones no URL is signed earlier.';
comment on column s3cache.signing_key.expires_at is 'Of temporary credentials: when they end, and every URL with them.';
comment on column s3cache.signing_key.inner_pad is 'The key, filled up with zeros to 64 bytes, XOR 0x36 in each: SHA-256 of it and the message is HMAC''s inner hash.';
comment on column s3cache.signing_key.outer_pad is 'The same XOR 0x5c: SHA-256 of it and the inner hash is the HMAC.';
comment on column s3cache.signing_key.published_at is 'When the row was written.';

create table s3cache.published_default (
    defaults jsonb not null,
    published_at timestamptz not null default pg_catalog.clock_timestamp()
);
comment on table s3cache.published_default is
    'What a worker last published from its environment, at most one row: URLs go on working while no worker runs.';
comment on column s3cache.published_default.defaults is 'As in s3cache.worker.';
comment on column s3cache.published_default.published_at is 'When it was written.';

create type s3cache.signing_plan as (
    cache_id integer,
    longest integer,
    hands_out_signed boolean,
    cdn_base text,
    public_base text,
    versioned boolean,
    origin text,
    base text,
    tail text,
    ttl integer,
    margin integer,
    reuse integer,
    epoch bigint,
    first_day integer,
    heads text[],
    scopes text[],
    inner_pads bytea[],
    outer_pads bytea[],
    token text,
    begins bigint,
    ends bigint
);
comment on type s3cache.signing_plan is 'What signing a URL takes to know of a cache, as one value.';
comment on column s3cache.signing_plan.cache_id is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.longest is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.hands_out_signed is 'Whether presigned URLs are what s3cache.url() gives.';
comment on column s3cache.signing_plan.cdn_base is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.public_base is 'As in s3cache.url_plan; NULL unless objects can be read there.';
comment on column s3cache.signing_plan.versioned is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.origin is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.base is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.tail is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.ttl is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.margin is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.reuse is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.epoch is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.first_day is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.heads is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.scopes is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.inner_pads is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.outer_pads is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.token is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.begins is 'As in s3cache.url_plan.';
comment on column s3cache.signing_plan.ends is 'As in s3cache.url_plan.';

create table s3cache.url_plan (
    cache_id integer primary key,
    cache text not null,
    store text,
    prefix text not null,
    longest integer not null,
    origin text,
    host text,
    tail text,
    base text,
    post_base text,
    public_base text,
    cdn_base text,
    key_bases text[] not null,
    access text not null,
    versioned boolean not null,
    default_image text,
    presign_mode text not null,
    profile text not null,
    region text not null,
    ttl integer not null,
    margin integer not null,
    reuse integer not null,
    epoch bigint not null,
    access_key_id text,
    first_day integer,
    heads text[],
    scopes text[],
    inner_pads bytea[],
    outer_pads bytea[],
    token text,
    begins bigint,
    ends bigint,
    signing s3cache.signing_plan,
    constraint url_plan_cache_key unique (cache)
)
-- Pads do not compress, and each URL would wait for it: a row stays as it is.
with (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10);
alter table s3cache.url_plan
    alter column inner_pads set statistics 0,
    alter column outer_pads set statistics 0,
    alter column token set statistics 0,
    alter column signing set statistics 0;
comment on table s3cache.url_plan is
    'All that making a URL takes to know of a cache, in one row: derived from settings, workers'' defaults and signing keys whenever these change, so that thousands of URLs cost one look-up each. For s3cache_owner only.';
comment on column s3cache.url_plan.cache_id is 'The cache.';
comment on column s3cache.url_plan.cache is 'Its name.';
comment on column s3cache.url_plan.store is 's3, or file: the embedded store; NULL while nobody said where the objects are.';
comment on column s3cache.url_plan.prefix is 'What its keys start with.';
comment on column s3cache.url_plan.longest is 'Bytes that a filename may have.';
comment on column s3cache.url_plan.origin is 'Scheme, host and port that signed URLs start with.';
comment on column s3cache.url_plan.host is 'The Host header that is signed.';
comment on column s3cache.url_plan.tail is 'The end of the canonical request of a URL that signs no header but Host.';
comment on column s3cache.url_plan.base is 'The path up to the filename, percent-encoded.';
comment on column s3cache.url_plan.post_base is 'The URL that forms are posted to.';
comment on column s3cache.url_plan.public_base is 'The unsigned URL up to the filename; of files, up to the key.';
comment on column s3cache.url_plan.cdn_base is 'The CDN''s URL up to the filename; NULL without CDN.';
comment on column s3cache.url_plan.key_bases is 'All forms of its URLs up to the key, in small letters where case does not matter, without scheme; the first one of files: their whole URL, decoded.';
comment on column s3cache.url_plan.access is 'Whether objects can be read without a signature.';
comment on column s3cache.url_plan.versioned is 'Whether unsigned URLs carry a short etag.';
comment on column s3cache.url_plan.default_image is 'The filename that stands in where there is no image.';
comment on column s3cache.url_plan.presign_mode is 'Who signs.';
comment on column s3cache.url_plan.profile is 'Whose keys sign.';
comment on column s3cache.url_plan.region is 'The region in their scope.';
comment on column s3cache.url_plan.ttl is 'Seconds that a presigned URL lives.';
comment on column s3cache.url_plan.margin is 'Seconds that it must have left, and one more, to be handed out.';
comment on column s3cache.url_plan.reuse is 'Seconds that the same one is handed out, at most.';
comment on column s3cache.url_plan.epoch is 'Rises when all URLs are invalidated.';
comment on column s3cache.url_plan.access_key_id is 'Of the keys.';
comment on column s3cache.url_plan.first_day is 'The day of the first element of the following arrays, in days since 1970; elements of days without a key are NULL.';
comment on column s3cache.url_plan.heads is 'The query of a signed URL up to the day of X-Amz-Date.';
comment on column s3cache.url_plan.scopes is 'The credential scope of the string to sign, with its line break.';
comment on column s3cache.url_plan.inner_pads is 'As in s3cache.signing_key.';
comment on column s3cache.url_plan.outer_pads is 'As in s3cache.signing_key.';
comment on column s3cache.url_plan.token is 'X-Amz-Security-Token as the query has it, else empty.';
comment on column s3cache.url_plan.begins is 'No URL is signed before this Unix time.';
comment on column s3cache.url_plan.ends is 'No URL lives beyond this Unix time.';
comment on column s3cache.url_plan.signing is 'What signing takes, once more, in one value: many columns would cost more to read than all the rest of a look-up.';

create table s3cache.presigned_row (
    job_id bigint not null,
    cache_id integer not null,
    filename text collate "C" not null,
    owner text not null,
    url text not null,
    version bigint not null,
    epoch bigint not null,
    signed_at timestamptz not null default pg_catalog.clock_timestamp(),
    expires_at timestamptz not null,
    primary key (owner, cache_id, filename)
);
create index presigned_row_expires_at_idx on s3cache.presigned_row (expires_at);
comment on table s3cache.presigned_row is 'URLs that workers signed for s3cache.presign(), the last for each role and file. Read s3cache.presigned.';
comment on column s3cache.presigned_row.job_id is 'The job that asked for it.';
comment on column s3cache.presigned_row.cache_id is 'The cache.';
comment on column s3cache.presigned_row.filename is 'The file.';
comment on column s3cache.presigned_row.owner is 'The role that asked for it.';
comment on column s3cache.presigned_row.url is 'The URL.';
comment on column s3cache.presigned_row.version is 'The row''s object_version at that time: once it rises the URL is handed out no more.';
comment on column s3cache.presigned_row.epoch is 'The cache''s at that time, likewise.';
comment on column s3cache.presigned_row.signed_at is 'When it was written.';
comment on column s3cache.presigned_row.expires_at is 'When it stops working.';

alter table s3cache.cache_state add column url_epoch bigint not null default 0;
comment on column s3cache.cache_state.url_epoch is 'Rises when all URLs of the cache are invalidated.';
comment on column s3cache.job.kind is 'What is to be done: rebuild, verify, upload, delete_object, read, presign.';
comment on column s3cache.job_history.kind is 'What was to be done: rebuild, verify, upload, delete_object, read, presign.';
