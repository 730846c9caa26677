-- Records of requests and policies that botocore signed, signed again by SQL. After signing.sql.
--
-- A request that SQL can express takes no more than the method, the key, how the store is to answer, and a Content-Type.

create temporary table line (number integer generated always as identity, kind text, record jsonb);
create temporary table raw (record text);
create procedure pg_temp.take(kind text) language sql as $$
    insert into line (kind, record) select take.kind, raw.record::jsonb from raw where raw.record not like '%\\u0000%';
    truncate raw;
$$;

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
create temporary view expressible as
select l.number, l.record as r
from line l
where l.kind = 'request' and l.record ->> 'kind' = 'presign' and l.record ->> 'key_hex' is not null
    and l.record ->> 'endpoint' !~ '^https?://[^/]+/.' and octet_length(l.record ->> 'key_hex') between 2 and 2048
    and case l.record ->> 'method'
        when 'PUT' then l.record -> 'query' = '[]'
            and not exists (select from jsonb_array_elements(l.record -> 'headers') h where h ->> 0 <> 'content-type')
            and s3cache.filename_problem(convert_from(decode(l.record ->> 'key_hex', 'hex'), 'UTF8')) is null
        when 'GET' then l.record -> 'headers' = '[]'
            and not exists (select from jsonb_array_elements(l.record -> 'query') q where q ->> 0 not in ('response-content-disposition', 'response-content-type'))
        when 'HEAD' then l.record -> 'headers' = '[]' and l.record -> 'query' = '[]'
        else false
    end;

-- Policies with no more conditions than ours, in our order.
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
