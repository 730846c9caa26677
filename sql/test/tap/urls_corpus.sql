-- What SQL signs is what botocore signs: every request and policy of the signer's corpus that SQL can express.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
\ir ../support/signing.sql
create temporary table line (number integer generated always as identity, kind text, record jsonb);
create temporary table raw (record text);
\copy raw from 'Tests/SigV4Tests/Corpus/requests.jsonl' with (format csv, delimiter E'\x01', quote E'\x02')
insert into line (kind, record) select 'request', record::jsonb from raw where record not like '%\\u0000%';
truncate raw;
\copy raw from 'Tests/SigV4Tests/Corpus/posts.jsonl' with (format csv, delimiter E'\x01', quote E'\x02')
insert into line (kind, record) select 'post', record::jsonb from raw where record not like '%\\u0000%';

create function pg_temp.prepare(r jsonb) returns date language plpgsql as $$
declare
    day date := to_date(left(r ->> 'time', 8), 'YYYYMMDD');
    purpose text;
begin
    delete from s3cache.cache_setting;
    delete from s3cache.signing_key;
    perform s3cache.configure(bucket => r ->> 'bucket', endpoint => r ->> 'endpoint', addressing => r ->> 'addressing', region => r ->> 'region');
    foreach purpose in array array['presign', 'upload'] loop
        call pg_temp.publish(day, day, r ->> 'region', purpose, access_key_id => r #>> '{credentials,access_key}',
            secret => r #>> '{credentials,secret_key}', token => r #>> '{credentials,session_token}');
    end loop;
    return day;
end $$;
create function pg_temp.moment(r jsonb) returns timestamptz language sql as $$
    select to_timestamp(r ->> 'time', 'YYYYMMDD"T"HH24MISS"Z"')::timestamp at time zone 'UTC'
$$;
create function pg_temp.value_of(pairs jsonb, name text) returns text language sql as $$
    select p ->> 1 from jsonb_array_elements(pairs) p where p ->> 0 = name
$$;
create function pg_temp.signed_again(r jsonb) returns text language plpgsql as $$
declare
    key text := convert_from(decode(r ->> 'key_hex', 'hex'), 'UTF8');
begin
    perform pg_temp.prepare(r);
    if r ->> 'method' = 'PUT' then
        return s3cache.upload_url_at(key, pg_temp.value_of(r -> 'headers', 'content-type'), make_interval(secs => (r ->> 'expires')::int),
            's3_image_cache', pg_temp.moment(r));
    end if;
    return s3cache.presigned_url_at(key, make_interval(secs => (r ->> 'expires')::int), r ->> 'method',
        pg_temp.value_of(r -> 'query', 'response-content-disposition'), pg_temp.value_of(r -> 'query', 'response-content-type'),
        true, 's3_image_cache', pg_temp.moment(r));
end $$;
create temporary table expressible as
select number, record as r
from line
where kind = 'request' and record ->> 'kind' = 'presign' and record ->> 'key_hex' is not null
    and record ->> 'endpoint' !~ '^https?://[^/]+/.' and octet_length(record ->> 'key_hex') <= 2048
    and case record ->> 'method'
        when 'PUT' then record -> 'query' = '[]'
            and not exists (select from jsonb_array_elements(record -> 'headers') h where h ->> 0 <> 'content-type')
            and s3cache.filename_problem(convert_from(decode(record ->> 'key_hex', 'hex'), 'UTF8')) is null
        when 'GET' then record -> 'headers' = '[]'
            and not exists (select from jsonb_array_elements(record -> 'query') q where q ->> 0 not in ('response-content-disposition', 'response-content-type'))
        when 'HEAD' then record -> 'headers' = '[]' and record -> 'query' = '[]'
        else false
    end;
select ok(count(*) > 20, 'SQL can express many requests of the corpus: ' || count(*)) from expressible;
select ok(count(*) >= 1, 'some of the method ' || (r ->> 'method')) from expressible group by r ->> 'method' order by r ->> 'method';
select is(substring(pg_temp.signed_again(r) from 'X-Amz-Signature=(.*)$'), r #>> '{expect,signature}',
    concat_ws(' ', r ->> 'id', r ->> 'method', r ->> 'addressing', r ->> 'endpoint', left(r #>> '{expect,canonical_uri}', 60)))
from expressible order by number;

-- Policies: those with no more conditions than ours, in our order.
create function pg_temp.policy_again(r jsonb) returns jsonb language plpgsql as $$
declare
    plan s3cache.url_plan;
    conditions text;
begin
    perform pg_temp.prepare(r || '{"endpoint": null, "addressing": "path"}');
    select u.* into plan from s3cache.url_plan u where u.cache_id = 1;
    plan := s3cache.with_signing_keys(plan, 'upload');
    select coalesce(string_agg(case jsonb_typeof(c)
        when 'object' then (select format('{%s: %s}, ', s3cache.json_ascii(k), s3cache.json_ascii(v)) from jsonb_each_text(c) e (k, v))
        else (select '[' || string_agg(case jsonb_typeof(x) when 'string' then s3cache.json_ascii(x #>> '{}') else x::text end, ', ' order by o) || '], '
            from jsonb_array_elements(c) with ordinality a (x, o)) end, '' order by n), '')
    into conditions from jsonb_array_elements(r -> 'conditions_in') with ordinality e (c, n);
    return s3cache.signed_policy(plan, r ->> 'bucket', r ->> 'key', conditions, extract(epoch from pg_temp.moment(r))::bigint, (r ->> 'expires')::int);
end $$;
select is(pg_temp.policy_again(record) - 'key', record #> '{expect,fields}', 'policy ' || (record ->> 'id')) from line where kind = 'post' and record ->> 'key' not like '%${filename}%' order by number;
select * from finish();
