-- fetch(): what it takes, what becomes of its name, who shares a download, and how long a URL that failed is left alone.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
create function pg_temp.refusal(call text) returns text language plpgsql as $$
declare
    said text;
    advice text;
    code text;
begin
    begin
        execute 'select ' || call;
        return 'accepted';
    exception when others then
        get stacked diagnostics code = returned_sqlstate, said = message_text, advice = pg_exception_hint;
    end;
    return code || case when said !~ '\.$' then ' no sentence: ' || said else '' end || case when advice !~ '\.|;' then ' no hint' else '' end
        || case when (said || advice) ~ 'secret' then ' shows the URL' else '' end;
end $$;
create function pg_temp.job_of(call text) returns s3cache.job language plpgsql as $$
declare
    asked bigint;
    made s3cache.job;
begin
    execute 'select ' || call into asked;
    delete from s3cache.job j where j.id = asked returning j.* into made;
    return made;
end $$;
create temporary sequence tokens;
-- The job as a worker holds it; gives its token.
create function pg_temp.run(job bigint) returns bigint language sql as $$
    update s3cache.job j set state = 'running', attempt = attempt + 1, claim_token = nextval('pg_temp.tokens'), started_at = clock_timestamp()
    where id = job returning claim_token
$$;

-- URLs.
select is(s3cache.fetchable_url(given), taken, given)
from (values
    ('https://example.com', 'https://example.com/'), ('HTTPS://Example.COM:443/A?b=C#top', 'https://example.com/A?b=C'), ('http://example.com.:80?x', 'http://example.com/?x'),
    ('https://example.com:8443/a b', 'https://example.com:8443/a b'), ('https://[2606:4700::1111]/x', 'https://[2606:4700::1111]/x'), ('https://8.8.8.8/x', 'https://8.8.8.8/x'),
    ('https://example.com:/x', 'https://example.com/x'), ('https://example.com/@me?q=a@b', 'https://example.com/@me?q=a@b'), ('https://a_b.example/ü', 'https://a_b.example/ü'),
    ('https://' || 'example.com/' || repeat('x', 2028), 'https://' || 'example.com/' || repeat('x', 2028))) v (given, taken);
select is(pg_temp.refusal(format('s3cache.fetch(%L)', bad)), '22023', 'no URL to fetch: ' || left(coalesce(to_json(bad)::text, 'NULL'), 50))
from (values (null), (''), ('secret'), ('//example.com/secret'), ('ftp://example.com/secret'), ('file:///etc/secret'), ('data:image/png;base64,secret'), ('javascript:secret'), ('gopher://secret'),
    ('https:/secret'), ('https:///secret'), ('https://?secret'), ('https://user:secret@example.com/'), ('https://secret@example.com/'), ('https://exa mple.com/secret'), (E'https://example.com/\nsecret'),
    (E'https://example.com/\tsecret'), (E'https://example.com/\u007fsecret'), (E'https://example.com/\u2028secret'), (E'https://example.com/\u00a0secret'), (' https://example.com/secret'), ('https://example.com/secret '),
    ('https://example.com\@127.0.0.1/secret'), ('https://example.com%2f.secret/'), ('https://bücher.secret/'), ('https://[::1/secret'), ('https://::1/secret'), ('https://[::1%25lo]/secret'),
    ('https://2130706433/secret'), ('https://0x7f000001/secret'), ('https://017700000001/secret'), ('https://127.1/secret'), ('https://0177.0.0.1/secret'), ('https://127.0.0.01/secret'), ('https://127.0.0.1./secret'),
    ('https://127.0.0.1.2/secret'), ('https://a.0x1/secret'), ('https://example.com:0/secret'), ('https://example.com:65536/secret'), ('https://example.com:99999999999999999999/secret'), ('https://example.com:-1/secret'), ('https://example.com:8a/secret'),
    ('https://example.com/secret' || repeat('x', 2048))) v (bad);

