-- fetch_logo(): the sources of a domain's logo are tried in their order, once for all who ask at the same time.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
\ir ../support/said.sql
select s3cache.configure(default_image => 'none.png', cdn_url => 'https://cdn.example.com') \g /dev/null
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
create function pg_temp.claimed() returns setof bigint language sql as $$ select c.id from s3cache.claim_jobs((select max(id) from s3cache.worker), 100, false) c $$;
create function pg_temp.token(job bigint) returns bigint language sql as $$
    select coalesce(
        (select j.claim_token from s3cache.job j where j.id = token.job and j.state = 'running'),
        (select c.token from s3cache.claim_jobs((select max(id) from s3cache.worker), 100, false) c where c.id = job)) $$;
-- What the worker is to download next.
create function pg_temp.next(job bigint) returns text language sql as $$
    select case f.outcome when 'download' then f.url else f.outcome end from s3cache.begin_fetch(job, pg_temp.token(job)) f $$;
create function pg_temp.fail(job bigint, code text, retryable boolean default false, operation text default null) returns text language sql as $$
    select s3cache.fail_job(job, pg_temp.token(job), 'No.', jsonb_strip_nulls(jsonb_build_object('code', code, 'retryable', retryable, 'operation', operation))) $$;
create function pg_temp.store(job bigint) returns text language plpgsql as $$
declare
    name text := s3cache.name_upload(job, pg_temp.token(job), 3, 'png', sha256('abc'), null) ->> 'filename';
begin
    perform s3cache.complete_upload(job, pg_temp.token(job), 'e', 3, 0, null, 'image/png', sha256('abc'), 7, 5);
    return name;
end $$;

-- What is refused.
select matches(pg_temp.said(format('s3cache.fetch_logo(%L)', bad)), '^22023 .*is no domain', 'no domain: ' || coalesce(to_json(left(bad, 30))::text, 'NULL'))
from (values (null), (''), ('localhost'), ('https://example.com'), ('example.com/x'), ('example..com'), ('-a.com'), ('a b.com'), ('127.0.0.1'), ('[::1]'), ('bücher.example'), ('user@example.com'),
    ('example.com:80'), (repeat('a', 64) || '.com'), (repeat('a.', 130) || 'com'), (E'example.com\n')) v (bad);
select matches(pg_temp.said(format('s3cache.fetch_logo(''example.com'', %L)', bad)), '^22023 ', 'no sources: ' || coalesce(bad, 'NULL'))
from (values (null), ('{}'), ('{NULL}'), ('{ftp://example.com/}'), ('{/x}'), ('{"https://a.example/", "x"}')) v (bad);
select matches(pg_temp.said(format('s3cache.fetch_logo(''example.com'', filename => %L)', bad)), '^22023 ', 'no name: ' || coalesce(bad, 'NULL'))
from (values (null), ('logo.png'), ('{uuid}.{ext}'), ('{sha256}.{ext}'), ('{date:YYYY}.{ext}'), ('../{domain}.{ext}'), ('{{ext}}'), ('{nothing}.{ext}')) v (bad);
select is((select count(*) from s3cache.job), 0::bigint, 'nothing was enqueued');

-- One for all who ask at the same time.
select s3cache.fetch_logo('WWW.Example.com.') as job, s3cache.fetch_logo('example.com', array['https://other.example/{domain}']) as twin, s3cache.fetch_logo('example.org') as another,
    s3cache.fetch('https://example.com/favicon.ico') as plain, s3cache.fetch('https://example.com/logo.png') as other_plain \gset
