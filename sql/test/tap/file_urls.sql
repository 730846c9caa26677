-- file:// URLs: the file that holds a key, as the embedded store names it, and back.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
\ir ../support/said.sql

-- Keys and their paths: plain ones; what no file or folder can be named; what is beside a folder.
create temporary table place (key text, path text, beside text);
insert into place values
    ('a.jpg', 'a.jpg', '.s3cache~f~a.jpg'), ('products/1/front.jpg', 'products/1/front.jpg', 'products/1/.s3cache~f~front.jpg'),
    ('.hidden', '.hidden', '.s3cache~f~.hidden'), ('...', '...', '.s3cache~f~...'), ('a/...b', 'a/...b', 'a/.s3cache~f~...b'), ('ü b%+?#.jpg', 'ü b%+?#.jpg', '.s3cache~f~ü b%+?#.jpg'),
    ('.', '.s3cache~f~.', '.s3cache~f~.'), ('..', '.s3cache~f~..', '.s3cache~f~..'), ('a/..', 'a/.s3cache~f~..', 'a/.s3cache~f~..'),
    ('../a', '.s3cache~d~../a', '.s3cache~d~../.s3cache~f~a'), ('a/./b', 'a/.s3cache~d~./b', 'a/.s3cache~d~./.s3cache~f~b'),
    ('/', '.s3cache~d~/.s3cache~f~', '.s3cache~d~/.s3cache~f~'), ('/a', '.s3cache~d~/a', '.s3cache~d~/.s3cache~f~a'), ('a/', 'a/.s3cache~f~', 'a/.s3cache~f~'),
    ('a//b', 'a/.s3cache~d~/b', 'a/.s3cache~d~/.s3cache~f~b'), ('a//', 'a/.s3cache~d~/.s3cache~f~', 'a/.s3cache~d~/.s3cache~f~'),
    ('.s3cache~x', '.s3cache~f~.s3cache~x', '.s3cache~f~.s3cache~x'), ('.s3cache~t~/a', '.s3cache~d~.s3cache~t~/a', '.s3cache~d~.s3cache~t~/.s3cache~f~a'),
    ('a/.s3cache~f~b', 'a/.s3cache~f~.s3cache~f~b', 'a/.s3cache~f~.s3cache~f~b'), ('.s3cache', '.s3cache', '.s3cache~f~.s3cache'), ('x.s3cache~d~', 'x.s3cache~d~', '.s3cache~f~x.s3cache~d~'),
    (repeat('a', 255), repeat('a', 255), '.s3cache~l~' || repeat('a', 244) || '/.s3cache~f~' || repeat('a', 11)),
    (repeat('a', 256), '.s3cache~l~' || repeat('a', 244) || '/.s3cache~f~' || repeat('a', 12), '.s3cache~l~' || repeat('a', 244) || '/.s3cache~f~' || repeat('a', 12)),
    (repeat('a', 600) || '/b', '.s3cache~l~' || repeat('a', 244) || '/.s3cache~l~' || repeat('a', 244) || '/.s3cache~d~' || repeat('a', 112) || '/b',
        '.s3cache~l~' || repeat('a', 244) || '/.s3cache~l~' || repeat('a', 244) || '/.s3cache~d~' || repeat('a', 112) || '/.s3cache~f~b'),
    -- A piece ends before the character that would be split: of 2, 3 and 4 bytes.
    ('a' || repeat('ü', 130), '.s3cache~l~a' || repeat('ü', 121) || '/.s3cache~f~' || repeat('ü', 9), '.s3cache~l~a' || repeat('ü', 121) || '/.s3cache~f~' || repeat('ü', 9)),
    (repeat('日', 86), '.s3cache~l~' || repeat('日', 81) || '/.s3cache~f~' || repeat('日', 5), '.s3cache~l~' || repeat('日', 81) || '/.s3cache~f~' || repeat('日', 5)),
    ('a' || repeat('🚀', 70) || '/x', '.s3cache~l~a' || repeat('🚀', 60) || '/.s3cache~d~' || repeat('🚀', 10) || '/x', '.s3cache~l~a' || repeat('🚀', 60) || '/.s3cache~d~' || repeat('🚀', 10) || '/.s3cache~f~x'),
    (repeat('a', 200) || '/' || repeat('b', 200), repeat('a', 200) || '/' || repeat('b', 200), repeat('a', 200) || '/.s3cache~f~' || repeat('b', 200));
