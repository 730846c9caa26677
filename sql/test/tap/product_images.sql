-- What a shop does with its products' images, in SQL alone: read, replace, upload, delete, invalidate.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
\ir ../support/signing.sql
select s3cache.configure(bucket => 'examplebucket', region => 'eu-central-1') \g /dev/null
call pg_temp.publish((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + 2);
call pg_temp.publish((now() at time zone 'UTC')::date, (now() at time zone 'UTC')::date + 2, purpose => 'upload', access_key_id => 'AKIAUPLOAD');
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
create table product (id integer primary key, name text);
insert into product select g, 'product ' || g from generate_series(1, 200) g;
insert into s3_image_cache (filename) select p.id || '/' || n || '.jpg' from product p, generate_series(1, 3) n where p.id <> 13;
insert into s3_image_cache (filename) values ('1/folder/'), ('14000.jpg');
-- Statements later their windows may have ended: URLs are compared at one moment.
create function pg_temp.shown(prefix text, moment timestamptz, fresh boolean default false) returns text[] language sql as $$
    select array(select i ->> 'url' from jsonb_array_elements(s3cache.images_at(prefix, 's3_image_cache', fresh, null, null, moment)) i)
$$;
select now() as moment \gset

select is(sum(jsonb_array_length(p.product -> 'images')), 597::bigint, 'with all their images')
from (select to_jsonb(p) || jsonb_build_object('images', s3cache.images(p.id || '/'), 'primary_image', s3cache.primary_image(p.id || '/')) as product from product p) p;
select is(count(*), 199::bigint, 'a product''s JSON has images and primary_image beside its own columns')
from (select to_jsonb(p) || jsonb_build_object('images', s3cache.images(p.id || '/'), 'primary_image', s3cache.primary_image(p.id || '/')) as product from product p) p
where p.product ?& array['id', 'name', 'images', 'primary_image'] and p.product #> '{images,0}' = p.product -> 'primary_image';
select is(count(*), 0::bigint, 'each under its own prefix') from product p, jsonb_array_elements(s3cache.images(p.id || '/')) i where i ->> 'key' !~ ('^' || p.id || '/[1-3]\.jpg$') or i ->> 'url' !~ ('/' || p.id || '/[1-3]\.jpg\?X-Amz-');
select is(count(*), 0::bigint, 'no key ends in a slash') from jsonb_array_elements(s3cache.images('1/')) i where i ->> 'key' ~ '/$';
select is(count(*), 0::bigint, 'expires_at is when its URL ends, ISO 8601 in UTC') from jsonb_array_elements(s3cache.images('')) i
where i ->> 'expires_at' !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$'
    or (i ->> 'expires_at')::timestamptz <> to_timestamp(substring(i ->> 'url' from 'X-Amz-Date=([0-9TZ]+)'), 'YYYYMMDD"T"HH24MISS"Z"')::timestamp at time zone 'UTC' + substring(i ->> 'url' from 'X-Amz-Expires=(\d+)')::integer * interval '1 s';
select is(count(*), 0::bigint, 'each by default an hour long, and with more than 5 minutes left') from jsonb_array_elements(s3cache.images('')) i
where i ->> 'url' !~ 'X-Amz-Expires=3600&' or (i ->> 'expires_at')::timestamptz <= statement_timestamp() + interval '5 min';
select is(pg_temp.shown('1/', :'moment'), pg_temp.shown('1/', :'moment'), 'a second read is the same');
select isnt(pg_temp.shown('1/', :'moment', true), pg_temp.shown('1/', :'moment'), 'force_refresh gives fresh URLs');
select is(s3cache.images('13/'), '[]', 'a product without images has none, which is no error');
select s3cache.configure(default_image => 'default.png') \g /dev/null
select is(s3cache.primary_image('13/') - 'url' - 'expires_at', '{"filename": "default.png", "key": "default.png", "is_default": true}', 'else the default image');
select is(s3cache.primary_image('1/') ? 'is_default', false, 'which others have not');
select is(get_s3_image_filename(14000 || '.JPG'), '14000.jpg', 'product 14000 is 14000.jpg');
select matches(s3cache.url(get_s3_image_filename(14000 || '.jpg')), '/14000\.jpg\?X-Amz-', 'whose URL is made at once');
select is(s3cache.primary_image('14000.') ->> 'key', '14000.jpg', 'as its first image too');

-- Lazy: what reads no image signs nothing.
set track_functions = 'all';
create function pg_temp.signed(call text) returns bigint language plpgsql as $$
declare
    before bigint := coalesce((select pg_stat_get_xact_function_calls('s3cache.url_at'::regproc)), 0);
begin
    execute call;
    return coalesce((select pg_stat_get_xact_function_calls('s3cache.url_at'::regproc)), 0) - before;
end $$;
select s3cache.reset('s3_image_cache', 'default_image') \g /dev/null
select is(pg_temp.signed($$select s3cache.images('1/')$$), 3::bigint, 'three images are three signatures');
select is(pg_temp.signed($$select s3cache.primary_image('1/')$$), 1::bigint, 'the first one is one');
select is(pg_temp.signed(call), 0::bigint, 'signs nothing: ' || call) from (values ($$select s3cache.images('13/')$$), ($$select p.* from product p$$), ($$select * from s3_image_cache$$),
    ($$select s3cache.key_of('https://x/1/1.jpg')$$), ($$select count(*) from product p where (select count(*) from s3_image_cache c where c.filename ^@ (p.id || '/')) = 0$$)) v (call);

-- A product's invalidation touches its images alone; that of all touches every one.
create temporary table seen as select p.id, pg_temp.shown(p.id || '/', :'moment') as urls from product p where p.id <> 13;
select s3cache.invalidate('1/') \g /dev/null
select is(array_agg(s.id), array[1], 'invalidate(''1/'') changes product 1 only') from seen s where pg_temp.shown(s.id || '/', :'moment') <> s.urls;
select is(count(*), 0::bigint, 'and each image of it') from seen s where s.id = 1 and pg_temp.shown('1/', :'moment') && s.urls;
update seen set urls = pg_temp.shown(id || '/', :'moment');
select s3cache.invalidate(null) \g /dev/null
select is(count(*), 0::bigint, 'invalidate(null) changes every image') from seen s where pg_temp.shown(s.id || '/', :'moment') && s.urls;
select is(count(*), 0::bigint, 'without any, they end by time') from seen s where s.id < 20 and pg_temp.shown(s.id || '/', :'moment'::timestamptz + interval '56 min') && pg_temp.shown(s.id || '/', :'moment');

-- Uploads and deletions show at the next read. A replaced image keeps its row and gets another URL.
create procedure pg_temp.write(filename text, etag text) language plpgsql as $$
declare
    asked bigint := s3cache.upload(filename, '\xffd8ff' || convert_to(etag, 'UTF8'), content_type => 'image/jpeg');
begin
    perform s3cache.complete_upload(c.id, c.token, etag, 3, null, null, 'image/jpeg', sha256(convert_to(etag, 'UTF8')))
    from s3cache.claim_jobs((select w.id from s3cache.worker w limit 1), 10, false) c where c.id = asked;
end $$;
select cardinality(pg_temp.shown('1/', :'moment')) as before \gset
call pg_temp.write('1/4.jpg', 'etag one');
select is(cardinality(pg_temp.shown('1/', :'moment')), :before + 1, 'the next read has what was uploaded');
select matches(s3cache.url('1/4.jpg'), '/examplebucket[^/]*/1/4\.jpg\?', 'under its product');
select id, updated_at, s3cache.handed_out_url_at(filename, 's3_image_cache', :'moment') as url from s3_image_cache where filename = '1/4.jpg' \gset old_
call pg_temp.write('1/4.jpg', 'etag two');
select is(array_agg(id), array[:old_id::bigint], 'replaced: still one row') from s3_image_cache where filename = '1/4.jpg';
select ok(updated_at > :'old_updated_at', 'with another updated_at') from s3_image_cache where filename = '1/4.jpg';
select isnt(s3cache.handed_out_url_at('1/4.jpg', 's3_image_cache', :'moment'), :'old_url', 'and another URL');
select s3cache.delete_object('1/4.jpg') as job \gset
select s3cache.complete_deletion(c.id, c.token) from s3cache.claim_jobs(:worker, 10, false) c where c.id = :job \g /dev/null
select is(cardinality(pg_temp.shown('1/', :'moment')), :before, 'deleted: the next read omits it');
update s3cache.object set state = 'missing' where filename = '2/1.jpg';
select is(s3cache.url('2/1.jpg'), null, 'what the store has lost has no URL, which is no error');
select is(count(*), 2::bigint, 'nor is it shown') from jsonb_array_elements(s3cache.images('2/'));

-- Browsers upload by themselves; what a public cache shows is on the CDN at once, in HTTPS and never signed.
select matches(s3cache.upload_url('1/5.jpg', 'image/jpeg'), '/1/5\.jpg\?.*Credential=AKIAUPLOAD%2F', 'a PUT URL');
select is(s3cache.upload_form('1/5.jpg', 'image/jpeg') #>> '{fields,key}', '1/5.jpg', 'a form');
delete from s3cache.worker;
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{"cdn_url": "http://cdn.example.com/"}') as worker \gset
select is(s3cache.url('1/1.jpg'), 'https://cdn.example.com/1/1.jpg', 'the worker''s S3_CDN_URL applies');
select is(s3cache.key_of('https://cdn.example.com/1/1.jpg'), '1/1.jpg', 'key_of() reads it');
select is(s3cache.key_of('https://cdn.example.com.evil.example/1/1.jpg'), null, 'but no other host''s');
select matches(s3cache.url('1/1.json'), '^https://examplebucket\.s3\..*X-Amz-Signature=', 'JSON does not come from it');
select is(i ->> 'expires_at', null, 'such URLs do not end') from jsonb_array_elements(s3cache.images('1/1')) i;

-- An error is not "no images".
delete from s3cache.worker;
delete from s3cache.published_default;
delete from s3cache.signing_key;
select s3cache.prune_signing_keys(), s3cache.resume() \g /dev/null
select ok(count(*) = 3 and count(i ->> 'url') = 0 and bool_and(i ->> 'error' ~ 'no usable signing key'), 'without a key each image says so') from jsonb_array_elements(s3cache.images('3/')) i;
select is(s3cache.images('13/'), '[]', 'and where there is none there is no error');
select * from finish();