-- What is enqueued.
select s3cache.fetch('https://Example.com/logo.png?secret=1#x') as job \gset
select is(row(kind, cache, state, owner)::text, row('fetch', 's3_image_cache', 'queued', current_user)::text, 'fetch() enqueues a job') from s3cache.jobs where id = :job;
select is(args - 'metadata' - 'stable', jsonb_build_object('url', 'https://example.com/logo.png?secret=1',
    'template', 'fetched/' || encode(sha256('https://example.com/logo.png?secret=1'), 'hex') || '.{ext}'), 'whose object is named after the URL') from s3cache.job where id = :job;
select is(serial_key is null and priority = 10 and merge_key ^@ 'fetch/1/', true, 'among the long ones, and alone once its name is known') from s3cache.job where id = :job;
select is(count(*), 0::bigint, 'no view shows the query') from s3cache.jobs j where j::text ~ 'secret';
begin;
select s3cache.fetch('https://example.com/rolled-back') as gone \gset
rollback;
select is(count(*), 1::bigint, 'after a rollback nothing was asked for') from s3cache.job;
delete from s3cache.job;
select is((pg_temp.job_of(a)).merge_key = (pg_temp.job_of(b)).merge_key, same, format('%s %s %s', a, case when same then 'is asked for as' else 'is another than' end, b))
from (values
    ('s3cache.fetch(''https://example.com/a'')', 's3cache.fetch(''HTTPS://EXAMPLE.com:443/a#b'')', true),
    ('s3cache.fetch(''https://example.com/a'')', 's3cache.fetch(''https://example.com/A'')', false),
    ('s3cache.fetch(''https://example.com/a'', ''n'')', 's3cache.fetch(''https://example.com/a'')', false),
    ('s3cache.fetch(''https://example.com/a'', ''n'')', 's3cache.fetch(''https://example.com/a'', ''n'')', true),
    ('s3cache.fetch(''https://example.com/a'', ''{uuid}'')', 's3cache.fetch(''https://example.com/a'', ''{uuid}'')', false),
    ('s3cache.fetch(''https://example.com/a'', category => ''PublicAsset'')', 's3cache.fetch(''https://example.com/a'')', false),
    ('s3cache.fetch(''https://example.com/a'', idempotency_key => ''1'')', 's3cache.fetch(''https://example.com/a'', idempotency_key => ''1'')', true),
    ('s3cache.fetch(''https://example.com/a'', idempotency_key => ''1'')', 's3cache.fetch(''https://example.com/b'', idempotency_key => ''1'')', false)) v (a, b, same);
select is((pg_temp.job_of('s3cache.fetch(''https://example.com/a'', ''1/{date:YYYY}.png'')')).serial_key, 'object:1:1/' || to_char(now() at time zone 'UTC', 'YYYY') || '.png', 'a name that is known holds its object');
select is((pg_temp.job_of('s3cache.fetch(''https://example.com/a'', ''{sha256:8}.{ext}'')')).args ->> 'template', '{sha256:8}.{ext}', 'one that is not waits for the content');
select is((pg_temp.job_of('s3cache.fetch(''https://example.com/a'', ''a{{b}}.png'')')).args ->> 'filename', 'a{b}.png', 'a brace is written twice');
select is(pg_temp.refusal(format('s3cache.fetch(''https://example.com/a'', %L)', name)), '22023', 'no file is named ' || to_json(left(name, 20))::text)
from (values (''), ('../up'), ('a/./b'), (E'a\nb'), (repeat('x', 1025)), ('{nothing}'), ('{sha256:65}')) v (name);
select is(pg_temp.refusal($$s3cache.fetch('https://example.com/a', category => 'c')$$), '22023', 'an unknown category');
select is(pg_temp.refusal($$s3cache.fetch('https://example.com/a', idempotency_key => '')$$), '22023', 'an empty idempotency key');
select is(pg_temp.refusal(format('s3cache.fetch(''https://example.com/a'', idempotency_key => %L)', repeat('x', 256))), '22023', 'one that is too long');
select is(pg_temp.refusal($$s3cache.fetch('https://example.com/a', cache => 'nothing')$$), '42704', 'an unknown cache');
select s3cache.fetch('https://example.com/once', idempotency_key => 'k') as first, s3cache.fetch('https://example.com/once', 'other.png', idempotency_key => 'k') as second \gset
select is(:first, :second, 'a second call with the same key gives the first call''s job');
delete from s3cache.job;

