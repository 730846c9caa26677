-- What SQL signs is what botocore signs: every request and policy of the signer's corpus that SQL can express.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
\ir ../support/signing.sql
\ir ../support/corpus.sql
\copy raw from 'Tests/SigV4Tests/Corpus/requests.jsonl' with (format csv, delimiter E'\x01', quote E'\x02')
call pg_temp.take('request');
\copy raw from 'Tests/SigV4Tests/Corpus/urls.jsonl' with (format csv, delimiter E'\x01', quote E'\x02')
call pg_temp.take('request');
\copy raw from 'Tests/SigV4Tests/Corpus/posts.jsonl' with (format csv, delimiter E'\x01', quote E'\x02')
call pg_temp.take('post');

select ok(count(*) > 200, 'SQL can express many requests of the corpus: ' || count(*)) from pg_temp.expressible;
select ok(count(*) >= 20, 'many of the method ' || (r ->> 'method') || ': ' || count(*)) from pg_temp.expressible group by r ->> 'method' order by r ->> 'method';
select ok(count(*) >= 20, 'many with ' || what || ': ' || count(*)) from pg_temp.expressible, lateral (values
    ('a session token', r #>> '{credentials,session_token}' is not null), ('response-content-type', pg_temp.value_of(r -> 'query', 'response-content-type') is not null),
    ('response-content-disposition', pg_temp.value_of(r -> 'query', 'response-content-disposition') is not null), ('a Content-Type', r -> 'headers' <> '[]'),
    ('virtual-host style', r ->> 'addressing' = 'virtual'), ('path style', r ->> 'addressing' = 'path'), ('an odd key', r #>> '{expect,canonical_uri}' ~ '%'),
    ('an endpoint that is not Amazon''s', r ->> 'endpoint' !~ 'amazonaws')) v (what, is_so) where is_so group by what order by what;
select is(substring(pg_temp.signed_again(r) from 'X-Amz-Signature=(.*)$'), r #>> '{expect,signature}',
    concat_ws(' ', r ->> 'id', r ->> 'method', r ->> 'addressing', r ->> 'endpoint', left(r #>> '{expect,canonical_uri}', 60)))
from pg_temp.expressible order by number;

-- Host names are in small letters here.
create function pg_temp.place(url text) returns text language sql as $$ select lower(substring(url from '^[^/]*//[^/]*')) || substring(url from '^[^/]*//[^/]*([^?]*)') $$;
select is(pg_temp.place(pg_temp.signed_again(r)), pg_temp.place(r #>> '{expect,url}'), 'place of ' || (r ->> 'id')) from pg_temp.expressible order by number;
select is(pg_temp.policy_again(record) - 'key', record #> '{expect,fields}', 'policy ' || (record ->> 'id')) from line where kind = 'post' and record ->> 'key' not like '%${filename}%' order by number;
select * from finish();
