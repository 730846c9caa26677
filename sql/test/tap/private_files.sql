-- What was uploaded as PrivateData is handed out by presigned URLs alone, whatever happens to its row.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
\ir ../support/signing.sql
select s3cache.configure(bucket => 'examplebucket', region => 'eu-central-1', cdn_url => 'cdn.example.com', access => 'public', versioned_urls => true, prefix => 'p/') \g /dev/null
call pg_temp.publish((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + 2);
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
create function pg_temp.token(job bigint) returns bigint language sql as $$
    select coalesce(
        (select j.claim_token from s3cache.job j where j.id = token.job and j.state = 'running'),
        (select c.token from s3cache.claim_jobs((select max(id) from s3cache.worker), 100, false) c where c.id = job)) $$;
create function pg_temp.store(job bigint, skipped boolean default false) returns jsonb language plpgsql as $$
begin
    perform s3cache.complete_upload(job, pg_temp.token(job), 'e' || job, 2, 1700000000000000, null, 'text/plain', sha256('x'), skipped => skipped);
    return (select result from s3cache.jobs where id = job);
end $$;
create function pg_temp.put(name text, category text default null, cache text default 's3_image_cache') returns jsonb language sql as $$
    select pg_temp.store(s3cache.upload(name, 'some text', category => put.category, cache => put.cache)) $$;
-- What kind of URL is handed out.
create function pg_temp.kind(url text) returns text language sql as $$
    select case when url is null then 'none' when url ~ 'X-Amz-Signature=' and url !~ 'cdn\.example' then 'presigned' when url ^@ 'https://cdn.example.com/' then 'cdn' else url end $$;
create function pg_temp.given(name text) returns text language sql as $$
    select concat_ws(' ', pg_temp.kind(s3cache.url(name)),
        (select pg_temp.kind(i ->> 'url') from jsonb_array_elements(s3cache.images(name)) i where i ->> 'key' = 'p/' || name),
        coalesce(s3cache.public_url(name), 'none')) $$;
\set private 'presigned presigned none'

-- From when it is asked for.
select s3cache.configure(allowed_types => '{jpeg,text}') \g /dev/null
select is(pg_temp.kind(s3cache.url('a.txt')), 'cdn', 'of a name of which nothing is known the CDN''s URL is handed out');
begin;
select s3cache.upload('a.txt', 'some text', category => 'PrivateData') as job \gset
select is(pg_temp.kind(s3cache.url('a.txt')), 'presigned', 'not from when it is to be private');
rollback;
select is(pg_temp.kind(s3cache.url('a.txt')), 'cdn', 'an upload that is rolled back was never asked for');
select s3cache.upload('a.txt', 'some text', category => 'PrivateData') as job \gset
select is(pg_temp.store(:job) -> 'url', 'null'::jsonb, 'the upload''s result has no URL');
select is(pg_temp.given('a.txt'), :'private', 'what is stored is handed out presigned alone');
select is(s3cache.primary_image('a.txt') ->> 'url', s3cache.url('a.txt'), 'also as a primary image');
select is(s3cache.key_of(s3cache.url('a.txt')), 'p/a.txt', 'whose key is known from its URL');
select is(pg_temp.put('b.txt', 'PublicData') ->> 'url' ^@ 'https://cdn.example.com/p/b.txt?v=', true, 'what is public has the CDN''s');
select is(pg_temp.given('b.txt') ^@ 'cdn cdn https://cdn.example.com/p/b.txt?v=', true, 'and is handed out by it');
select is(pg_temp.kind(s3cache.url('A.txt')) || pg_temp.kind(s3cache.url('a.txt2')), 'cdncdn', 'names are compared as they are');
select s3cache.read('a.txt') as a, s3cache.read('b.txt') as b \gset
select is((select p.url from s3cache.read_places(:a, pg_temp.token(:a)) p), null, 'a read of it does not ask the CDN');
select is((select p.url from s3cache.read_places(:b, pg_temp.token(:b)) p) is null, false, 'that of another does');
select s3cache.complete_read(:a, pg_temp.token(:a), 'x', 'e', null), s3cache.complete_read(:b, pg_temp.token(:b), 'x', 'e', null) \g /dev/null

-- Rows come and go.
update s3cache.object set etag = 'other', state = 'unverified', content_type = null where filename = 'a.txt';
select is(pg_temp.given('a.txt'), :'private', 'a rebuild that finds other contents changes nothing');
delete from s3_image_cache where filename = 'a.txt';
select is(pg_temp.kind(s3cache.url('a.txt')), 'presigned', 'nor does who forgets the row');
truncate s3_image_cache;
insert into s3_image_cache (filename) values ('a.txt');
select is(pg_temp.given('a.txt'), :'private', 'nor the rebuild that brings it back');

-- Other uploads to the name.
select s3cache.upload('a.txt', 'more text', category => 'PublicData') as job \gset
select is(pg_temp.given('a.txt'), :'private', 'an upload of another category changes nothing before it is stored');
select is(pg_temp.store(:job) ->> 'url' ^@ 'https://cdn.example.com/p/a.txt', true, 'and then it counts');
select is(pg_temp.given('a.txt') ^@ 'cdn cdn ', true, 'for all');
select pg_temp.put('a.txt', 'PrivateData') \g /dev/null
select is(pg_temp.given('a.txt'), :'private', 'and private again');
select s3cache.upload('a.txt', 'other', if_exists => 'skip') as job \gset
select pg_temp.store(:job, skipped => true) \g /dev/null
select is(pg_temp.given('a.txt'), :'private', 'where the upload left what was there, it stays as it was');
select s3cache.upload('a.txt', 'c', category => 'PublicData') as public, s3cache.upload('a.txt', 'd', category => 'PrivateData') as hidden \gset
select pg_temp.store(:public) \g /dev/null
select is(pg_temp.given('a.txt'), :'private', 'a private upload that waits behind a public one counts before it is stored');
select pg_temp.store(:hidden) \g /dev/null
select is(pg_temp.given('a.txt'), :'private', 'and after it');
select is((select count(*) from s3cache.private_file), 1::bigint, 'one row remembers it');
select is(pg_temp.put('a.txt') ->> 'url' ^@ 'https://cdn', true, 'an upload without category ends it');

-- What was certainly not stored makes nothing private.
select pg_temp.put('b.txt') \g /dev/null
select s3cache.upload('b.txt', 'x', category => 'PrivateData') as job \gset
select s3cache.cancel(:job) \g /dev/null
select is(pg_temp.given('b.txt') ^@ 'cdn cdn', true, 'one that was cancelled before it ran');
select s3cache.upload('b.txt', 'x', category => 'PrivateData') as job \gset
select s3cache.fail_job(:job, pg_temp.token(:job), 'No.', '{"code": "content_unknown"}') \g /dev/null
select is(pg_temp.given('b.txt') ^@ 'cdn cdn', true, 'one whose bytes were refused');
select s3cache.upload('b.txt', 'x', category => 'PrivateData', if_exists => 'error') as job \gset
select s3cache.fail_job(:job, pg_temp.token(:job), 'No.', '{"code": "already_exists"}') \g /dev/null
select is(pg_temp.given('b.txt') ^@ 'cdn cdn', true, 'one that found the name taken');
select s3cache.upload('b.txt', 'x', category => 'PrivateData') as job \gset
select s3cache.fail_job(:job, pg_temp.token(:job), 'No.', '{"code": "timed_out"}') \g /dev/null
select is(pg_temp.given('b.txt'), :'private', 'one of which nobody knows does');
select s3cache.retry(:job) as again \gset
select pg_temp.store(:again) \g /dev/null
select is(pg_temp.given('b.txt'), :'private', 'so does its retry');
select is((select count(*) from s3cache.private_file), 1::bigint, 'which takes the other''s place');

-- Names that the content makes.
select s3cache.upload_file('{sha256:8}.txt', 'x', category => 'PrivateData') as job \gset
select s3cache.name_upload(:job, pg_temp.token(:job), 2, 'text', sha256('named'), null) ->> 'filename' as name \gset
select is(pg_temp.kind(s3cache.url(:'name')), 'presigned', 'before it is stored, too');
select pg_temp.store(:job) \g /dev/null
select is(pg_temp.given(:'name'), :'private', 'and after');
select s3cache.fetch('https://example.com/a.txt', 'f.txt', category => 'PrivateData') as job \gset
select is(pg_temp.kind(s3cache.url('f.txt')), 'presigned', 'what is to be fetched');
select s3cache.fail_job(:job, pg_temp.token(:job), 'No.', '{"code": "fetch_refused"}') \g /dev/null
select is(pg_temp.kind(s3cache.url('f.txt')), 'cdn', 'unless it was not');

select s3cache.upload('dry.txt', 'x', category => 'PrivateData') as job \gset
select is(s3cache.complete_jobs(array[:job], array[pg_temp.token(:job)], array['{"dry_run": true}'::jsonb]), array[:job::bigint], 'a dry run');
select is(pg_temp.kind(s3cache.url('dry.txt')), 'cdn', 'makes nothing private');

-- Renaming and deleting.
create function pg_temp.renamed(job bigint) returns jsonb language plpgsql as $$
begin
    perform s3cache.complete_rename(job, pg_temp.token(job), 'r' || job, 2, 1700000000000000, null, 'text/plain');
    return (select result from s3cache.jobs where id = job);
end $$;
select s3cache.rename_object('b.txt', 'moved.txt') as job \gset
select is(args ->> 'access', 'private', 'the worker is told to copy what is private with that ACL') from s3cache.job where id = :job;
select is(pg_temp.kind(s3cache.url('moved.txt')), 'presigned', 'the new name is private from when it is asked for');
select is(pg_temp.renamed(:job) -> 'url', 'null'::jsonb, 'the result has no URL');
select is(pg_temp.given('moved.txt'), :'private', 'what is renamed stays private');
select is(pg_temp.kind(s3cache.url('b.txt')), 'cdn', 'its old name is none any more');
select pg_temp.put('open.txt') \g /dev/null
select s3cache.rename_object('open.txt', 'moved.txt') as job \gset
select is(pg_temp.renamed(:job) ->> 'url' ^@ 'https://cdn', true, 'what takes its place is what it was');
select s3cache.upload('late.txt', 'x', category => 'PrivateData') as upload, s3cache.rename_object('late.txt', 'later.txt') as renaming \gset
select pg_temp.store(:upload), pg_temp.renamed(:renaming) \g /dev/null
select is(pg_temp.given('later.txt'), :'private', 'renamed as soon as it was stored');
select s3cache.rename_object('later.txt', 'last.txt') as renaming \gset
select s3cache.fail_job(:renaming, pg_temp.token(:renaming), 'No.', '{"code": "already_exists"}') \g /dev/null
select is(pg_temp.kind(s3cache.url('last.txt')) || pg_temp.given('later.txt'), 'cdn' || :'private', 'a renaming that found the name taken changes nothing');
select s3cache.delete_object('later.txt') as job \gset
select s3cache.complete_deletion(:job, pg_temp.token(:job)) \g /dev/null
select is(pg_temp.kind(s3cache.url('later.txt')), 'cdn', 'deleted, it is forgotten');

-- Copies of what S3 has not taken.
select s3cache.upload('copy.txt', 'x', category => 'PrivateData') as job \gset
select s3cache.keep_copy(:job, pg_temp.token(:job), 'https://files.example.com/copy.txt', 'e', 1, 1700000000000000, 'text/plain', sha256('x'))
from s3cache.plan_copy(:job, pg_temp.token(:job), 'examplebucket/1/copy.txt', false) \g /dev/null
select is((select location from s3_image_cache where filename = 'copy.txt'), 'local', 'a copy is kept');
select is(s3cache.url('copy.txt'), null, 'whose URL is not handed out');
select is(s3cache.public_url('copy.txt'), null, 'in no way');
select s3cache.read('copy.txt') as reading \gset
select is((select p.place from s3cache.read_places(:reading, pg_temp.token(:reading)) p), 'examplebucket/1/copy.txt', 'reads have it');
select s3cache.cancel(:reading) \g /dev/null

-- Where URLs are written back.
create table note (id text primary key, url text not null default '');
insert into note (id) values ('n1');
select s3cache.bind('note', key => 'notes/{id}.txt', url_column => 'url') \g /dev/null
select s3cache.attach('note', 'n1', content => 'x', category => 'PrivateData') as job \gset
select pg_temp.store(:job), s3cache.write_back(:job) \g /dev/null
select is(url, 's3://examplebucket/p/notes/n1.txt', 'its place is written into the bound row, and no URL for everyone') from note;
select is(pg_temp.kind(s3cache.images_of('note', 'n1') -> 0 ->> 'url'), 'presigned', 'images_of() gives a presigned one');

-- No key; other caches; dropped ones.
select s3cache.configure(region => 'us-west-2') \g /dev/null
select is(s3cache.url(:'name'), null, 'without a key there is no URL');
select is(i ->> 'url' is null and i ->> 'error' is not null, true, 'as images() says') from jsonb_array_elements(s3cache.images(:'name')) i;
select s3cache.create_cache('second', bucket => 'other'), s3cache.configure('second', cdn_url => 'cdn.example.com', allowed_types => '{text}') \g /dev/null
select is(pg_temp.kind(s3cache.url(:'name', 'second')), 'cdn', 'in another cache the name is another');
select pg_temp.put('c.txt', 'PrivateData', 'second') \g /dev/null
select is(s3cache.url('c.txt', 'second'), null, 'which has its own');
select s3cache.drop_cache('second') \g /dev/null
select is((select count(*) from s3cache.private_file where cache_id <> 1), 0::bigint, 'a dropped cache has none');

-- What a rebuild of many rows would pay.
select is((select count(*) from pg_catalog.pg_trigger where tgrelid = 's3cache.private_file'::regclass), 0::bigint, 'no trigger');
select is((select string_agg(p.proname, ' ') from pg_catalog.pg_proc p where p.pronamespace = 's3cache'::regnamespace and p.prosrc ~ 'private' and p.proname ~ 'slice|pages|listing|rebuild'),
    null, 'rebuilds do not know of it');
select * from finish();
