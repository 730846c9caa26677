-- URLs: the window rule at every boundary, by a clock that is an argument; places, forms, invalidation, keys.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
\ir ../support/signing.sql
-- Any of these may be asked as of any moment here; nobody but the owner may do that.
create function pg_temp.get(filename text, moment timestamptz, expires interval default null, fresh boolean default false) returns text language sql as $$
    select s3cache.presigned_url_at(filename, expires, 'GET', null, null, fresh, 's3_image_cache', moment)
$$;
create function pg_temp.signed_at(url text) returns bigint language sql as $$
    select extract(epoch from to_timestamp(substring(url from 'X-Amz-Date=([0-9TZ]+)'), 'YYYYMMDD"T"HH24MISS"Z"')::timestamp)::bigint
$$;
create function pg_temp.life(url text) returns bigint language sql as $$ select substring(url from 'X-Amz-Expires=([0-9]+)')::bigint $$;
-- Whole seconds of life that a URL has at a moment.
create function pg_temp.has_left(url text, moment timestamptz) returns bigint language sql as $$
    select pg_temp.signed_at(url) + pg_temp.life(url) - floor(extract(epoch from moment))::bigint
$$;
\ir ../support/said.sql

-- Nothing known.
select is(s3cache.url('a.jpg'), null, 'no bucket: url() gives NULL');
select matches(pg_temp.said($$s3cache.presigned_url('a.jpg')$$), '^55000 .*nobody said which bucket.*is a worker running\?', 'presigned_url() says what is missing');
select is(s3cache.images(''), '[]', 'no images');
insert into s3_image_cache (filename) values ('a.jpg');
select s3cache.configure(bucket => 'examplebucket', region => 'eu-central-1') \g /dev/null
select is(s3cache.url('a.jpg'), null, 'no key: url() gives NULL');
select matches(pg_temp.said($$s3cache.presigned_url('a.jpg')$$), '^55000 .*region eu-central-1 and the worker''s own profile; is a worker running\?', 'presigned_url() names region and profile');
select is(i ->> 'url', null, 'images() gives the item') from jsonb_array_elements(s3cache.images('')) i;
select matches(s3cache.images('') -> 0 ->> 'error', 'is a worker running', 'and says why');
select is(s3cache.presigned_url(null), null, 'NULL of NULL');
select is(s3cache.url(null), null, 'NULL of NULL');

-- Boundaries of the window: one hour, margin five minutes.
call pg_temp.publish('2024-02-27', '2024-03-02');
create temporary table window_of as
select pg_temp.signed_at(pg_temp.get('a.jpg', '2024-02-28 12:00:00Z')) as s;
select is(pg_temp.get('a.jpg', to_timestamp(s + 3299)), pg_temp.get('a.jpg', to_timestamp(s)), '301 s left: reused') from window_of;
select is(pg_temp.has_left(pg_temp.get('a.jpg', to_timestamp(s + 3299)), to_timestamp(s + 3299)), 301::bigint, 'which has 301 s') from window_of;
select is(pg_temp.signed_at(pg_temp.get('a.jpg', to_timestamp(s + 3300))), s + 3300, '300 s left: made afresh') from window_of;
select is(pg_temp.get('a.jpg', to_timestamp(s + 3299.999)), pg_temp.get('a.jpg', to_timestamp(s)), 'fractions of a second do not count') from window_of;
select isnt(pg_temp.get('a.jpg', to_timestamp(s - 0.001)), pg_temp.get('a.jpg', to_timestamp(s)), 'nor help') from window_of;
select is(pg_temp.signed_at(pg_temp.get('a.jpg', to_timestamp(s + 7), fresh => true)), s + 7, 'force_refresh signs now') from window_of;
select is(pg_temp.signed_at(pg_temp.get('a.jpg', m, e)), floor(extract(epoch from m))::bigint, 'expires at or below the margin: signed now') 
from (values (timestamptz '2024-02-28 12:00:00.7Z', interval '1 second'), ('2024-02-28 12:00:01Z', '299 s'), ('2024-02-28 12:00:01Z', '300 s')) v (m, e);
select is(count(distinct u), 20::bigint, 'expires a second above it: made afresh each second, and no more often') from generate_series(0, 39) g,
    lateral (select pg_temp.get('a.jpg', timestamptz '2024-02-28 12:00:00Z' + g * interval '0.5 s', '301 s') as u offset 0) q;
