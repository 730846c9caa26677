-- Rows of users' own tables and their objects: what bind() takes and grants, what images_of() finds, and what is written back.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
\ir ../support/signing.sql
select s3cache.configure(bucket => 'social-tui', region => 'us-east-1', cdn_url => 'cdn.example.com', allowed_types => '{jpeg,png,text,other}') \g /dev/null
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
    return code || case when said !~ '\.$' then ' no sentence: ' || said else '' end || case when advice !~ '\.|;' then ' no hint' else '' end;
end $$;
create function pg_temp.uploaded(job bigint, etag text default 'e1') returns bigint language plpgsql as $$
declare
    claimed record;
begin
    select * into strict claimed from s3cache.claim_jobs((select max(id) from s3cache.worker), 100, false) c where c.id = job;
    perform s3cache.complete_upload(job, claimed.token, etag, 2, 0, null, 'image/png', null);
    return s3cache.write_back(job);
end $$;

-- What is bound.
create table products (partnumber text, title text);
create table amigurumi_product (id integer primary key, name text);
create table posts (id bigint generated always as identity primary key, title text, featured_image_url text, updated_at timestamptz default '2020-01-01');
-- The third seed's own table.
CREATE TABLE post_media (
    media_id TEXT PRIMARY KEY,
    post_id TEXT NOT NULL,
    media_type TEXT NOT NULL,  -- 'image', 'video', 'document'
    media_url TEXT NOT NULL,   -- Original URL from social platform
    local_file_path TEXT,      -- Path to cached file
    md5_sum TEXT,              -- MD5 checksum of file content
    file_size INTEGER,
    mime_type TEXT,
    width INTEGER,
    height INTEGER,
    archive_url TEXT,          -- S3 URL (populated by upload script)
    created_at TIMESTAMP,
    updated_at TIMESTAMP
);
CREATE INDEX idx_media_archive_url ON post_media(archive_url)
    WHERE archive_url IS NOT NULL;
select s3cache.create_cache('product_images', bucket => 'product-image-collection', prefix => '') \g /dev/null
SELECT s3cache.bind('products', key => '{partnumber}.jpg') \g /dev/null
SELECT s3cache.bind('amigurumi_product', key => '{id}/', cache => 'product_images') \g /dev/null
SELECT s3cache.bind('posts', key => 'generated/{unix}-{uuid}.png', url_column => 'featured_image_url') \g /dev/null
SELECT s3cache.bind('post_media', key => 'cache/{created_at:YYYY}/{created_at:MM}/{file}', url_column => 'archive_url',
                    url_style => 's3', path_column => 'local_file_path', md5_column => 'md5_sum', mime_column => 'mime_type',
                    type_column => 'media_type', root => 'cache/media') \g /dev/null