-- Who asks for the same while it is on its way gets its result; what is there is not downloaded again.
select s3cache.configure(cdn_url => 'https://cdn.example.com', prefix => 'p/') \g /dev/null
select s3cache.fetch('https://example.com/a') as job, s3cache.fetch('https://example.com/a') as later, s3cache.fetch('https://example.com/a', 'b.png') as another \gset
select pg_temp.run(:job) as token \gset
select is(outcome || ' ' || url, 'download https://example.com/a', 'the worker gets the URL') from s3cache.begin_fetch(:job, :token);
select s3cache.name_upload(:job, :token, 3, 'png', sha256('abc'), null) ->> 'filename' as name \gset
select is(:'name', 'fetched/' || encode(sha256('https://example.com/a'), 'hex') || '.png', 'the content gives the name its extension');
select s3cache.complete_upload(:job, :token, 'e', 3, 0, null, 'image/png', sha256('abc'), 7, 5) \g /dev/null
select is((select superseded_by from s3cache.jobs where id = :later), :job::bigint, 'who asked for the same has the same answer');
select is((select state from s3cache.jobs where id = :another), 'queued', 'who asked for something else does not');
select is(result, jsonb_build_object('filename', :'name', 'key', 'p/' || :'name', 'url', 'https://cdn.example.com/p/' || :'name', 'etag', 'e', 'size', 3, 'content_type', 'image/png', 'width', 7, 'height', 5,
    'sha256', encode(sha256('abc'), 'hex'), 'location', 's3'), 'the result') from s3cache.jobs where id = :job;
select s3cache.fetch('https://example.com/a') as again \gset
select is((s3cache.begin_fetch(:again, pg_temp.run(:again))).outcome, 'done', 'it is there');
select is(a.result, b.result || '{"skipped": true}', 'and the result is the same') from s3cache.jobs a, s3cache.jobs b where a.id = :again and b.id = :job;
select s3cache.fetch('https://example.com/a', category => 'PrivateData') as private \gset
select pg_temp.run(:private) as token \gset
select is((s3cache.begin_fetch(:private, :token)).outcome, 'download', 'what everyone may read is not what is asked for as private');
select s3cache.name_upload(:private, :token, 3, 'png', sha256('abc'), null) \g /dev/null
select is((s3cache.begin_fetch(:private, :token)).outcome, 'download', 'nor after an attempt that was lost');
select s3cache.complete_upload(:private, :token, 'e', 3, 0, null, 'image/png', sha256('abc'), 7, 5) \g /dev/null
select s3cache.fetch('https://example.com/a', category => 'PrivateData') as private \gset
select (s3cache.begin_fetch(:private, pg_temp.run(:private))).outcome as outcome \gset
select is(:'outcome' || ' ' || (result -> 'url'), 'done null', 'once it is private it is there') from s3cache.jobs where id = :private;
update s3_image_cache set state = 'missing';
select s3cache.fetch('https://example.com/a') as lost \gset
select is((s3cache.begin_fetch(:lost, pg_temp.run(:lost))).outcome, 'download', 'what is gone is downloaded again');
delete from s3cache.job;

-- The bytes of another attempt may be others.
select s3cache.fetch('https://example.com/changing', '{sha256:8}.{ext}') as job \gset
select pg_temp.run(:job) as token \gset
select s3cache.name_upload(:job, :token, 3, 'png', '\x11', null) ->> 'filename' as before, s3cache.name_upload(:job, :token, 4, 'jpeg', '\x2222', null) ->> 'filename' as after \gset
select is(:'before' || ' ' || :'after', '11.png 2222.jpg', 'and so may the name');
select is(serial_key || ' ' || (args ->> 'size'), 'object:1:2222.jpg 4', 'with which goes the object') from s3cache.job where id = :job;
delete from s3cache.job;

-- Failures.
create function pg_temp.fail(url text, code text, filename text default null, operation text default null) returns text language plpgsql as $$
declare
    job bigint := s3cache.fetch(url, filename);
    token bigint := pg_temp.run(job);
    start record;