select ok(count(distinct u) in (10, 11) and min(c) <= 2 and max(c) = 2, 'two seconds above it: every two seconds') from (
    select u, count(*) as c from generate_series(0, 19) g, lateral (select pg_temp.get('a.jpg', timestamptz '2024-02-28 12:00:00Z' + g * interval '1 s', '302 s') as u offset 0) q group by u) q;
select is(pg_temp.life(pg_temp.get('a.jpg', '2024-02-28 12:00:00Z', '7 days')), 604800::bigint, '7 days');
select ok(pg_temp.signed_at(pg_temp.get('a.jpg', '2024-02-28 12:00:00Z', '7 days')) > extract(epoch from timestamptz '2024-02-27 12:00:00Z'), 'reused for a day at most');
select matches(pg_temp.said(format('pg_temp.get(%L, %L, %L)', 'a.jpg', '2024-02-28 12:00:00Z', e)), '^22023 expires cannot be', 'expires ' || e)
from unnest(array['0 s', '-1 s', '7 days 1 s', '0.5 s']) e;

-- Days: each URL is signed by the key of its own day, through midnight, the leap day and the month's end.
select is(count(*) filter (where u !~ ('%2F' || to_char(to_timestamp(pg_temp.signed_at(u)) at time zone 'UTC', 'YYYYMMDD') || '%2Feu-central-1%2Fs3%2Faws4_request')
    or pg_temp.has_left(u, m) not between 301 and 3600), 0::bigint, 'scope, date and life agree, every 7 minutes of three days')
from generate_series(timestamptz '2024-02-28 00:00:00Z', '2024-03-01 23:59:59Z', '7 minutes') m, lateral (select pg_temp.get('leap.jpg', m) as u offset 0) q;
create temporary table over_midnight as
select 'm' || g || '.jpg' as f, m from generate_series(1, 50) g, unnest(array['2024-02-28', '2024-02-29', '2024-03-01']::timestamp[]) d, lateral (select d at time zone 'UTC' as m) u;
create temporary table spanning as
select m, before, after from over_midnight, lateral (select pg_temp.get(f, m - interval '1 s') as before, pg_temp.get(f, m) as after offset 0) q where pg_temp.signed_at(after) < extract(epoch from m);
select ok(count(*) >= 100, 'windows that hold midnight UTC, the leap day''s both included: ' || count(*)) from spanning;
select is(count(*), 0::bigint, 'midnight changes nothing inside a window') from spanning where before <> after;
select is(count(*), 0::bigint, 'whose URL is of the day before') from spanning where after !~ ('%2F' || to_char((m - interval '1 hour') at time zone 'UTC', 'YYYYMMDD') || '%2F');
select matches(pg_temp.get('a.jpg', m, fresh => true), '%2F' || day || '%2Feu-central-1.*X-Amz-Date=' || stamp || '&', 'signed at ' || stamp) from (values
    (timestamptz '2024-02-28 23:59:59Z', '20240228', '20240228T235959Z'), ('2024-02-29 00:00:00Z', '20240229', '20240229T000000Z'), ('2024-02-29 23:59:59.999Z', '20240229', '20240229T235959Z'),
    ('2024-03-01 00:00:00Z', '20240301', '20240301T000000Z'), ('2024-02-29 01:00:00+02', '20240228', '20240228T230000Z')) v (m, day, stamp);
-- The longest life, as a setting: a window of a day, so that yesterday's key is needed, and never one of the day before that.
select s3cache.configure(presign_ttl => '7 days') \g /dev/null
create temporary table week as
select m, pg_temp.get('week.jpg', m) as u from generate_series(timestamptz '2024-02-28 06:00:00Z', '2024-02-29 05:59:00Z', '1 minute') m;
select is(count(distinct u), 2::bigint, 'ttl 7 days: two URLs in 24 hours') from week;
select is(count(*), 0::bigint, 'of 7 days, with more than 6 left') from week where pg_temp.life(u) <> 604800 or pg_temp.has_left(u, m) not between 518401 and 604800;
select is(count(*), 0::bigint, 'each by the key of its day') from week where u !~ ('%2F' || to_char(to_timestamp(pg_temp.signed_at(u)) at time zone 'UTC', 'YYYYMMDD') || '%2F');
select s3cache.reset('s3_image_cache', 'presign_ttl') \g /dev/null
select matches(pg_temp.said($$pg_temp.get('a.jpg', '2024-03-04 12:00:00Z')$$), '^55000 .*no usable signing key', 'a day without a key');

