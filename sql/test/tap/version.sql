-- The database knows which version it has.
select plan(1);

\set expected `cat sql/version`
select is(s3cache.version(), :'expected', 's3cache.version() is the version in sql/version');

select * from finish();
