-- Caches and their settings: what each takes, what it refuses and how, and which of three sources applies.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();

create temporary table example (setting text, good text, shown text, bad text[]);
insert into example values
    ('bucket', 'mus86077', null, '{ab,"a b",-ab,ab-,"a/b","",ünï}'),
    ('prefix', 'folder/ä b/', null, null),
    ('endpoint', 'http://localhost:4566', null, '{localhost,ftp://x,"http://a b",http://a/b,http://u:p@h,"","http://h?x","http://"}'),
    ('region', 'eu-central-1', null, '{"eu west","",a/b,ä}'),
    ('addressing', 'path', null, '{"",PATH,dns}'),
    ('credentials', 'read-only', null, '{"","a b",a:b,AKIA/secret}'),
    ('cdn_url', 'https://cdn.example.com/x', null, '{"",ftp://x,"https://a b",javascript:alert(1),https://u@h,"https://h?q","https://"}'),
    ('access', 'public', null, '{"",open}'),
    ('acl', 'public-read', null, '{"","a b",A,open}'),
    ('cache_control', 'max-age=31536000, immutable', null, '{"",ä}'),
    ('storage_class', 'STANDARD_IA', null, '{"",standard}'),
    ('default_image', 'none.png', null, '{"",../x}'),
    ('presign_ttl', '7 days', null, '{"7 days 1 second","5 minutes","0","-1 hour","1 mon"}'),
    ('presign_margin', '10 minutes', '00:10:00', '{"1 hour","-1 second","2 hours"}'),
    ('presign_reuse', '1 second', '00:00:01', '{"0","1 day 1 second","999 milliseconds"}'),
    ('presign_mode', 'worker', null, '{"",both}'),
    ('versioned_urls', 'true', null, null),
    ('max_bytes', '5000000', null, '{0,-1,5497558138881}'),
    ('max_pixels', '1', null, '{0,-1,1000000000001}'),
    ('allowed_types', '{jpeg,svg}', null, '{"{}","{JPEG}","{jpg}","{jpeg,image/png}","{jpeg,NULL}","{\"\"}","{{jpeg},{png}}","{\"jpeg,png\"}"}'),
    ('if_exists', 'skip', null, '{"",overwrite}'),
    ('environment', 'staging', null, '{"",a_b,"a b"}'),
    ('rebuild_every', '1 minute', '00:01:00', '{"59 seconds","0","-1 day"}'),
    ('max_delete_fraction', '1', null, '{1.01,-0.01,NaN}'),
    ('notify_hints', 'false', null, null),
    ('hint_interval', '1 day', null, '{"0","999 milliseconds","1 day 1 second"}'),
    ('paused', 'true', null, null);
update example set bad = bad || array[E'a\nb'] where setting in ('bucket', 'endpoint', 'region', 'credentials', 'cdn_url', 'acl', 'cache_control',
    'storage_class', 'default_image', 'environment');
update example set bad = array[repeat('x', 1001), E'a\nb', '../', './', 'a/../b/', 'a/./b'] where setting = 'prefix';
update example set bad = bad || repeat('a', 64) where setting in ('bucket');

create function pg_temp.shown(wanted text) returns text language sql as
$$ select to_jsonb(c) ->> wanted from s3cache.cache c where c.name = 's3_image_cache' $$;
create function pg_temp.set_to(setting text, value text) returns void language plpgsql as
$$ begin execute format('select s3cache.configure(%I => %L)', setting, value); end $$;
-- How a value is refused: NULL if just as it should be.
create function pg_temp.refusal(wanted text, value text) returns text language plpgsql as $$
declare
    before jsonb := (select jsonb_agg(s) from s3cache.cache_setting s);
    code text;
    said text;
begin
    begin
        perform pg_temp.set_to(wanted, value);
        return 'accepted';
    exception when others then
        get stacked diagnostics code = returned_sqlstate, said = message_text;
    end;
    if code <> '22023' or said not like 'The setting ' || wanted || ' cannot be %: it takes %'
        or said not like '%' || (select s.accepted from s3cache.setting s where s.name = wanted) || '.' then
        return code || ' ' || said;
    end if;
    if before is distinct from (select jsonb_agg(s) from s3cache.cache_setting s) then
        return 'refused, and something changed';
    end if;
    return null;
end $$;

select set_eq('select setting from example', 'select name from s3cache.setting', 'every setting has an example here');
select is(
    (select count(*)::int from unnest((select proargnames from pg_proc where proname = 'configure')) a where a <> 'cache'),
    (select count(*)::int from s3cache.setting), 'and is an argument of configure()');