-- 100,000 random moments and objects: one third of them with rows, each with a life of its own.
select setseed(0.5) \g /dev/null
insert into s3_image_cache (filename) select 'row ' || g from generate_series(1, 2000) g;
update s3cache.object set object_version = floor(random() * 1000000)::bigint, state = (array['present', 'missing', 'unverified'])[1 + floor(random() * 3)::integer] where filename ^@ 'row ';
create temporary table trial as
select f, m, life, least(extract(epoch from life)::bigint - 300, 86400) as size, pg_temp.get(f, m, life) as u
from (
    select case when random() < 0.33 then 'row ' || 1 + floor(random() * 2000) else 'f' || floor(random() * 1000000000) end as f,
        timestamptz '2024-02-28Z' + random() * interval '3 days' as m,
        make_interval(secs => case when random() < 0.5 then 3600 else 301 + floor(random() * random() * random() * 604500) end) as life
    from generate_series(1, 100000)) r;
alter table trial add column s bigint;
update trial set s = pg_temp.signed_at(u);
select is(count(*), 0::bigint, 'never at or below the margin, nor above its life') from trial where pg_temp.has_left(u, m) not between 301 and extract(epoch from life);
select is(count(*), 0::bigint, 'signed in the window that holds the moment') from trial where s > extract(epoch from m) or s <= floor(extract(epoch from m)) - size;
select is(count(*), 0::bigint, 'the same from the window''s first moment to its last') from trial where pg_temp.get(f, to_timestamp(s), life) <> u or pg_temp.get(f, to_timestamp(s + size) - interval '1 microsecond', life) <> u;
select is(count(*), 0::bigint, 'and then another') from (select * from trial where s + size < extract(epoch from timestamptz '2024-03-03Z') limit 20000) t where pg_temp.signed_at(pg_temp.get(f, to_timestamp(s + size), life)) <> s + size;
delete from s3_image_cache where filename ^@ 'row ';
select ok(max(c) < 2 * min(c), 'refreshes are spread evenly: ' || min(c) || ' to ' || max(c)) from (
    select count(*) as c from generate_series(1, 33000) g group by s3cache.window_shift(1, g || '.jpg', 0, 3300) / 100) q;

-- Etag and invalidation always change the URL.
create temporary table before as select pg_temp.get('a.jpg', '2024-02-28 12:00:00Z') as u;
update s3cache.object set etag = 'one' where filename = 'a.jpg';
select is(pg_temp.get('a.jpg', '2024-02-28 12:00:00Z'), u, 'the first etag changes nothing') from before;
update s3cache.object set etag = 'two' where filename = 'a.jpg';
select isnt(pg_temp.get('a.jpg', '2024-02-28 12:00:00Z'), u, 'a new one the URL') from before;
-- Whatever the window: a new etag moves it, at any moment of it and for any life.
insert into s3_image_cache (filename) select 'e' || g from generate_series(1, 500) g;
create temporary table etags as select f, m, life, pg_temp.get(f, m, life) as u from (select 'e' || g as f, timestamptz '2024-02-28Z' + random() * interval '3 days' as m,
    make_interval(secs => case when g % 2 = 0 then 3600 else 302 + floor(random() * 600000) end) as life from generate_series(1, 500) g) r;
update s3cache.object set etag = 'one' where filename ~ '^e[0-9]';
select is(count(*), 0::bigint, 'first etags change none of 500') from etags where pg_temp.get(f, m, life) <> u;
update s3cache.object set etag = 'two' where filename ~ '^e[0-9]';
select is(count(*), 0::bigint, 'new ones all of them') from etags where pg_temp.get(f, m, life) = u;
update etags set u = pg_temp.get(f, m, life);
select s3cache.invalidate('e') \g /dev/null
select is(count(*), 0::bigint, 'and so does an invalidation of the prefix') from etags where pg_temp.get(f, m, life) = u;
update etags set u = pg_temp.get(f, m, life);
select s3cache.invalidate(null) \g /dev/null
select is(count(*), 0::bigint, 'and of all') from etags where pg_temp.get(f, m, life) = u;
delete from s3_image_cache where filename ~ '^e[0-9]';
create temporary table changed (step integer, u text);
create procedure pg_temp.changes() language plpgsql as $$
begin
    for i in 1..50 loop
        insert into changed values (i, pg_temp.get('a.jpg', '2024-02-28 12:00:00Z'));
        perform s3cache.invalidate(case when i % 2 = 0 then 'a.' end);
    end loop;
end $$;
call pg_temp.changes();
select is(count(distinct u), 50::bigint, 'each invalidation changes the URL') from changed;
update before set u = pg_temp.get('b.jpg', '2024-02-28 12:00:00Z');
select s3cache.invalidate('a') \g /dev/null
select is(pg_temp.get('b.jpg', '2024-02-28 12:00:00Z'), u, 'that of a prefix no others') from before;