select is(array_agg(c order by c), array[:job, :another, :plain, :other_plain]::bigint[], 'of those who ask for one domain''s logo one is claimed; other URLs of its host are others'' business') from pg_temp.claimed() c;
select is(pg_temp.next(:job), 'https://www.google.com/s2/favicons?domain=example.com&sz=256', 'the first source');
select is(pg_temp.fail(:job, 'fetch_status'), 'queued', 'fails');
select is(row(state, superseded_by)::text, format('(superseded,%s)', :job), 'who else asked has what it will have') from s3cache.jobs where id = :twin;
select s3cache.fetch_logo('www.example.com', array['https://third.example/']) as late \gset
select is(array_agg(c), array[:job]::bigint[], 'the same job goes on') from pg_temp.claimed() c;
select is(pg_temp.next(:job), 'https://icons.duckduckgo.com/ip3/example.com.ico', 'with the second one');
select is(attempt, 1, 'which is its first attempt') from s3cache.job where id = :job;
select is(pg_temp.fail(:job, 'fetch_timed_out', true), 'queued', 'where a source may answer another time');
select is(pg_temp.next(:job), 'https://logo.clearbit.com/example.com', 'the next one is asked all the same');
select is(pg_temp.store(:job), 'images/logos/example.com.png', 'it has one, which is named after the domain');
select is(row(state, superseded_by)::text, format('(superseded,%s)', :job), 'who asked meanwhile has the same') from s3cache.jobs where id = :late;
select is(row(state, error, result ->> 'url')::text, '(done,,https://cdn.example.com/images/logos/example.com.png)', 'the result is that of a fetch') from s3cache.jobs where id = :job;
select is((select string_agg(f.origin, ' ') from s3cache.fetch_failure f), 'https://www.google.com', 'the source that failed for good is remembered');
select s3cache.fetch_logo('www.example.com') as again \gset
select is(pg_temp.next(:again), 'done', 'what is there is not fetched again');
select is(result ->> 'filename' || (result ->> 'skipped'), 'images/logos/example.com.pngtrue', 'as its result says') from s3cache.jobs where id = :again;
delete from s3_image_cache;
select s3cache.fetch_logo('example.com') as again \gset
select is(pg_temp.next(:again), 'backing_off', 'a source that failed lately is not asked');
select is(pg_temp.fail(:again, 'fetch_backing_off'), 'queued', 'but passed over');
select is(pg_temp.next(:again), 'https://icons.duckduckgo.com/ip3/example.com.ico', 'for the next');
select is((select failures from s3cache.fetch_failure), 1, 'and that counts for nothing');
select s3cache.cancel(:again) \g /dev/null
select s3cache.cancel_claimed_job(:again, pg_temp.token(:again)) \g /dev/null

-- None has it.
select s3cache.fetch_logo('none.example', array['https://a.example/{domain}', 'https://b.example/{domain}']) as job \gset
select pg_temp.fail(:job, 'content_unknown') \g /dev/null
select is(pg_temp.fail(:job, 'fetch_timed_out', true), 'waiting', 'the last source is tried again');
update s3cache.job set attempt = 7, run_at = now(), state = 'queued' where id = :job;
select is(pg_temp.fail(:job, 'fetch_timed_out', true), 'failed', 'for as long as others are');
select is(result -> 'fallback' ->> 'filename', 'none.png', 'then there is the default image') from s3cache.jobs where id = :job;
select is((select count(*) from s3cache.fetch_failure where origin ~ '[ab]\.example'), 2::bigint, 'and both are left alone for a while');
select s3cache.fetch_logo('none.example', array['https://a.example/{domain}', 'https://b.example/{domain}']) as next_one \gset
select is(pg_temp.next(:next_one) || pg_temp.fail(:next_one, 'fetch_backing_off') || pg_temp.next(:next_one) || pg_temp.fail(:next_one, 'fetch_backing_off'), 'backing_offqueuedbacking_offfailed', 'nobody is asked');
delete from s3cache.fetch_failure;
select s3cache.retry(:job) as anew \gset
select is(pg_temp.next(:anew), 'https://a.example/none.example', 'a retry begins with the first source');
select is(pg_temp.fail(:anew, 'access_denied', false, 'PutObject'), 'failed', 'what is the bucket''s fault is no reason to ask another');
select is((select count(*) from s3cache.fetch_failure), 0::bigint, 'nor held against any');

-- Names.
select s3cache.fetch_logo('a.example', filename => 'l/{{x}}-{domain}.{ext}', sources => array['https://s.example/']) as named \gset
select is(pg_temp.next(:named) || ' ' || pg_temp.store(:named), 'https://s.example/ l/{x}-a.example.png', 'a brace is written twice');
select s3cache.fetch_logo('a.example', filename => 'l/{{x}}-{domain}.{ext}', sources => array['https://s.example/']) as named \gset
select is(pg_temp.next(:named), 'done', 'also when it is looked for');
select s3cache.configure(environment => 'dev') \g /dev/null
select s3cache.fetch_logo('dev.example') as job \gset
select is(pg_temp.store(:job), 'images/logos/dev.example-dev.png', 'outside of production it has the suffix');
select s3cache.fetch_logo('dev.example') as job \gset
select is(pg_temp.next(:job), 'done', 'and is found with it');
select is(count(*), 0::bigint, 'no view shows the sources') from s3cache.jobs j where j::text ~ 'clearbit|s\.example';
select * from finish();