-- One at a time, so that none depends on another.
select is(pg_temp.refusal(e.setting, b.value), null, format('%s refuses %L', e.setting, left(b.value, 30)))
from example e, unnest(e.bad) with ordinality b (value, position) where e.setting <> 'allowed_types' or b.value <> '' order by e.setting, b.position;
create function pg_temp.good_and_back(e example) returns setof text language plpgsql as $$
declare
    built_in text := pg_temp.shown(e.setting);
begin
    perform pg_temp.set_to(e.setting, e.good);
    return next is(pg_temp.shown(e.setting), coalesce(e.shown, case e.setting when 'allowed_types' then '["jpeg", "svg"]' else e.good end),
        e.setting || ' takes ' || e.good);
    execute 'select s3cache.configure()';
    perform pg_temp.set_to(e.setting, null);
    return next isnt(pg_temp.shown(e.setting), built_in, e.setting || ' stays where it is not named, or NULL');
    perform s3cache.reset('s3_image_cache', e.setting);
    return next is(pg_temp.shown(e.setting), built_in, e.setting || ' is its default again after reset()');
end $$;
select t.* from example e, lateral pg_temp.good_and_back(e) t;
-- Refused beside something that would be accepted: neither is changed.
select throws_ok($$ select s3cache.configure(max_bytes => 5, bucket => 'no good') $$, '22023', null, 'one bad value refuses the whole call');
select is(pg_temp.shown('max_bytes'), '52428800', 'and changes nothing');

-- The defaults that the contract names.
select is(to_jsonb(c) - 'id' - 'name', '{"bucket": null, "prefix": "", "endpoint": null, "region": "us-east-1", "addressing": "auto", "credentials": null,
    "cdn_url": null, "access": "private", "acl": null, "cache_control": null, "storage_class": null, "default_image": null,
    "presign_ttl": "01:00:00", "presign_margin": "00:05:00", "presign_reuse": "1 day", "presign_mode": "database", "versioned_urls": false,
    "max_bytes": 52428800, "max_pixels": 50000000, "allowed_types": ["jpeg", "png", "gif", "webp", "avif", "heic", "bmp", "ico", "tiff"],
    "if_exists": "replace", "environment": null, "rebuild_every": null, "max_delete_fraction": 0.5, "notify_hints": true,
    "hint_interval": "00:01:00", "paused": false}'::jsonb, 'the built-in defaults')
from s3cache.cache c;
select results_eq(
    $$ select name, default_value from s3cache.setting where default_value is not null order by 1 $$,
    $$ select s.name, case jsonb_typeof(to_jsonb(c) -> s.name)
            when 'array' then '{' || (select string_agg(v, ',') from jsonb_array_elements_text(to_jsonb(c) -> s.name) v) || '}'
            else to_jsonb(c) ->> s.name end
        from s3cache.setting s, s3cache.cache c where s.default_value is not null order by 1 $$, 's3cache.setting tells the same');
select results_eq($$ select attname::text collate "default" from pg_attribute where attrelid = 's3cache.cache'::regclass and attnum > 2 order by attnum $$,
    $$ select name from s3cache.setting $$, 'the columns of s3cache.cache are the settings');

-- Two settings that concern each other.
select s3cache.configure(presign_ttl => '10 hours', presign_margin => '2 hours') \g /dev/null
select throws_like($$ select s3cache.reset('s3_image_cache', 'presign_ttl') $$, '%presign_margin%less than presign_ttl%', 'a default that contradicts another setting is refused');
select throws_like($$ select s3cache.configure(presign_ttl => '1 hour') $$, '%presign_ttl%', 'so is a value');
select lives_ok($$ select s3cache.configure(presign_ttl => '1 hour', presign_margin => '1 minute') $$, 'both together are not');
select s3cache.reset('s3_image_cache', 'presign_ttl'), s3cache.reset('s3_image_cache', 'presign_margin') \g /dev/null

-- Precedence.
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 minute', '{"bucket": "of-worker", "endpoint": "http://e", "region": "eu-north-1",
    "cdn_url": "cdn.example.com", "presign_ttl": "2 hours", "presign_reuse": "3 hours"}') as worker \gset
select is((select row(bucket, endpoint, region, cdn_url, presign_ttl, presign_reuse)::text from s3cache.cache),
    '(of-worker,http://e,eu-north-1,cdn.example.com,02:00:00,03:00:00)', 'what a live worker published applies where nothing is set');
select s3cache.configure(bucket => 'shop', region => 'us-west-2') \g /dev/null
select is((select row(bucket, endpoint, region)::text from s3cache.cache), '(shop,http://e,us-west-2)', 'and not where something is');
select s3cache.register_worker('w2', 'h', 2, s3cache.version(), '1 minute', '{"bucket": "of-second"}') as second \gset
select s3cache.reset('s3_image_cache', 'bucket') \g /dev/null
select is((select bucket from s3cache.cache), 'of-worker', 'the eldest worker decides');
update s3cache.worker set heartbeat_at = clock_timestamp() - interval '2 minutes' where id = :worker;
select is((select row(bucket, region)::text from s3cache.cache), '(of-second,us-west-2)', 'a dead worker publishes nothing');
select s3cache.unregister_worker(:second) \g /dev/null
select is((select row(bucket, presign_ttl)::text from s3cache.cache), '(,01:00:00)', 'without any the built-in applies');
delete from s3cache.worker;