begin
    select * into start from s3cache.begin_fetch(job, token);
    if start.outcome <> 'download' then
        perform s3cache.fail_job(job, token, 'Not now.', '{"code": "fetch_backing_off", "retryable": false}');
        return format('%s %s %s', start.outcome, start.failures, start.code);
    end if;
    perform s3cache.fail_job(job, token, 'No.', jsonb_strip_nulls(jsonb_build_object('code', code, 'retryable', false, 'operation', operation)));
    return coalesce((select format('%s %s', f.failures, f.next_try_at - f.failed_at) from s3cache.fetch_failure f where f.url_hash = sha256(convert_to(url, 'UTF8'))), 'forgotten');
end $$;
select is(pg_temp.fail('https://example.com/f?secret', 'fetch_status'), '1 00:05:00', 'a URL that failed is left alone');
select is(pg_temp.fail('https://example.com/f?secret', 'fetch_status'), 'backing_off 1 fetch_status', 'and its job fails at once');
select is(pg_temp.fail('https://example.com/f?secret', 'fetch_status', 'another.png'), 'backing_off 1 fetch_status', 'whatever its name is to be');
select is((select f.failures from s3cache.fetch_failure f), 1, 'which counts for nothing');
select is((select f.origin from s3cache.fetch_failure f), 'https://example.com', 'no query is kept');
create function pg_temp.pass() returns void language sql as $$ update s3cache.fetch_failure set next_try_at = failed_at $$;
select pg_temp.pass() \g /dev/null
select is(pg_temp.fail('https://example.com/f?secret', 'content_malformed'), '2 00:10:00', 'then it is asked again');
update s3cache.fetch_failure set failures = 11, next_try_at = failed_at;
select is(pg_temp.fail('https://example.com/f?secret', 'too_large'), '12 7 days', 'each time later, up to a week');
update s3cache.fetch_failure set failures = 2147483640, next_try_at = failed_at;
select is(pg_temp.fail('https://example.com/f?secret', 'too_many_pixels'), '2147483641 7 days', 'however often');
select is(pg_temp.fail('https://example.com/' || code, code, operation => operation), 'forgotten', code || ' is not the URL''s fault')
from (values ('fetch_exhausted', null), ('fetch_configuration_invalid', null), ('access_denied', 'PutObject'), ('too_large', 'PutObject'), ('internal', null), ('content_extension_mismatch', null)) v (code, operation);
select pg_temp.pass() \g /dev/null
select s3cache.fetch('https://example.com/f?secret') as job \gset
select pg_temp.run(:job) as token \gset
select s3cache.name_upload(:job, :token, 3, 'png', sha256('abc'), null) \g /dev/null
select s3cache.complete_upload(:job, :token, 'e', 3, 0, null, 'image/png', sha256('abc'), 7, 5) \g /dev/null
select is(count(*), 0::bigint, 'a success forgets all that') from s3cache.fetch_failure;
select s3cache.configure(default_image => 'generic.png') \g /dev/null
select pg_temp.fail('https://example.com/g', 'fetch_status') \g /dev/null
select is(result, '{"error": {"code": "fetch_status", "operation": null, "bucket": null, "key": null, "request_id": null, "retryable": false}, "fallback": {"filename": "generic.png", "key": "p/generic.png", "url": "https://cdn.example.com/p/generic.png"}}', 'a failure tells the fallback image')
from s3cache.jobs where kind = 'fetch' order by id desc limit 1;
select is((s3cache.prune_fetch_failures(10)).pruned, 0, 'a failure is remembered');
update s3cache.fetch_failure set failed_at = now() - interval '31 days';
select is((s3cache.prune_fetch_failures(10)).pruned, 1, 'for a month');
select s3cache.create_cache('second') \g /dev/null
select is(s3cache.fetch('https://example.com/g', cache => 'second') > 0, true, 'each cache');
insert into s3cache.fetch_failure (cache_id, origin, url_hash, failures, code, failed_at, next_try_at) values (2, 'https://example.com', '\x', 1, 'fetch_status', now(), now());
select s3cache.drop_cache('second') \g /dev/null
select is(count(*), 0::bigint, 'has failures of its own') from s3cache.fetch_failure;
select * from finish();