-- Credentials: rotation, and temporary ones.
update before set u = pg_temp.get('a.jpg', '2024-02-28 12:00:00Z');
call pg_temp.publish('2024-02-27', '2024-03-02');
select is(pg_temp.get('a.jpg', '2024-02-28 12:00:00Z'), u, 'published twice: the same') from before;
select is(count(*), 5::bigint, 'and kept once') from s3cache.signing_key;
call pg_temp.publish('2024-02-27', '2024-03-02', access_key_id => 'AKIANEW', secret => 'new', obtained_at => '2024-02-28 11:00:00Z');
select matches(pg_temp.get('a.jpg', '2024-02-28 12:00:00Z'), 'Credential=AKIANEW%2F', 'rotated: the new one signs at once');
call pg_temp.publish('2024-02-27', '2024-03-02');
select matches(pg_temp.get('a.jpg', '2024-02-28 12:00:00Z'), 'Credential=AKIANEW%2F', 'an older one comes too late');
select is(count(distinct access_key_id), 1::bigint, 'and is not kept') from s3cache.signing_key;
delete from s3cache.signing_key;
-- Far from now, for what has expired by our clock is deleted.
call pg_temp.publish('2098-12-30', '2099-01-03', access_key_id => 'ASIATEMP', token => 'to/ken+=', obtained_at => '2099-01-01 11:50:00Z', expires_at => '2099-01-01 13:00:00Z');
select is(pg_temp.signed_at(pg_temp.get('a.jpg', m)) >= extract(epoch from timestamptz '2099-01-01 11:50:00Z'), true, 'no URL before the credential')
from unnest(array['2099-01-01 11:50:00Z', '2099-01-01 11:59:59Z', '2099-01-01 12:45:00Z']::timestamptz[]) m;
select is(pg_temp.signed_at(pg_temp.get('a.jpg', '2099-01-01 11:40:00Z')), extract(epoch from timestamptz '2099-01-01 11:40:00Z')::bigint, 'nor in the future where clocks differ');
select matches(pg_temp.get('a.jpg', '2099-01-01 12:00:00Z'), '&X-Amz-Security-Token=to%2Fken%2B%3D&X-Amz-SignedHeaders=host', 'the token is in it');
select is(pg_temp.signed_at(u) + pg_temp.life(u), extract(epoch from timestamptz '2099-01-01 13:00:00Z')::bigint, 'six minutes before its end: no longer than it') from (select pg_temp.get('a.jpg', '2099-01-01 12:54:00Z') as u) q;
select is(pg_temp.has_left(pg_temp.get('a.jpg', '2099-01-01 12:54:59Z'), '2099-01-01 12:54:59Z'), 301::bigint, '301 s before: still');
select matches(pg_temp.said($$pg_temp.get('a.jpg', '2099-01-01 12:55:00Z')$$), '^55000', '300 s before: refused');
delete from s3cache.signing_key;

-- Whose keys are kept: those of the newest credential that goes on, that is, has a key for tomorrow or for its own last day.
create function pg_temp.kept_of(variant text) returns text language plpgsql as $$
declare
    today date := (clock_timestamp() at time zone 'UTC')::date;
begin
    delete from s3cache.signing_key;
    -- Days are chosen so that a midnight in between changes nothing.
    call pg_temp.publish(today - 3, today - case when variant = 'newer goes on' then -4 else 1 end, access_key_id => 'NEWER', obtained_at => now() - interval '1 hour');
    if variant = 'temporary' then
        delete from s3cache.signing_key;
        call pg_temp.publish(today - 1, today + 2, access_key_id => 'NEWER', token => 't', obtained_at => now() - interval '1 hour', expires_at => now() + interval '12 hours');
    elsif variant = 'temporary, without its last day' then
        delete from s3cache.signing_key;
        call pg_temp.publish(today - 1, today, access_key_id => 'NEWER', token => 't', obtained_at => now() - interval '1 hour', expires_at => now() + interval '3 days');
    end if;
    call pg_temp.publish(today - 1, today + case when variant = 'neither goes on' then -1 else 4 end, access_key_id => 'OLDER', obtained_at => now() - interval '5 days');
    return (select string_agg(distinct access_key_id, ' ') || ' ' || min(day) - today || '..' || max(day) - today from s3cache.signing_key);