-- configure() and reset() of what is not there.
select throws_ok($$ select s3cache.configure('nothing', max_bytes => 1) $$, '42704', null, 'configure() of an unknown cache');
select throws_ok($$ select s3cache.configure(null, max_bytes => 1) $$, '42704', null, 'or NULL');
select throws_ok($$ select s3cache.reset('nothing', 'bucket') $$, '42704', null, 'reset() of an unknown cache');
select throws_like($$ select s3cache.reset('s3_image_cache', 'cache_id') $$, '%There is no setting%', 'or of what is no setting');
select throws_like($$ select s3cache.reset('s3_image_cache', 'bucket = null; drop table x') $$, '%There is no setting%', 'whatever it is');
select throws_like($$ select s3cache.reset('s3_image_cache', null) $$, '%There is no setting%', 'or NULL');

-- Making and dropping caches.
select is(s3cache.create_cache('product_images', bucket => 'product-image-collection', prefix => ''), 'product_images', 'create_cache() gives the name');
select is((select bucket || '|' || prefix from s3cache.cache where name = 'product_images'), 'product-image-collection|', 'with its settings');
select throws_ok(format('select s3cache.create_cache(%L)', bad), '42602', null, 'no cache is named ' || coalesce(quote_literal(bad), 'NULL'))
from (values (''), (null), ('Upper'), ('1st'), ('a-b'), ('a b'), ('a"b'), ('ä'), (repeat('a', 45)), ('a.b'), (E'a\n')) v (bad);
select throws_ok($$ select s3cache.create_cache('product_images') $$, '42710', null, 'a name is given once');
select throws_ok($$ select s3cache.create_cache('s3_image_cache') $$, '42710', null, 'also the default cache''s');
create table taken (a int);
create view taken_view as select 1 as a;
select throws_ok($$ select s3cache.create_cache('taken') $$, '42P07', null, 'a table of that name is left alone');
select throws_ok($$ select s3cache.create_cache('taken_view') $$, '42P07', null, 'so is a view');
select throws_ok($$ select s3cache.create_cache('refused', bucket => 'no good') $$, '22023', null, 'a bad bucket');
select ok(to_regclass('refused') is null and not exists (select from s3cache.cache where name = 'refused'), 'makes no cache');
select is(s3cache.create_cache(repeat('a', 44)), repeat('a', 44), 'a name of 44 characters');
select lives_ok(format('select s3cache.drop_cache(%L)', repeat('a', 44)), 'and away with it');
select is(s3cache.create_cache('select'), 'select', 'a keyword can be a name');
insert into "select" (filename) values ('x');
insert into product_images (filename) values ('x');
select is((select count(*) from s3cache.object where filename = 'x'), 2::bigint, 'each cache has its rows');
select lives_ok($$ select s3cache.drop_cache('select') $$, 'a cache is dropped');
select is((select count(*) from s3cache.object where filename = 'x'), 1::bigint, 'with its rows');
select throws_ok($$ select s3cache.drop_cache('select') $$, '42704', null, 'once');
select throws_ok($$ select s3cache.drop_cache('s3_image_cache') $$, '2BP01', null, 'the default cache stays');
select throws_ok($$ select s3cache.drop_cache(null) $$, '42704', null, 'NULL is no cache');
create view uses as select filename from product_images;
select throws_ok($$ select s3cache.drop_cache('product_images') $$, '2BP01', null, 'a cache that a view depends on stays');
drop view uses;
select s3cache.rebuild('product_images') as job \gset
select s3cache.configure('product_images', region => 'eu-west-1') \g /dev/null
select s3cache.drop_cache('product_images') \g /dev/null
select is((select state || ' ' || cache from s3cache.jobs where id = :job), 'cancelled product_images', 'the jobs of a dropped cache are cancelled');
select s3cache.create_cache('product_images') \g /dev/null
select is((select region from s3cache.cache where name = 'product_images'), 'us-east-1', 'a new cache of the same name has nothing of the old one');
select throws_ok(format('select s3cache.retry(%s)', :job), '55000', null, 'nor can the old one''s jobs be run for it');
select throws_ok($$ select s3cache.rebuild('nothing') $$, '42704', null, 'rebuild() of an unknown cache');
select throws_ok($$ select s3cache.verify('nothing') $$, '42704', null, 'verify() of one');
select throws_ok($$ select s3cache.images('', 'nothing') $$, '42704', null, 'images() of one');
select * from finish();