select is(s3cache.file_path(key, false), path, 'path of ' || left(key, 30)) from place;
select is(s3cache.file_path(key, true), beside, 'beside a folder: ' || left(key, 30)) from place;
select is(s3cache.file_key(p), key, 'back from ' || left(p, 40)) from place, unnest(array[path, beside]) p;
select is(max(octet_length(n)) <= 255, true, 'every name fits: ' || left(key, 30)) from place, lateral string_to_table(path || '/' || beside, '/') n group by key;
select is(s3cache.file_key(p), null, 'at no such path: ' || left(p, 40)) from unnest(array['', '/', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/./b', '.s3cache~d~a/b', '.s3cache~f~a/b', 'a/.s3cache~d~..',
    '.s3cache~t~', '.s3cache~t~/a', '.s3cache~x', '.s3cache~l~a/.s3cache~f~b', '.s3cache~l~' || repeat('a', 244), '.s3cache~l~' || repeat('a', 244) || '/b', '.s3cache~l~' || repeat('a', 243) || '/.s3cache~f~' || repeat('a', 13),
    repeat('a', 256), '.s3cache~f~' || repeat('a', 245)]) p;
-- Paths tell keys apart, however odd.
create temporary table odd as
select string_agg((array['/', '/', '.', '.', '.s3cache~f~', '.s3cache~d~', '.s3cache~l~', 'a', 'ü', repeat('b', 243), ' ', '%'])[1 + floor(random() * 12)::int], '') as key
from generate_series(1, 30000) g group by g % 6000;
insert into odd select 'k' || g from generate_series(1, 10) g;
delete from odd where octet_length(key) > 1024;
select is(count(*), 0::bigint, 'thousands of random keys come back from both of their paths') from odd, unnest(array[s3cache.file_path(key, false), s3cache.file_path(key, true)]) p where s3cache.file_key(p) is distinct from key;
select is(count(*), 0::bigint, 'and no two have one path') from (select p from (select distinct key from odd) k, lateral (select distinct p from unnest(array[s3cache.file_path(key, false), s3cache.file_path(key, true)]) p) q group by p having count(*) > 1) twice;

-- Whole URLs, of a worker's directory.
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 minute', '{"endpoint": "file:///srv/my%20objects"}') \g /dev/null
select is(s3cache.url('products/1/a b.jpg'), 'file:///srv/my%20objects/products/1/a%20b.jpg', 'url()');
select is(s3cache.presigned_url('a.jpg'), 'file:///srv/my%20objects/a.jpg', 'presigned_url()');
select is(s3cache.public_url('a.jpg'), 'file:///srv/my%20objects/a.jpg', 'public_url()');
insert into s3_image_cache (filename) values ('i.jpg'), ('a'), ('a/b'), ('a-b'), ('p'), ('p0'), ('p-/x'), ('slash/'), ('slash'), ('gone');
update s3cache.object set state = 'missing' where filename = 'gone';
select is(i ->> 'url', 'file:///srv/my%20objects/i.jpg', 'images()') from jsonb_array_elements(s3cache.images('i')) i;
select is(i ->> 'expires_at', null, 'which end never') from jsonb_array_elements(s3cache.images('i')) i;
select is(s3cache.url(f), 'file:///srv/my%20objects/' || path, 'beside others: ' || f) from (values
    ('a', '.s3cache~f~a'), ('a/b', 'a/b'), ('a-b', 'a-b'), ('p', 'p'), ('p0', 'p0'), ('slash', '.s3cache~f~slash'), ('slash/', 'slash/.s3cache~f~')) v (f, path);
