-- Who lost the right to enqueue a kind of job cannot repeat an old one.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();

create role tap_demoted;
grant s3cache_admin to tap_demoted;
grant usage on schema tap to tap_demoted;
grant execute on all functions in schema tap to tap_demoted;
set session authorization tap_demoted;
select s3cache.rebuild(force => true) as job \gset
select s3cache.cancel(:job);
select s3cache.retry(:job) as repeated \gset
select isnt(:repeated, :job, 'an administrator repeats a rebuild of their own');
select s3cache.cancel(:repeated);
reset session authorization;
revoke s3cache_admin from tap_demoted;
grant s3cache_reader to tap_demoted;
set session authorization tap_demoted;
select throws_ok(format('select s3cache.retry(%s)', :repeated), '42501', null, 'and no more once they are only a reader');
select is((select state from s3cache.jobs where id = :repeated), 'cancelled', 'who still sees it');
reset session authorization;
select * from finish();
drop owned by tap_demoted;
drop role tap_demoted;