select is((select string_agg(concat_ws(' ', name, table_id, cache, key, url_column, url_style, problem), E'\n' order by name) from s3cache.binding),
    'amigurumi_product amigurumi_product product_images {id}/ url
post_media post_media s3_image_cache cache/{created_at:YYYY}/{created_at:MM}/{file} archive_url s3
posts posts s3_image_cache generated/{unix}-{uuid}.png featured_image_url url
products products s3_image_cache {partnumber}.jpg url', 's3cache.binding lists what is bound');
select is((select string_agg(format('%s %s', c, p), ', ' order by c, p) from unnest(array['id', 'title', 'featured_image_url', 'updated_at']) c,
    unnest(array['INSERT', 'UPDATE', 'REFERENCES']) p where has_column_privilege('s3cache_worker', 'posts', c, p)), 'featured_image_url UPDATE', 'a worker may write the URL column alone');
select is(has_table_privilege('s3cache_worker', t, 'select'), true, 'and read ' || t) from unnest(array['products', 'posts', 'post_media']) t;
select is(has_table_privilege('s3cache_worker', t, p), false, format('not %s %s', p, t)) from unnest(array['products', 'posts']) t, unnest(array['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) p;
select is((select count(*) from information_schema.role_table_grants where grantee in ('s3cache_owner', 's3cache_reader', 's3cache_writer', 's3cache_admin', 'PUBLIC')
    and table_name = 'posts'), 0::bigint, 'nobody else is given anything');

-- What is not.
select is(pg_temp.refusal(format('s3cache.bind(%L, key => %s)', t, k)), '22023', format('%s %s', t, k))
from (values ('products', $$''$$), ('products', 'NULL'), ('products', $$'fixed.jpg'$$), ('products', $$'{no_such}.jpg'$$), ('products', $$'{partnumber'$$), ('products', $$'{partnumber}}'$$),
    ('products', $$'{PARTNUMBER}'$$), ('products', $$'{partnumber:YYYY}'$$), ('posts', $$'{updated_at:Year}'$$), ('products', $$'../{partnumber}'$$), ('products', $$'{partnumber}/../x'$$),
    ('products', $$E'{partnumber}\n'$$), ('products', $$'{}'$$), ('products', $$'{partnumber; drop table posts}'$$),
    ('posts', $$'{id}', url_column => 'nothing'$$), ('posts', $$'{id}', url_column => 'id'$$), ('posts', $$'{id}', md5_column => 'md5'$$), ('posts', $$'{id}', url_style => 'http'$$),
    ('posts', $$'{id}', root => '../up'$$), ('products', $$'{partnumber}', url_column => 'title'$$),
    ('s3cache.cache', $$'{name}'$$), ('s3_image_cache', $$'{filename}'$$), ('s3cache.job', $$'{id}'$$)) v (t, k);
select is(pg_temp.refusal($$s3cache.bind('posts', key => '{id}', cache => 'nothing')$$), '42704', 'an unknown cache');
create temporary table fleeting (id integer primary key);
select is(pg_temp.refusal($$s3cache.bind('pg_temp.fleeting', key => '{id}')$$), '22023', 'a temporary table');
select is(pg_temp.refusal($$s3cache.archive('nothing')$$), '42704', 'an unknown binding');
select is((select key from s3cache.binding where name = 'products'), '{partnumber}.jpg', 'a refused binding leaves the former one');
select throws_like($$ select s3cache.bind('products', key => '{no_such}.jpg') $$, 'The key template "{no_such}.jpg" cannot be used: it has {no_such}, and the table public.products has no such column.', 'a column that is not there is named');

-- Names are identifiers.
create schema "odd schema";
create table "odd schema"."Odd; table" ("Row id" integer, "part" uuid default gen_random_uuid(), "the ""URL""" text, primary key ("Row id", "part"));
select s3cache.bind('"odd schema"."Odd; table"', key => 'odd/{Row id}/{part}-{{x}}.png', url_column => 'the "URL"') \g /dev/null
insert into "odd schema"."Odd; table" ("Row id", part) values (7, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'), (8, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
select s3cache.attach('Odd; table', '["7", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]', content => '\x89504e470d0a1a0a') as job \gset
select is(pg_temp.uploaded(:job), 1::bigint, 'one row is written');
select results_eq($$ select "Row id", "the ""URL""" from "odd schema"."Odd; table" order by 1 $$,
    $$ values (7, 'https://cdn.example.com/odd/7/a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-%7Bx%7D.png'), (8, null) $$, 'by a key of two columns, and no other row');
create table "odd schema".posts (id integer primary key);
select s3cache.bind('"odd schema".posts', key => '{id}.png') \g /dev/null
select is((select string_agg(name, ', ' order by name) from s3cache.binding where name ~ 'posts'), 'odd schema.posts, posts', 'a second table of a name goes by its schema too');
select s3cache.unbind('"odd schema".posts') \g /dev/null

-- Images of rows.
insert into products values ('14000', 'a'), ('14001', 'b'), ('{odd}', 'c'), (null, 'd');
insert into amigurumi_product values (1, 'Bear'), (10, 'Cat'), (11, 'Dog');
insert into s3cache.object (cache_id, filename, state) values (1, '14000.jpg', 'present'), (1, '14000.jpg.old', 'present'), (1, '14001.jpg', 'missing'), (1, '{odd}.jpg', 'present'),
    (2, '1/front.jpg', 'present'), (2, '1/back.jpg', 'present'), (2, '10/x.jpg', 'present'), (2, '1/', 'present');
select is(s3cache.images_of('products', '14000'), '[{"url": "https://cdn.example.com/14000.jpg", "key": "14000.jpg", "filename": "14000.jpg", "expires_at": null}]', 'images_of(): the one of a row');
select is(s3cache.primary_image_of('products', '14000') ->> 'key', '14000.jpg', 'primary_image_of()');
select is(s3cache.images_of('products', '{odd}') -> 0 ->> 'key', '{odd}.jpg', 'braces in a value are no placeholders');
select is(s3cache.images_of('products', id), '[]', 'none: ' || coalesce(id, 'NULL')) from (values ('14001'), ('1400'), (null), ('14000.jpg')) v (id);
select is(s3cache.primary_image_of('products', '14001'), null, 'and no first one');
select is((select jsonb_agg(i -> 'key') from jsonb_array_elements(s3cache.images_of('amigurumi_product', '1')) i), '["1/back.jpg", "1/front.jpg"]', 'the folder of a row, and no other one that begins so');
select is(s3cache.images_of('amigurumi_product', '1'), s3cache.images('1/', 'product_images'), 'as images() gives it');
select is(s3cache.images_of('amigurumi_product', id), '[]', 'no images: ' || id) from (values ('11'), ('12'), ('x'), ('99999999999')) v (id);
select s3cache.configure(default_image => 'none.png') \g /dev/null
select is(s3cache.images_of('products', '14001') -> 0 ->> 'is_default', 'true', 'the default image stands in');
select s3cache.reset('s3_image_cache', 'default_image') \g /dev/null
select is((select jsonb_object_agg(p.partnumber, s3cache.primary_image_of('products', p.partnumber) ->> 'key') from products p where partnumber ~ '^1'), '{"14000": "14000.jpg", "14001": null}', 'for many rows in one query');

-- Through a binding.
insert into posts (title) select 'post ' || n from generate_series(1, 3) n;
create table written (id bigint, by_role text, url text);
grant insert on written to s3cache_worker;
create function note_write() returns trigger language plpgsql as $$ begin insert into written values (new.id, current_user, new.featured_image_url); return new; end $$;
create trigger note_write after update on posts for each row execute function note_write();
create temporary table before as select * from posts;
select s3cache.attach('posts', '2', content => '\x89504e470d0a1a0a', metadata => '{"task-id": "t-1"}') as job \gset
select is(args ->> 'filename' ~ '^generated/[0-9]{10}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.png$', true, 'attach() makes the name of the row''s template') from s3cache.job where id = :job;
select is((select featured_image_url from posts where id = 2), null, 'nothing is written before the file is stored');
select is(pg_temp.uploaded(:job), 1::bigint, 'then one row is');
select is(featured_image_url, 'https://cdn.example.com/' || (select result ->> 'filename' from s3cache.jobs where id = :job), 'with the URL') from posts where id = 2;
select results_eq('select id, title, updated_at from posts order by id', 'select id, title, updated_at from before order by id', 'no other column is touched');
select is((select count(*) from posts where featured_image_url is not null), 1::bigint, 'and no other row');
select is((select array_agg(id) from written), '{2}', 'the table''s triggers run, and find what is in their own path');
select is(s3cache.images_of('posts', '2') -> 0 ->> 'key', (select result ->> 'key' from s3cache.jobs where id = :job), 'the URL tells images_of() what the columns do not');
select is(s3cache.images_of('posts', '3'), '[]', 'where there is none there is none');
select is(pg_temp.uploaded(s3cache.upload('generated/other.png', '\x89504e470d0a1a0a')), 0::bigint, 'an upload that is none of a binding writes no row');
select s3cache.attach('posts', '3', content => '\x89504e470d0a1a0a') as job \gset
delete from posts where id = 3;
select is(pg_temp.uploaded(:job), 0::bigint, 'a row that is gone is none');
begin;
select s3cache.attach('posts', '1', content => '\x89504e470d0a1a0a', idempotency_key => 'once') as job \gset
commit;
select is(s3cache.attach('posts', '1', content => '\x89504e470d0a1a0a', idempotency_key => 'once'), :job::bigint, 'asked for twice with one idempotency_key it is one job');
select is(pg_temp.refusal($$s3cache.attach('posts', '2', content => '\x89504e470d0a1a0a', idempotency_key => 'once')$$), '55000', 'not for another row');
select is(pg_temp.refusal(format('s3cache.attach(%s)', bad)), code, bad)
from (values ($$'posts', '1'$$, '22023'), ($$'posts', '1', content => 'x', url => 'https://example.com/a.png'$$, '22023'), ($$'posts', '99', content => 'x'$$, 'P0002'), ($$'posts', null, content => 'x'$$, 'P0002'),
    ($$'amigurumi_product', '1', content => 'x'$$, '22023'), ($$'posts', '1', url => 'https://example.com/a.png', content_type => 'image/png'$$, '22023'),
    ($$'nothing', '1', content => 'x'$$, '42704')) v (bad, code);
select s3cache.attach('amigurumi_product', '1', path => '/srv/photos/left side.jpg') as job \gset
select is(args ->> 'filename', '1/left side.jpg', 'a folder''s file has its own name') from s3cache.job where id = :job;
select s3cache.attach('posts', '1', url => 'https://example.com/logo.png') as job \gset
select is(kind || ' ' || (args ->> 'row'), 'fetch 1', 'what is fetched is written back too') from s3cache.job where id = :job;
create table shared_logo (id integer primary key, logo text);
insert into shared_logo values (1), (2);
select s3cache.bind('shared_logo', key => 'logos/{file}', url_column => 'logo') \g /dev/null
select s3cache.attach('shared_logo', '1', url => 'https://example.com/l.png') as one, s3cache.attach('shared_logo', '1', url => 'https://example.com/l.png') as same, s3cache.attach('shared_logo', '2', url => 'https://example.com/l.png') as two \gset
select is(pg_temp.uploaded(:one), 1::bigint, 'two rows have one object');
select is((select state || ' ' || superseded_by from s3cache.jobs where id = :same), 'superseded ' || :one, 'what is asked for twice for a row is done once');
select is(pg_temp.uploaded(:two), 1::bigint, 'what is asked for for another row is not the same');
select is((select string_agg(logo, ' ' order by id) from shared_logo), 'https://cdn.example.com/logos/l.png https://cdn.example.com/logos/l.png', 'each gets its URL');
begin;
select s3cache.attach('shared_logo', '1', content => '\x89504e470d0a1a0a', filename => 'l.png', idempotency_key => 'shared') as one \gset
commit;
insert into s3cache.job (kind, cache_id, args, merge_key, serial_key, priority, owner)
select kind, cache_id, args || '{"row": "2"}', merge_key || 'x', serial_key, priority, owner from s3cache.job where id = :one returning id as two \gset
insert into s3cache.staged_content (job_id, content) values (:two, '\x89504e470d0a1a0a');
update shared_logo set logo = null;
select is(pg_temp.uploaded(:one) + pg_temp.uploaded(:two), 2::bigint, 'also where two asked at the same time with one idempotency_key');
-- What is stored is known, whatever the table says.
alter table shared_logo add check (logo is null) not valid;
select s3cache.attach('shared_logo', '1', content => '\x89504e470d0a1a0a', filename => 'refused.png') as job \gset
select * from s3cache.claim_jobs(:worker, 10, false) \g /dev/null
select s3cache.fail_job(:job, claim_token, 'No.', '{"code": "binding_unusable"}') from s3cache.job where id = :job \g /dev/null
select is((select state from s3_image_cache where filename = 'logos/refused.png'), 'unverified', 'an object whose URL its table refused has a row, which a worker looks at');
select s3cache.unbind('shared_logo') \g /dev/null
insert into post_media (media_id, post_id, media_type, media_url, created_at) values ('m0', 'p', 'image', 'u', '2025-02-03 23:00'), ('m00', 'p', 'image', 'u', null);
select s3cache.attach('post_media', 'm0', content => '\x89504e470d0a1a0a', filename => 'a{b}.png') as job \gset
select is(args ->> 'filename', 'cache/2025/02/a{b}.png', 'times of the row are in its key') from s3cache.job where id = :job;
select is(pg_temp.uploaded(:job), 1::bigint, 'its URL is written');
select is((select archive_url from post_media where media_id = 'm0'), 's3://social-tui/cache/2025/02/a{b}.png', 'as s3://bucket/key where the binding says so');
select is(s3cache.images_of('post_media', 'm0') -> 0 ->> 'key', 'cache/2025/02/a{b}.png', 'which images_of() reads');
select s3cache.attach('post_media', 'm00', content => '\x89504e470d0a1a0a', filename => 'a.png') as job \gset
select is(args ->> 'filename', to_char(now() at time zone 'UTC', '"cache/"YYYY/MM"/a.png"'), 'a time that is NULL is now') from s3cache.job where id = :job;
delete from post_media;

-- Archives.
select is(pg_temp.refusal(format('s3cache.archive(%s)', bad)), code, bad)
from (values ($$'posts'$$, '55000'), ($$'products'$$, '55000'), ($$'post_media', limit_rows => -1$$, '22023'), ($$'post_media', batch_size => 0$$, '22023'), ($$'post_media', batch_size => 1001$$, '22023')) v (bad, code);
select is(pg_temp.refusal($$s3cache.archive_stats('products')$$), '55000', 'no statistics of a table without URLs');
select results_eq($$ select * from s3cache.archive_stats('post_media') $$, $$ values (null::text, 0::bigint, 0::bigint, 0::bigint, 0.0) $$, 'an empty table has statistics');
insert into post_media (media_id, post_id, media_type, media_url, local_file_path, md5_sum, mime_type, created_at, archive_url)
select format('m%s', n), 'p', case when n % 8 = 0 then 'video' else 'image' end, 'u', format('cache/media/images/%s.jpg', md5(n::text)), md5(n::text), 'image/jpeg',
    case when n < 24 then timestamp '2025-12-01' - n * interval '1 day' end, case when n = 3 then 'https://old' end
from generate_series(1, 24) n;
select results_eq($$ select * from s3cache.archive_stats('post_media') $$,
    $$ values (null::text, 24::bigint, 1::bigint, 23::bigint, 4.2), ('image', 21, 1, 20, 4.8), ('video', 3, 0, 3, 0.0) $$, 'archive_stats(): all, then each type that there is');
SELECT s3cache.archive('post_media', limit_rows => NULL, batch_size => 50, dry_run => false, force => false) as job \gset
select is(row(kind, cache, state)::text, '(archive,s3_image_cache,queued)', 'archive() enqueues a job') from s3cache.jobs where id = :job;
select token from s3cache.claim_jobs(:worker, 100, false) where id = :job \gset
select results_eq(format('select total, batch_size, is_dry_run, root, state from s3cache.archive_plan(%s, %s)', :job, :token), $$ values (23::bigint, 50, false, 'cache/media', null::jsonb) $$, 'its rows are those without a URL');
select throws_ok(format('select s3cache.%s', call), 'S3C01', null, 'not with another token: ' || call)
from (values (format('archive_plan(%s, 9999)', :job)), (format('rows_to_archive(%s, 9999, null, null, 1)', :job)), (format('save_archive(%s, 9999, ''{}'')', :job)),
    (format('record_archived(%s, 9999, ''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'')', :job))) v (call);
create temporary table page as select * from s3cache.rows_to_archive(:job, :token, null, null, 10);
select is((select array_agg(row_key) from page), '{m23,m22,m21,m20,m19,m18,m17,m16,m15,m14}', 'the oldest come first');
select is(row(row_time, key, path, md5, media_type, kind)::text, format('("2025-11-08 00:00:00",cache/2025/11/{file},cache/media/images/%s.jpg,%1$s,image/jpeg,image)', md5('23')), 'what a row says of its file') from page limit 1;
create function pg_temp.walk(job bigint, token bigint) returns text language plpgsql as $$
declare
    seen text[] := '{}';
    last_time text;
    last_row text;
begin
    loop
        select r.row_time, r.row_key into last_time, last_row from s3cache.rows_to_archive(job, token, last_time, last_row, 1) r;
        exit when not found;
        seen := seen || last_row;
    end loop;
    return array_to_string(seen, ' ');
end $$;
select is(pg_temp.walk(:job, :token), 'm23 m22 m21 m20 m19 m18 m17 m16 m15 m14 m13 m12 m11 m10 m9 m8 m7 m6 m5 m4 m2 m1 m24', 'one after the other, rows without a time last');
select is((select key from s3cache.rows_to_archive(:job, :token, null, 'm23', 1)), 'cache/{mtime:YYYY}/{mtime:MM}/{file}', 'whose time is their file''s');
select s3cache.record_archived(:job, :token, '{cache/2025/11/a.jpg,cache/2025/11/b.jpg}', '{e,f}', '{1,2}', '{0,null}', '{STANDARD,null}', '{image/jpeg,image/jpeg}', '{00,null}', '{4,null}', '{3,null}');
select is((select string_agg(concat_ws(' ', filename, state, size, etag, width, encode(sha256, 'hex')), ', ' order by filename) from s3_image_cache where filename ~ '^cache/2025/11'),
    'cache/2025/11/a.jpg present 1 e 4 00, cache/2025/11/b.jpg present 2 f', 'a batch''s objects have rows');
select is(s3cache.write_urls('post_media', '{m23,m22,gone}', '{cache/2025/11/a.jpg,cache/2025/11/b.jpg,c}'), 2::bigint, 'and its URLs are written in one statement');
select is((select string_agg(archive_url, ', ' order by media_id desc) from post_media where media_id in ('m23', 'm22')), 's3://social-tui/cache/2025/11/a.jpg, s3://social-tui/cache/2025/11/b.jpg', 'each into its row');
select is((select count(*) from post_media where updated_at is not null), 0::bigint, 'and nothing else');
select s3cache.save_archive(:job, :token, '{"a": 1}');
select is((select state from s3cache.archive_plan(:job, :token)), '{"a": 1}', 'another worker goes on from there');
select s3cache.complete_jobs(array[:job], array[:token], array['{}'::jsonb]) \g /dev/null
SELECT s3cache.archive('post_media', force => true, limit_rows => 2) as job \gset
select token from s3cache.claim_jobs(:worker, 100, false) where id = :job \gset
select is((select total from s3cache.archive_plan(:job, :token)), 2::bigint, 'force: all, limit_rows: so many');
select is((select count(*) from s3cache.archive_state), 0::bigint, 'what ended jobs left is forgotten');
select is((select row_key from s3cache.rows_to_archive(:job, :token, null, null, 1)), 'm23', 'also those with a URL');

create table pages (id integer primary key, path text, url text);
insert into pages values (1, 'a.png');
select s3cache.bind('pages', key => '{id}.png', url_column => 'url', path_column => 'path') \g /dev/null
select s3cache.archive('pages') as pages \gset
select token as pages_token from s3cache.claim_jobs(:worker, 100, false) where id = :pages \gset
select is((select r::text from s3cache.rows_to_archive(:pages, :pages_token, null, null, 9) r), '(1,,1.png,a.png,,,)', 'a binding need not name all columns of files');
select s3cache.complete_jobs(array[:pages], array[:pages_token], array['{}'::jsonb]) \g /dev/null

-- What is pinned neither takes the place of others' jobs nor waits until somebody runs them.
select s3cache.archive('pages') as theirs \gset
begin;
insert into s3cache.worker select (jsonb_populate_record(w, '{"id": 90001, "runs_pinned_only": true}')).* from s3cache.worker w where w.id = :worker;
select s3cache.pin_job(s3cache.archive('pages'), 90001) as mine \gset
select is(s3cache.next_jobs(10, 10, 90001), array[:mine]::bigint[], 'a pinned archive runs before another that is queued');
select is(array_agg(state), '{queued,queued}', 'and does not merge with it') from s3cache.job where id in (:theirs, :mine);
rollback;
select s3cache.cancel(:theirs) \g /dev/null
select s3cache.unbind('pages') \g /dev/null

-- A time that is none counts as unknown.
create table endless (id integer primary key, path text, url text, created_at timestamptz);
insert into endless values (1, 'a.png', null, 'infinity');
select s3cache.bind('endless', key => '{unix}-{id}.png', url_column => 'url', path_column => 'path') \g /dev/null
select s3cache.archive('endless') as endless \gset
select token as endless_token from s3cache.claim_jobs(:worker, 100, false) where id = :endless \gset
select matches((select r.key from s3cache.rows_to_archive(:endless, :endless_token, null, null, 9) r), '^[0-9]+-1[.]png$', 'a row of infinite time is archived as one without');
select s3cache.complete_jobs(array[:endless], array[:endless_token], array['{}'::jsonb]) \g /dev/null
select s3cache.unbind('endless') \g /dev/null

-- Keys of types with an order of their own: each row comes once, whatever operators the search path has.
create type level as (n integer);
create function level_compare(a level, b level) returns integer language sql immutable return sign((b).n - (a).n);
create function level_less(a level, b level) returns boolean language sql immutable return level_compare(a, b) < 0;
create function level_least(a level, b level) returns boolean language sql immutable return level_compare(a, b) <= 0;
create function level_equal(a level, b level) returns boolean language sql immutable return level_compare(a, b) = 0;
create function level_most(a level, b level) returns boolean language sql immutable return level_compare(a, b) >= 0;
create function level_more(a level, b level) returns boolean language sql immutable return level_compare(a, b) > 0;
create operator < (leftarg = level, rightarg = level, function = level_less);
create operator <= (leftarg = level, rightarg = level, function = level_least);
create operator = (leftarg = level, rightarg = level, function = level_equal);
create operator >= (leftarg = level, rightarg = level, function = level_most);
create operator > (leftarg = level, rightarg = level, function = level_more);
create operator class level_order default for type level using btree as
    operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 level_compare(level, level);
create extension citext;
create domain nickname as citext;
create function pg_temp.pages(key_type text, rows text, key_columns text default 'id') returns text language plpgsql as $$
#variable_conflict use_variable
declare
    worker constant bigint := (select max(id) from s3cache.worker);
    job bigint;
    token bigint;
    seen text[] := '{}';
    archived text[] := '{}';
    fetched text[] := '{}';
    last_row text;
    page text;
begin
    execute format('create table ordered (id %s, n integer default 1, path text, source text default ''https://example.com/a.png'', url text, primary key (%s))', key_type, key_columns);
    execute 'insert into ordered (id, n) values ' || rows;
    perform s3cache.bind('ordered', key => '{n}-{path}-{uuid}.png', url_column => 'url', path_column => 'path');
    perform s3cache.on_insert('ordered', 'fetch', 'source');
    job := s3cache.verify_binding('ordered', verify_s3 => false, check_local => true);
    select c.token into strict token from s3cache.claim_jobs(worker, 100, false) c where c.id = job;
    loop
        select b.row_key into page from s3cache.bound_rows(job, token, false, last_row, 1) b;
        exit when not found or cardinality(seen) > 20;
        seen := seen || page;
        last_row := page;
    end loop;
    last_row := null;
    loop
        select r.row_key into page from s3cache.rows_to_archive(job, token, null, last_row, 1) r;
        exit when not found or cardinality(archived) > 20;
        archived := archived || page;
        last_row := page;
    end loop;
    last_row := null;
    loop
        select f.last_row into page from s3cache.fetch_next_rows(job, token, last_row, 1) f;
        exit when page is null or cardinality(fetched) > 20;
        fetched := fetched || page;
        last_row := page;
    end loop;
    perform s3cache.complete_jobs(array[job], array[token], array['{}'::jsonb]);
    page := s3cache.write_urls('ordered', seen, seen)::text;
    perform s3cache.unbind('ordered');
    execute 'drop table ordered';
    return case when seen = archived and seen = fetched then array_to_string(seen, ' ') || ', ' || page || ' written'
        else format('%s, archived %s, fetched %s', seen, archived, fetched) end;
end $$;
select is(pg_temp.pages('citext', $$('b', 1), ('A', 1), ('C', 1), ('d', 1)$$), 'A b C d, 4 written', 'rows by a citext, page by page');
select is(pg_temp.pages('nickname', $$('b', 1), ('A', 1), ('C', 1), ('d', 1)$$), 'A b C d, 4 written', 'by a domain over one');
select is(pg_temp.pages('citext', $$('b', 1), ('A', 1), ('a', 2), ('C', 1), ('c', 2)$$, 'id, n'), '["A", "1"] ["a", "2"] ["b", "1"] ["C", "1"] ["c", "2"], 5 written', 'by a citext and a number');
select is(pg_temp.pages('citext', $$('b', 1), ('A', 1), ('a', 2), ('C', 1), ('c', 2)$$, 'n, id'), '["1", "A"] ["1", "b"] ["1", "C"] ["2", "a"] ["2", "c"], 5 written', 'and by both the other way');
select is(pg_temp.pages('level', $$(row(1), 1), (row(3), 1), (row(2), 1)$$), '(3) (2) (1), 3 written', 'by a type with operators of its own');
select is(pg_temp.pages('text collate "C"', $$('b', 1), ('A', 1), ('a', 1)$$), 'A a b, 3 written', 'and by plain text');
select is(pg_temp.pages('integer[]', $$('{10}', 1), ('{9}', 1), ('{9,1}', 1)$$), '{9} {9,1} {10}, 3 written', 'or an array');
drop domain nickname;
drop extension citext;
select is((select behind_row from s3cache.binding_plan('post_media')), '(r.media_id) > ($1::text)', 'where the order is PostgreSQL''s own an index finds the next row');

-- Only a table's owner binds it, whichever function is called.
select 'admin_of_' || current_database() as other_admin \gset
create role :"other_admin" in role s3cache_admin;
set role :"other_admin";
do $$
declare
    call text;
begin
    foreach call in array array[
        $c$remember_binding('public.post_media', '{id}', 's3_image_cache', 'archive_url', null, 'media_url', null, null, null, null)$c$,
        $c$remember_on_insert('public.post_media', 'archive', null)$c$, $c$forget_binding('public.post_media')$c$]
    loop
        begin
            execute 'select s3cache.' || call;
        exception when insufficient_privilege then
            if sqlerrm ~ 'is not yours' then
                perform set_config('test.refused', coalesce(current_setting('test.refused', true), '') || split_part(call, '(', 1) || ' ', false);
            end if;
        end;
    end loop;
end $$;
reset role;
select is(current_setting('test.refused', true), 'remember_binding remember_on_insert forget_binding ', 'not by another admin');
drop role :"other_admin";

-- Verified.
select is(pg_temp.refusal(format('s3cache.verify_binding(%s)', bad)), code, bad)
from (values ($$'nothing'$$, '42704'), ($$'products'$$, '55000'), ($$'amigurumi_product'$$, '55000'), ($$'posts', check_local => true$$, '55000'),
    ($$'post_media', limit_rows => 0$$, '22023'), ($$'post_media', verify_s3 => false$$, '22023'), ($$'post_media', verify_s3 => null$$, '22023')) v (bad, code);
select s3cache.complete_jobs(array[:job], array[:token], array['{}'::jsonb]) \g /dev/null
update post_media set archive_url = 's3://social-tui/cache/x.jpg' where media_id = 'm5';
select s3cache.verify_binding('post_media', check_local => true, limit_rows => 3) as job \gset
select is(row(kind, cache, state)::text, '(verify_binding,s3_image_cache,queued)', 'verify_binding() enqueues a job') from s3cache.jobs where id = :job;
select token from s3cache.claim_jobs(:worker, 100, false) where id = :job \gset
select results_eq(format('select verify_s3, check_local, total, root, state from s3cache.binding_verification(%s, %s)', :job, :token), $$ values (true, true, 6::bigint, 'cache/media', null::jsonb) $$, 'limit_rows is for objects and for files');
select throws_ok(format('select s3cache.%s', call), 'S3C01', null, 'not with another token: ' || call)
from (values (format('binding_verification(%s, 9999)', :job)), (format('bound_rows(%s, 9999, true, null, 1)', :job))) v (call);
select is((select array_agg(row_key) from s3cache.bound_rows(:job, :token, true, null, 10)), '{m22,m23,m3,m5}', 'rows with a URL, in the order of the primary key');
select is((select array_agg(row_key) from s3cache.bound_rows(:job, :token, true, 'm23', 1)), '{m3}', 'after a row, so many');
select is((select array_agg(row_key) from s3cache.bound_rows(:job, :token, false, 'm23', 3)), '{m24,m3,m4}', 'or all rows');
select is(row(b.*)::text, format('(m5,s3://social-tui/cache/x.jpg,cache/2025/11/{file},cache/media/images/%s.jpg,%1$s,image/jpeg,image)', md5('5')), 'with what they say of object and file') from s3cache.bound_rows(:job, :token, true, 'm3', 1) b;
select is(s3cache.bound_filenames('post_media', array[url], null), array[name], coalesce(url, 'NULL') || ' leads to ' || coalesce(name, 'nothing'))
from (values ('s3://social-tui/cache/x.jpg', 'cache/x.jpg'), ('s3://social-tui/a?b', 'a?b'), ('https://cdn.example.com/a%20b.jpg', 'a b.jpg'), ('https://cdn.example.com/a.jpg?v=1', 'a.jpg'),
    ('s3://social-tui/', null), ('s3://social-tui', null), ('s3://social-tu/i/a.jpg', null), ('s3://', null), ('https://example.org/a.jpg', null), ('a.jpg', null), ('', null), (null, null)) v (url, name);
select is(s3cache.bound_filenames('post_media', '{s3://social-tui/b,x,s3://social-tui/a}', null), '{b,null,a}', 'in their order');
select s3cache.configure(environment => 'dev') \g /dev/null
select is(s3cache.bound_filenames('products', null, '{1.jpg,"{{odd}}.jpg","{mtime:YYYY}/1.jpg",null}'), '{1-dev.jpg,"{odd}-dev.jpg",null,null}', 'without a URL column: what the key template says');
select s3cache.reset('s3_image_cache', 'environment') \g /dev/null
select s3cache.save_archive(:job, :token, '{"b": 2}');
select is((select state from s3cache.binding_verification(:job, :token)), '{"b": 2}', 'another worker goes on from there');
select s3cache.complete_jobs(array[:job], array[:token], array['{}'::jsonb]) \g /dev/null
-- New rows, unasked.
select is(pg_temp.refusal(format('s3cache.on_insert(%s)', bad)), code, bad)
from (values ($$'products', 'archive'$$, '22023'), ($$'posts', 'archive'$$, '22023'), ($$'posts', 'upload'$$, '22023'), ($$'posts', 'fetch'$$, '22023'), ($$'posts', 'fetch', 'nothing'$$, '22023'),
    ($$'posts', 'fetch', 'featured_image_url'$$, '22023'), ($$'post_media', 'archive', 'media_url'$$, '22023'), ($$'written', 'archive'$$, '42704')) v (bad, code);
create function pg_temp.asked() returns text language sql as $$
    select coalesce(string_agg(kind || ' ' || (args ->> 'binding') || ' ' || owner, ', ' order by id), '-') from s3cache.job where state = 'queued' and (kind = 'fetch_rows' or kind = 'archive') $$;
select s3cache.cancel(id) from s3cache.jobs where state = 'queued' \g /dev/null
select s3cache.on_insert('post_media', 'archive') \g /dev/null
select is(on_insert, 'archive', 'a binding tells what is done with new rows') from s3cache.binding where name = 'post_media';
select 'inserter_of_' || current_database() as inserter \gset
create role :"inserter" nologin;
grant insert, update on post_media to :"inserter";
set role :"inserter";
begin;
insert into post_media (media_id, post_id, media_type, media_url) select 'n' || n, 'p', 'image', 'u' from generate_series(1, 10000) n;
insert into post_media (media_id, post_id, media_type, media_url) values ('one', 'p', 'image', 'u');
commit;
reset role;
select is(pg_temp.asked(), 'archive post_media ' || :'inserter', 'ten thousand rows of two statements are one job, of whoever inserted them');
begin;
update post_media set post_id = 'q' where media_id = 'one';
insert into post_media (media_id, post_id, media_type, media_url) select 'x', 'p', 'image', 'u' where false;
insert into post_media (media_id, post_id, media_type, media_url) values ('one', 'p', 'image', 'u') on conflict do nothing;
savepoint s;
insert into post_media (media_id, post_id, media_type, media_url) values ('two', 'p', 'image', 'u');
rollback to s;
select is((select count(*) from s3cache.job where kind = 'archive' and state = 'queued'), 1::bigint, 'no row is no job, nor what is rolled back');
insert into post_media (media_id, post_id, media_type, media_url) values ('three', 'p', 'image', 'u');
select is((select count(*) from s3cache.job where kind = 'archive' and state = 'queued'), 2::bigint, 'after it there is one again');
rollback;
insert into post_media (media_id, post_id, media_type, media_url) values ('four', 'p', 'image', 'u');
select s3cache.archive('post_media') as own \gset
select is((select count(*) from s3cache.claim_jobs(:worker, 100, false) where kind = 'archive'), 1::bigint, 'jobs that wait become one');
select is((select state from s3cache.jobs where id = :own), 'superseded', 'with those that were asked for');
select s3cache.complete_jobs(array_agg(id), array_agg(claim_token), array_agg('{}'::jsonb)) from s3cache.job where state = 'running' \g /dev/null
delete from post_media where media_id ~ '^(n[0-9]|one|four)';
select s3cache.on_insert('post_media', null) \g /dev/null
insert into post_media (media_id, post_id, media_type, media_url) values ('five', 'p', 'image', 'u');
select is(pg_temp.asked(), '-', 'no more when it is taken back');
delete from post_media where media_id = 'five';
select s3cache.on_insert('post_media', 'archive') \g /dev/null
SELECT s3cache.bind('post_media', key => 'cache/{created_at:YYYY}/{created_at:MM}/{file}', url_column => 'archive_url', url_style => 's3', path_column => 'local_file_path',
    md5_column => 'md5_sum', mime_column => 'mime_type', type_column => 'media_type', root => 'cache/media') \g /dev/null
select is((select count(*) from pg_trigger where tgrelid = 'post_media'::regclass), 0::bigint, 'another binding of the table begins without');

create table wanted (id integer primary key, source text, url text);
select s3cache.bind('wanted', key => 'wanted/{id}.png', url_column => 'url') \g /dev/null
select s3cache.on_insert('wanted', 'fetch', 'source') \g /dev/null
insert into wanted values (1, 'https://example.com/1.png'), (2, null), (3, 'file:///etc/passwd'), (4, 'https://example.com/4.png'), (5, 'https://example.com/1.png'), (6, 'https://example.com/6.png');
update wanted set url = 'https://cdn.example.com/wanted/4.png' where id = 4;
insert into s3cache.fetch_failure values (1, 'https://example.com', sha256('https://example.com/6.png'), 1, 'fetch_status', now(), now() + interval '1 hour');
select is(pg_temp.asked(), 'fetch_rows wanted ' || current_user, 'new rows are to be fetched');
select s3cache.fetch_rows('wanted') as asked \gset
select id as job, token from s3cache.claim_jobs(:worker, 100, false) where kind = 'fetch_rows' \gset
select is((select state from s3cache.jobs where id = :asked), 'superseded', 'fetch_rows() asks for the same');
select is(pg_temp.refusal($$s3cache.fetch_rows('posts')$$), '55000', 'of a binding that says from where');
select results_eq(format('select last_row, looked_at, enqueued, pending, backing_off, problems -> 0 ->> %L, jsonb_array_length(problems) from s3cache.fetch_next_rows(%s, %s, null, 10)', 'row', :job, :token),
    $$ values ('6', 4::bigint, 2::bigint, 0::bigint, 1::bigint, '3', 1) $$, 'of those that have no URL, each by a job of its own');
select results_eq($$ select args ->> 'row', args ->> 'filename', args ->> 'url' from s3cache.job where kind = 'fetch' and args ->> 'binding' = 'wanted' order by id $$,
    $$ values ('1', 'wanted/1.png', 'https://example.com/1.png'), ('5', 'wanted/5.png', 'https://example.com/1.png') $$, 'to the row''s key');
select results_eq(format('select last_row, enqueued, pending from s3cache.fetch_next_rows(%s, %s, ''1'', 1)', :job, :token), $$ values ('3', 0::bigint, 0::bigint) $$, 'after a row, so many');
select results_eq(format('select enqueued, pending from s3cache.fetch_next_rows(%s, %s, null, 10)', :job, :token), $$ values (0::bigint, 2::bigint) $$, 'none that is on its way is enqueued again');
select is((select last_row from s3cache.fetch_next_rows(:job, :token, '6', 10)), null, 'behind the last there is none');
select throws_ok(format('select s3cache.%s', call), 'S3C01', null, 'not with another token: ' || call)
from (values (format('fetch_next_rows(%s, 9999, null, 1)', :job)), (format('enqueue_row_fetches(%s, 9999, null, null, null)', :job))) v (call);
-- What was refused for a row alone is not downloaded at each insert.
create function pg_temp.refused(row_id text, code text, is_retryable boolean default false) returns text language plpgsql as $$
declare
    claimed record;
begin
    select c.id, c.token into strict claimed from s3cache.claim_jobs((select max(id) from s3cache.worker), 100, false) c
    join s3cache.job j on j.id = c.id where j.kind = 'fetch' and j.args ->> 'row' = row_id;
    perform s3cache.fail_job(claimed.id, claimed.token, 'No.', jsonb_build_object('code', code, 'retryable', false));
    update s3cache.job_history h set result = jsonb_set(h.result, '{error,retryable}', to_jsonb(is_retryable)) where h.id = claimed.id;
    return code;
end $$;
create function pg_temp.fetched() returns text language sql as $$
    select format('%s enqueued, %s pending, %s backing off', enqueued, pending, backing_off)
    from s3cache.job j, s3cache.fetch_next_rows(j.id, j.claim_token, null, 10) where j.kind = 'fetch_rows' and j.state = 'running' $$;
select s3cache.cancel(id) from s3cache.jobs where kind = 'fetch' and state = 'queued' \g /dev/null
delete from wanted where id not in (1, 5);
select is(pg_temp.fetched(), '2 enqueued, 0 pending, 0 backing off', 'a fetch that was cancelled is made again');
select s3cache.cancel(id) from s3cache.job where kind = 'fetch' and state = 'queued' and args ->> 'row' = '5' \g /dev/null
delete from wanted where id = 5;
select pg_temp.refused('1', 'content_extension_mismatch') \g /dev/null
select is(pg_temp.fetched(), '0 enqueued, 0 pending, 1 backing off', 'what was refused for its row alone is left alone for a while');
update wanted set id = 9;
select is(pg_temp.fetched(), '1 enqueued, 0 pending, 0 backing off', 'another row has another key');
update wanted set id = 1;
update wanted set source = 'https://example.com/1.jpg';
select is(pg_temp.fetched(), '1 enqueued, 0 pending, 0 backing off', 'another URL is asked for at once');
select pg_temp.refused('1', 'content_misplaced') \g /dev/null
update wanted set source = 'https://example.com/1.png';
update s3cache.job_history set finished_at = finished_at - interval '6 minutes' where args ? 'row_asked';
select is(pg_temp.fetched(), '1 enqueued, 0 pending, 0 backing off', 'after five minutes it is tried again');
select pg_temp.refused('1', 'content_extension_mismatch') \g /dev/null
update s3cache.job_history set finished_at = finished_at - interval '6 minutes' where args ? 'row_asked';
select is(pg_temp.fetched(), '0 enqueued, 0 pending, 1 backing off', 'and after a second refusal twice as long');
update s3cache.job_history set finished_at = finished_at - interval '5 minutes' where args ? 'row_asked';
select is(pg_temp.fetched(), '1 enqueued, 0 pending, 0 backing off', 'and no longer');
update s3cache.job_history set finished_at = finished_at - interval '1 day' where args ? 'row_asked';
select pg_temp.refused('1', 'unavailable', true) \g /dev/null
select is(pg_temp.fetched(), '1 enqueued, 0 pending, 0 backing off', 'what failed for a bucket that was away does not count');
alter table wanted drop column source;
select is((select problem from s3cache.binding where name = 'wanted'), 'public.wanted has no column source any more', 'a column that is gone is told');
select is(pg_temp.refusal(format('s3cache.fetch_next_rows(%s, %s, null, 1)', :job, :token)), '55000', 'on use too');
select lives_ok('insert into wanted values (7)', 'and rows can be inserted all the same');
select s3cache.unbind('wanted') \g /dev/null
select is((select count(*) from pg_trigger where tgrelid = 'wanted'::regclass), 0::bigint, 'unbind() takes the trigger away');
select s3cache.cancel(id) from s3cache.jobs where state = 'queued' \g /dev/null
SELECT s3cache.archive('post_media', force => true, limit_rows => 2) as job \gset
select token from s3cache.claim_jobs(:worker, 100, false) where id = :job \gset

-- Tables change.
alter table post_media rename to media;
select is((select total from s3cache.archive_stats('post_media') limit 1), 24::bigint, 'a table that has another name is the same table');
alter table media rename column archive_url to archived_at;
select is((select problem from s3cache.binding where name = 'post_media'), 'public.media has no column archive_url any more', 'a column that is gone is told');
select throws_like($$ select s3cache.archive_stats('post_media') $$, 'The binding post_media cannot be used: public.media has no column archive_url any more.', 'on use too');
select is(pg_temp.refusal(format('s3cache.rows_to_archive(%s, %s, null, null, 1)', :job, :token)), '55000', 'by a worker too');
drop table media;
select is((select problem from s3cache.binding where name = 'post_media'), 'its table was dropped', 'a table that is gone is told');
select is(pg_temp.refusal($$s3cache.images_of('post_media', 'm1')$$), '55000', 'on use too');
select lives_ok(format('select s3cache.unbind(%s)', (select table_id::oid from s3cache.binding where name = 'post_media')), 'and it can be unbound');
alter table posts drop constraint posts_pkey;
select throws_like($$ select s3cache.attach('posts', '1', content => 'x') $$, 'The binding posts cannot be used: public.posts has no primary key.', 'a primary key that is gone is told');

-- Unbound.
select s3cache.unbind('posts') \g /dev/null
select is(has_table_privilege('s3cache_worker', 'posts', 'select') or has_column_privilege('s3cache_worker', 'posts', 'featured_image_url', 'update'), false, 'unbind() takes the rights back');
create table passing_rows (id integer primary key, url text, file text);
select s3cache.create_cache('passing'), s3cache.bind('passing_rows', key => '{id}.png', url_column => 'url', path_column => 'file', cache => 'passing'),
    s3cache.on_insert('passing_rows', 'archive'), s3cache.drop_cache('passing') \g /dev/null
select is(has_column_privilege('s3cache_worker', 'passing_rows', 'url', 'update'), true, 'a dropped cache cannot take back what its bindings granted');
select lives_ok($$ select s3cache.unbind('passing_rows') $$, 'unbind() does');
select is(has_table_privilege('s3cache_worker', 'passing_rows', 'select') or has_column_privilege('s3cache_worker', 'passing_rows', 'url', 'update')
    or exists (select from pg_trigger where tgrelid = 'passing_rows'::regclass), false, 'and takes the trigger away');
select is(pg_temp.refusal($$s3cache.unbind('posts')$$), '42704', 'once');
select s3cache.drop_cache('product_images') \g /dev/null
select is((select count(*) from s3cache.binding where name = 'amigurumi_product'), 0::bigint, 'with its cache a binding goes');
drop role :"inserter";
select * from finish();