select is(s3cache.url('gone'), null, 'none of what is missing');
select is(s3cache.key_of(s3cache.url(f)), f, 'key_of() its URL: ' || f) from unnest(array['a', 'a/b', 'p', 'ü/日本 %2F?#', '..', '/', '.s3cache~x', repeat('é', 400)]) f;
select is(s3cache.key_of(u), k, u) from (values ('FILE:///srv/my%20objects/a.jpg', 'a.jpg'), ('file:/srv/my%20objects/a.jpg', 'a.jpg'), ('file://localhost/srv/my%20objects/a.jpg?x#y', 'a.jpg'), ('file:///srv/my objects/a.jpg', 'a.jpg'),
    ('file:///srv/other/a.jpg', null), ('file:///srv/my%20objects', null), ('file:///srv/my%20objects/', null), ('file:///srv/my%20objects/a%2Fb', null), ('file:///srv/my%20objects/a/../b', null),
    ('file:///srv/my%20objects/%ff', null), ('file:///srv/my%20objectsx/a', null), ('file://evil.example/srv/my%20objects/a', null), ('https://srv/my%20objects/a', null)) v (u, k);
-- What jobs make is told with it.
select s3cache.configure(allowed_types => '{text}') \g /dev/null
select s3cache.upload('note.txt', 'x') as job \gset
select token from s3cache.claim_jobs((select w.id from s3cache.worker w), 10, false) where id = :job \gset
select s3cache.complete_upload(:job, :token, 'e', 1, 0, null, 'text/plain', sha256('x')) \g /dev/null
select is(result ->> 'url', 'file:///srv/my%20objects/note.txt', 'the result of an upload') from s3cache.jobs where id = :job;
select s3cache.rename_object('note.txt', 'renamed.txt') as job \gset
select token from s3cache.claim_jobs((select w.id from s3cache.worker w), 10, false) where id = :job \gset
select s3cache.complete_rename(:job, :token, 'e', 1, 0, null, null) \g /dev/null
select is(result ->> 'url', 'file:///srv/my%20objects/renamed.txt', 'of a rename') from s3cache.jobs where id = :job;
select s3cache.configure(default_image => 'none.png') \g /dev/null
select is(s3cache.fallback_image(1) ->> 'url', 'file:///srv/my%20objects/none.png', 'and that of a default image');
-- A bucket is a folder below; the prefix is part of the key, and may end inside a name.
select s3cache.configure(bucket => 'photos', prefix => 'p/.') \g /dev/null
select is(s3cache.url(f), 'file:///srv/my%20objects/photos/' || path, 'with bucket and prefix: ' || f) from (values ('x', 'p/.x'), ('.', 'p/.s3cache~f~..'), ('/x', 'p/.s3cache~d~./x'), ('a', 'p/.s3cache~f~.a')) v (f, path);
select is(s3cache.key_of(s3cache.url(f)), 'p/.' || f, 'and back: ' || f) from unnest(array['x', '.', '/x', 'a']) f;
select is(s3cache.key_of('file:///srv/my%20objects/photos/q'), null, 'not without the prefix');
select matches(call, '^0A000', 'nothing is uploaded by URL') from (select pg_temp.said('s3cache.upload_url(''x'')') as call) c;
-- At the root of a file system.
select s3cache.reset('s3_image_cache', 'bucket'), s3cache.reset('s3_image_cache', 'prefix') \g /dev/null
delete from s3cache.worker;
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 minute', '{"endpoint": "file:///"}') \g /dev/null
select is(s3cache.url('a.jpg'), 'file:///a.jpg', 'the root');
select is(s3cache.key_of('file:///a.jpg'), 'a.jpg', 'and back');
select * from finish();