end $$;
select matches(pg_temp.kept_of(variant), expected, 'credentials: ' || variant) from (values
    ('newer goes on', '^NEWER -3\.\.'), ('newer ends', '^OLDER -1\.\.'), ('neither goes on', '^NEWER -3\.\.'), ('temporary', '^NEWER -1\.\.'), ('temporary, without its last day', '^OLDER -1\.\.')) v (variant, expected);
-- A dead worker's newer keys and a live one's: at no moment is there no key for now, nor for the next days.
select is(count(*), 0::bigint, 'no gap when a worker with the older credential goes on') from (
    select pg_temp.kept_of('newer ends') as kept) k, lateral generate_series(now(), now() + interval '3 days', '1 hour') m, lateral (select kept, pg_temp.get('a.jpg', m) as u offset 0) q where u is null;
delete from s3cache.signing_key;

-- Arguments.
call pg_temp.publish((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + 2);
call pg_temp.publish((now() at time zone 'UTC')::date, (now() at time zone 'UTC')::date + 2, purpose => 'upload', access_key_id => 'AKIAUPLOAD');
select matches(pg_temp.said(call), expected, call) from (values
    ($$s3cache.presigned_url('a.jpg', method => 'PUT')$$, '^22023 .*takes GET or HEAD'), ($$s3cache.presigned_url('a.jpg', method => 'DELETE')$$, '^22023'),
    ($$s3cache.presigned_url('a.jpg', method => null)$$, '^22023'), ($$s3cache.presigned_url('')$$, '^22023 The filename is empty'),
    ($$s3cache.presigned_url(repeat('é', 513))$$, '^22023 Prefix and filename have 1026 bytes'),
    ($$s3cache.presigned_url('a.jpg', cache => 'none')$$, '^42704'), ($$s3cache.url('a.jpg', 'none')$$, '^42704'),
    ($$s3cache.presigned_url('a.jpg', response_content_disposition => 'attachment; filename="ü b.jpg"')$$,
        'SignedHeaders=host&response-content-disposition=attachment%3B%20filename%3D%22%C3%BC%20b.jpg%22&X-Amz-Signature='),
    ($$s3cache.presigned_url('a.jpg', response_content_type => 'image/jpeg', method => 'HEAD')$$, '&response-content-type=image%2Fjpeg&X-Amz-Signature='),
    ($$s3cache.presigned_url('no row.jpg')$$, '^https://examplebucket.s3.eu-central-1.amazonaws.com/no%20row.jpg\?'),
    ($$s3cache.upload_url('n.jpg', 'image/jpeg')$$, 'Credential=AKIAUPLOAD.*X-Amz-Expires=900&X-Amz-SignedHeaders=content-type%3Bhost&X-Amz-Signature'),
    ($$s3cache.upload_url('../n.jpg')$$, '^22023 Cannot upload'), ($$s3cache.upload_url('n.jpg', E'a\nb')$$, '^22023'), ($$s3cache.upload_url('n.jpg', expires => '8 days')$$, '^22023'),
    ($$s3cache.upload_form('n.jpg', max_bytes => 0)$$, '^22023'), ($$s3cache.upload_form('n.jpg', max_bytes => 1000000000)$$, '^22023 .*max_bytes'),
    ($$s3cache.upload_form('${filename}')$$, '^22023')) v (call, expected);
select is(convert_from(decode(f #>> '{fields,policy}', 'base64'), 'UTF8')::jsonb -> 'conditions' -> 1, '["content-length-range", 0, 5000000]', 'the form holds its size')
from s3cache.upload_form('n.jpg', 'image/jpeg', 5000000) f;
select is((select array_agg(k order by k) from jsonb_object_keys(f -> 'fields') k), array['Content-Type', 'key', 'policy', 'x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-signature'], 'its fields')
from s3cache.upload_form('n.jpg', 'image/jpeg', 5000000) f;
select is(s3cache.presigned_url(f), s3cache.presigned_url(f), 'stable in a statement') from unnest(array['a.jpg', 'ü']) f;

-- Places.
create function pg_temp.place(endpoint text, region text, addressing text, bucket text, cdn text default null) returns text language plpgsql as $$
begin
    delete from s3cache.cache_setting;
    perform s3cache.configure(bucket => place.bucket, region => place.region, endpoint => place.endpoint, addressing => place.addressing, cdn_url => cdn, access => 'public');
    return concat_ws(' ', s3cache.public_url('1/a b.jpg'), (select origin || base from s3cache.url_plan where cache_id = 1),
        s3cache.key_of(s3cache.public_url('1/a b.jpg')), s3cache.key_of((select origin || base from s3cache.url_plan where cache_id = 1) || '1/a%20b.jpg?X-Amz-Signature=0'));
end $$;
select is(pg_temp.place(e, r, a, b, c), x || ' 1/a b.jpg 1/a b.jpg', concat_ws(' ', e, r, a, b, c)) from (values
    (null, 'us-east-1', 'auto', 'shop', null, 'https://s3.amazonaws.com/shop/1/a%20b.jpg https://shop.s3.us-east-1.amazonaws.com/'),
    (null, 'eu-west-3', 'auto', 'shop', null, 'https://s3.eu-west-3.amazonaws.com/shop/1/a%20b.jpg https://shop.s3.eu-west-3.amazonaws.com/'),
    (null, 'eu-west-3', 'virtual', 'shop', null, 'https://shop.s3.eu-west-3.amazonaws.com/1/a%20b.jpg https://shop.s3.eu-west-3.amazonaws.com/'),
    (null, 'eu-west-3', 'auto', 'dotted.name', null, 'https://s3.eu-west-3.amazonaws.com/dotted.name/1/a%20b.jpg https://s3.eu-west-3.amazonaws.com/dotted.name/'),
    (null, 'cn-north-1', 'auto', 'shop', null, 'https://s3.cn-north-1.amazonaws.com.cn/shop/1/a%20b.jpg https://shop.s3.cn-north-1.amazonaws.com.cn/'),
    ('http://localhost:4566', 'us-east-1', 'auto', 'shop', null, 'http://localhost:4566/shop/1/a%20b.jpg http://localhost:4566/shop/'),
    ('http://[2001:db8::1]:9000/', 'us-east-1', 'virtual', 'shop', null, 'http://[2001:db8::1]:9000/shop/1/a%20b.jpg http://[2001:db8::1]:9000/shop/'),
    ('https://S3.Example.org:443', 'us-east-1', 'virtual', 'shop', null, 'https://shop.s3.example.org:443/1/a%20b.jpg https://shop.s3.example.org:443/'),
    (null, 'us-east-1', 'auto', 'shop', 'cdn.example.com', 'https://cdn.example.com/1/a%20b.jpg https://shop.s3.us-east-1.amazonaws.com/'),
    (null, 'us-east-1', 'auto', 'shop', 'https://cdn.example.com/', 'https://cdn.example.com/1/a%20b.jpg https://shop.s3.us-east-1.amazonaws.com/'),
    (null, 'us-east-1', 'auto', 'shop', 'http://cdn.example.com/x', 'https://cdn.example.com/x/1/a%20b.jpg https://shop.s3.us-east-1.amazonaws.com/'),
    (null, 'us-east-1', 'auto', 'shop', 'http://localhost:8080', 'http://localhost:8080/1/a%20b.jpg https://shop.s3.us-east-1.amazonaws.com/')) v (e, r, a, b, c, x);
delete from s3cache.cache_setting;
select s3cache.configure(bucket => 'examplebucket', region => 'eu-central-1', cdn_url => 'cdn.example.com', versioned_urls => true, prefix => 'p/', default_image => 'none.png') \g /dev/null
insert into s3cache.object (cache_id, filename, etag, content_type, state) values (1, 'v.jpg', 'd41d8cd98f00b204e9800998ecf8427e', null, 'present'),
    (1, 'w', '12-34-56', 'image/png', 'present'), (1, 'data', 'x', 'application/ld+json; charset=utf-8', 'present'), (1, 'gone.jpg', 'x', null, 'missing');
select matches(s3cache.url(f), expected, f || ' -> ' || expected) from (values ('v.jpg', '^https://cdn.example.com/p/v.jpg\?v=d41d8cd9$'), ('w', '^https://cdn.example.com/p/w\?v=[0-9a-f]{8}$'),
    ('data', '^https://examplebucket.s3.*/p/data\?X-Amz-'), ('other.JSON', '^https://examplebucket.s3.*X-Amz-'), ('new.jpg', '^https://cdn.example.com/p/new.jpg$')) v (f, expected);
select is(s3cache.url('gone.jpg'), null, 'what is missing has no URL');
select is(s3cache.key_of(u), k, u) from (values ('https://cdn.example.com/p/1/a.jpg', 'p/1/a.jpg'), ('https://CDN.example.com:443/p/1/a.jpg?v=1#x', 'p/1/a.jpg'),
    ('https://cdn.example.com.evil.org/p/a', null), ('https://user@cdn.example.com/p/a', null), ('https://cdn.example.com/q/a.jpg', null), ('https://cdn.example.com/p/', null),
    ('https://cdn.example.com/p/%zz', null), ('https://cdn.example.com/p/%ff', null), ('https://cdn.example.com/p/%00', null), ('https://cdn.example.com/p/%C3%BC%2Fx', 'p/ü/x'),
    ('https://cdn.example.com/p/%C0%80', null), ('https://cdn.example.com/p/%ED%A0%80', null), ('https://cdn.example.com/p/%F4%90%80%80', null), ('https://cdn.example.com/p/%E0%80%80', null),
    ('https://cdn.example.com/p/%80', null), ('https://cdn.example.com/p/%C3', null), ('https://cdn.example.com/p/%F4%8F%BF%BF%EF%BF%BF', U&'p/\+10FFFF\FFFF'),
    ('https://examplebucket.s3.amazonaws.com/p/a?x', 'p/a'), ('https://s3-eu-central-1.amazonaws.com/examplebucket/p/a', 'p/a'), ('https://other.s3.amazonaws.com/p/a', null),
    ('ftp://cdn.example.com/p/a', null), ('', null), (null, null), ('https://cdn.example.com/p//a', 'p//a')) v (u, k);
select is(count(*), 0::bigint, 'key_of() inverts what was handed out') from unnest(array['a b', 'ü/日本.png', 'x?y#z', '100%', '%2F', ' +&=', '🚀', 'a//b', './.']) f,
    lateral (values (s3cache.url(f)), (s3cache.presigned_url(f)), (s3cache.public_url(f))) u (u) where s3cache.key_of(u.u) is distinct from 'p/' || f;

-- images().
select s3cache.reset('s3_image_cache', 'cdn_url') \g /dev/null
select is(s3cache.images('nothing/'), jsonb_build_array(jsonb_build_object('url', s3cache.presigned_url('none.png'), 'filename', 'none.png', 'key', 'p/none.png',
    'expires_at', to_char(to_timestamp(pg_temp.signed_at(s3cache.presigned_url('none.png')) + 3600) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'is_default', true)), 'no images: the default image');
select is(s3cache.images('nothing/', after => 'a'), '[]', 'not at the end of pages');
select is(i ->> 'url', s3cache.url('v.jpg'), 'as url()') from jsonb_array_elements(s3cache.images('v')) i;
select is(i ->> 'error', null, 'no error') from jsonb_array_elements(s3cache.images('v')) i;
select matches(i ->> 'expires_at', '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$', 'ISO 8601') from jsonb_array_elements(s3cache.images('v')) i;
select is(s3cache.primary_image('v'), s3cache.images('v') -> 0, 'primary_image() is the first');

-- Worker mode.
select s3cache.configure(presign_mode => 'worker') \g /dev/null
select is(s3cache.url('v.jpg'), null, 'worker mode: none yet');
select matches(pg_temp.said($$s3cache.presigned_url('v.jpg')$$), '^55000 .*presign_mode is worker', 'and says so');
select s3cache.presign(array['v.jpg', 'w', 'v.jpg']) as job \gset
select is(args, '{"filenames": ["v.jpg", "w"], "seconds": 3600}', 'the worker is told for how long') from s3cache.job where id = :job;
select s3cache.complete_presign(c.id, c.token, array['v.jpg', 'w'], array['https://x/v', 'https://x/w'], array[now() + interval '1 hour', now() + interval '4 min'])
from s3cache.claim_jobs(s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 minute', '{}'), 10, false) c where c.kind = 'presign' \g /dev/null
select is(result, '{"signed": 2}', 'done') from s3cache.jobs where id = :job;
select is(s3cache.url('v.jpg'), 'https://x/v', 'handed out');
select is(s3cache.url('w'), null, 'not with less than the margin');
select is(count(*), 2::bigint, 's3cache.presigned') from s3cache.presigned;
select s3cache.invalidate('v') \g /dev/null
select is(s3cache.url('v.jpg'), null, 'nor once invalidated');
select s3cache.configure(presign_ttl => '90 minutes 0.5 s') \g /dev/null
select s3cache.presign(array['ttl.jpg']) as job \gset
select is(args -> 'seconds', '5401', 'in whole seconds, as the cache has it now') from s3cache.job where id = :job;
select s3cache.reset('s3_image_cache', 'presign_ttl'), s3cache.reset('s3_image_cache', 'presign_mode') \g /dev/null

-- The result of an upload has the CDN's or the public URL, with the mark of the new contents; never a presigned one.
create function pg_temp.uploaded(filename text, type text default 'image/png') returns text language plpgsql as $$
declare
    asked bigint := s3cache.upload(filename, case when type ~ 'json' then '{}' else '\x89504e470d0a1a0a'::bytea end, content_type => type, category => 'PublicData');
begin
    perform s3cache.complete_upload(c.id, c.token, '00112233445566778899aabbccddeeff', 1, null, null, type, '\x00')
    from s3cache.claim_jobs((select w.id from s3cache.worker w order by w.id desc limit 1), 10, false) c where c.kind = 'upload';
    return (select j.result ->> 'url' from s3cache.jobs j where j.id = asked and j.state = 'done' and j.result ? 'url');
end $$;
select s3cache.register_worker('uploads', 'h', 1, s3cache.version(), '1 minute', '{}') \g /dev/null
select is(pg_temp.uploaded('up.png'), null, 'private: none');
select s3cache.configure(access => 'public') \g /dev/null
select is(pg_temp.uploaded('up.png'), 'https://s3.eu-central-1.amazonaws.com/examplebucket/p/up.png?v=00112233', 'public');
select s3cache.configure(cdn_url => 'cdn.example.com') \g /dev/null
select is(pg_temp.uploaded('neu ü.png'), 'https://cdn.example.com/p/neu%20%C3%BC.png?v=00112233', 'the CDN''s');
select is(pg_temp.uploaded('up.json', 'application/json'), 'https://s3.eu-central-1.amazonaws.com/examplebucket/p/up.json?v=00112233', 'JSON: not the CDN''s');
select s3cache.reset('s3_image_cache', 'access') \g /dev/null
select is(pg_temp.uploaded('up.json', 'application/json'), null, 'nor a presigned one');
select s3cache.reset('s3_image_cache', 'cdn_url') \g /dev/null

-- What a worker published goes on applying to URLs while none runs; keys go once nothing can be signed with them.
delete from s3cache.worker;
delete from s3cache.cache_setting;
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 minute', '{"bucket": "of-worker", "region": "eu-central-1", "presign_ttl": "600 s"}') as worker \gset
select matches(s3cache.url('a.jpg'), '^https://of-worker.s3.*Expires=600&', 'a worker''s defaults');
select s3cache.unregister_worker(:worker) \g /dev/null
select matches(s3cache.url('a.jpg'), '^https://of-worker.s3.*Expires=600&', 'which outlive it');
call pg_temp.publish((now() at time zone 'UTC')::date - 5, (now() at time zone 'UTC')::date - 2);
call pg_temp.publish((now() at time zone 'UTC')::date, (now() at time zone 'UTC')::date, region => 'nowhere-1');
select is(s3cache.prune_signing_keys(), 5, 'keys of days gone by and of no cache are deleted');
select is(array_agg(purpose || cardinality(published_days) order by purpose), '{presign4,upload3}', 'what is published, of what is wanted') from s3cache.wanted_signing_keys();
select matches(pg_temp.said($$1 from (insert into s3cache.signing_key default values) x$$), '^42601', 'no such statement');
select throws_ok($$insert into s3cache.signing_key (profile, purpose, region, day, access_key_id, obtained_at, inner_pad, outer_pad) values ('', 'presign', 'r', '2024-01-01', 'a', now(), 'secret', 'secret')$$,
    '23514', null, 'a key that is none is refused');

-- Intervals whose months and years compare otherwise than they last.
select matches(pg_temp.said(call), '^22023', call) from (values
    ($$s3cache.presigned_url('a.jpg', expires => '1 year -353 days')$$), ($$s3cache.presigned_url('a.jpg', expires => '-1 year 360 days 1 second')$$),
    ($$s3cache.configure(presign_ttl => '-1 year 360 days 1 hour')$$), ($$s3cache.configure(presign_reuse => '1 year -359 days', presign_ttl => '7 days')$$),
    ($$s3cache.configure(presign_reuse => '-1 year 360 days 1 second')$$), ($$s3cache.configure(presign_margin => '1 year -360 days', presign_ttl => '1 day')$$)) v (call);
-- The session's time zone has no half past two that night.
set timezone = 'Europe/Berlin';
select is(s3cache.image_item('', 'a', 'https://x/?X-Amz-Algorithm=A&X-Amz-Date=20260329T023000Z&X-Amz-Expires=60', null) ->> 'expires_at', '2026-03-29T02:31:00Z', 'expires_at goes through no time zone');
reset timezone;
-- Columns with collations of their own.
create temporary table named (f text collate "und-x-icu");
insert into named values ('a.jpg');
select lives_ok($$select s3cache.url(f), s3cache.public_url(f), s3cache.images(f), s3cache.invalidate(f) from named$$, 'any collation');
select * from finish();
