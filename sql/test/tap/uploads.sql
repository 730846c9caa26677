-- What uploads are called, what they may be, how often they run, and renaming, as far as the database decides.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
-- How a call is refused: its code and sentence; 'accepted' if it is not.
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
    return code || ' ' || said || case when said !~ '\.$' then ' NO SENTENCE' else '' end || case when advice !~ '\.|;' then ' NO HINT' else '' end;
end $$;
create function pg_temp.name_of(asked bigint) returns text language sql as $$ select coalesce(args ->> 'filename', '-> ' || (args ->> 'template')) from s3cache.job where id = asked $$;
create function pg_temp.args_of(asked bigint) returns jsonb language sql as $$ select args from s3cache.job where id = asked $$;
create function pg_temp.token(job bigint) returns bigint language sql as $$ select c.token from s3cache.claim_jobs((select max(id) from s3cache.worker), 100, false) c where c.id = job $$;
\set jpeg '\\xffd8ffe000104a464946'
\set png '\\x89504e470d0a1a0a0000'

-- What the bytes are.
select is(s3cache.content_format(bytes), format, format || ' ' || left(encode(bytes, 'escape'), 20))
from (values (''::bytea, 'empty'), ('\xffd8ffe0', 'jpeg'), ('\xffd8', 'text'), ('\x89504e470d0a1a0a', 'png'), ('GIF89a', 'gif'), ('GIF88a', 'text'), ('RIFF....WEBPVP8 ', 'webp'), ('RIFF....WAVE', 'wav'),
    ('RIFF....AVI ', 'avi'), ('II*\000....', 'tiff'), ('\x4d4d002a', 'tiff'), ('BM\000\000', 'bmp'), ('BM', 'text'), ('\x000001000100', 'ico'), ('\x000001000000', 'other'), ('\x0000001866747970', 'other'),
    ('\x0000001c66747970' || 'avif\000\000\000\000mif1avif'::bytea, 'avif'), ('\x0000001866747970' || 'mif1\000\000\000\000heic'::bytea, 'heic'), ('\x0000001866747970' || 'mif1\000\000\000\000isom'::bytea, 'heic'),
    ('\x0000001466747970' || 'isom\000\000\000\000'::bytea, 'mp4'), ('\x0000001466747970' || 'qt  \000\000\000\000'::bytea, 'mov'), ('%PDF-1.7', 'pdf'), ('PK\003\004', 'zip'), ('\x1f8b', 'gzip'), ('MZ\000', 'executable'),
    ('\x7f454c46', 'executable'), ('#!/bin/sh', 'script'), (' <?PHP echo', 'script'), ('{"a": 1}', 'json'), (' [ ]', 'json'), ('{a}', 'text'), ('plain', 'text'), ('<!DOCTYPE html><p>', 'html'), ('<HTML>', 'html'),
    ('<?xml version="1.0"?><!-- x --><svg:svg xmlns:svg="s"/>', 'svg'), ('<svg>', 'svg'), ('\x00', 'other'), ('\xefbbbf7b7d', 'json')) v (bytes, format);
select is(s3cache.content_format(bytes), null, 'left to the worker: ' || left(encode(bytes, 'escape'), 20))
from (values ('<!DOCTYPE html><svg>'::bytea), ('<unknown/>'), ('\xfffe3c00'), ('<!-- -- --><svg>')) v (bytes);

-- Bytes, declared type and extension agree, and the cache takes them.
select is(pg_temp.refusal(format('s3cache.upload(%L, %L::bytea, %L)', name, bytes, type)), refusal, coalesce(type, 'undeclared') || ' ' || name)
from (values
    ('a.jpg', :'jpeg', null, 'accepted'), ('a.jpg', :'jpeg', 'image/jpg; q=1', 'accepted'), ('a.JPEG', :'jpeg', 'application/octet-stream', 'accepted'), ('noextension', :'png', null, 'accepted'), ('a.unknown', :'png', null, 'accepted'),
    ('a.png', :'jpeg', null, '22023 Cannot upload "a.png": its name is that of png, and its bytes are jpeg.'),
    ('a.php', :'jpeg', null, '22023 Cannot upload "a.php": its name is that of script, and its bytes are jpeg.'),
    ('a.jpg', :'jpeg', 'image/png', '22023 Cannot upload "a.jpg": it is declared as image/png, and its bytes are jpeg.'),
    ('a.jpg', :'jpeg', 'image/unknown', '22023 Cannot upload "a.jpg": it is declared as image/unknown, and its bytes are jpeg.'),
    ('a.jpg', 'text', null, '22023 Cannot upload "a.jpg": its name is that of jpeg, and its bytes are text.'),
    ('a.jpg', '<html><body>', null, '22023 Cannot upload "a.jpg": its name is that of jpeg, and its bytes are html.'),
    ('a', '\x0001', null, '22023 Cannot upload "a": its bytes are of no type that is known.'),
    ('a', '', null, '22023 Cannot upload "a": it has no bytes.'),
    ('a.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', null, '22023 Cannot upload "a.svg": it is svg, and the cache takes jpeg, png, gif, webp, avif, heic, bmp, ico, tiff.'),
    ('a.txt', 'text', null, '22023 Cannot upload "a.txt": it is text, and the cache takes jpeg, png, gif, webp, avif, heic, bmp, ico, tiff.')) v (name, bytes, type, refusal);
select is(pg_temp.refusal($$s3cache.upload('images/a.json', '{}', category => 'PublicData')$$), '22023 Cannot upload "images/a.json": JSON has no place under images/.', 'no JSON under images/');
select is(pg_temp.refusal(format('s3cache.upload(''1/json/a.jpg'', %L::bytea, category => ''PublicAsset'')', :'jpeg')), '22023 Cannot upload "1/json/a.jpg": jpeg has no place under json/.', 'and nothing binary under json/');
select is(pg_temp.refusal(format('s3cache.upload(''json/a.jpg'', %L::bytea)', :'jpeg')), 'accepted', 'where a category asks for that order');
select is(pg_temp.refusal($$s3cache.upload('a.json', '{}', category => 'PublicData')$$), 'accepted', 'some categories take more types');
select is(pg_temp.refusal($$s3cache.upload('a.html', '<html>', category => 'Html')$$), '22023 Cannot upload "a.html": it is html, and the cache takes jpeg, png, gif, webp, avif, heic, bmp, ico, tiff.', 'none takes HTML unless the cache does');
select is(pg_temp.refusal($$s3cache.upload('a', 'x', category => 'Secret')$$), '22023 category cannot be "Secret": it takes PublicAsset, PublicData, PrivateData or Html.', 'an unknown category');
select s3cache.configure(allowed_types => '{png,html,csv}') \g /dev/null
select is(pg_temp.refusal($$s3cache.upload('a.json', '{}', category => 'PublicData')$$), '22023 Cannot upload "a.json": it is json, and the cache takes png, html, csv.', 'what the cache was told to take is all that it takes');
select is(pg_temp.refusal($$s3cache.upload('a.html', '<html>', category => 'Html')$$), 'accepted', 'HTML too');
select is(pg_temp.refusal($$s3cache.upload('a.csv', 'a,b')$$), 'accepted', 'text of a form that its name tells');
select s3cache.reset('s3_image_cache', 'allowed_types') \g /dev/null
select is(pg_temp.refusal(format('s3cache.upload(''a.jpg'', %L::bytea, if_exists => ''never'')', :'jpeg')), '22023 if_exists cannot be "never": it takes replace, skip or error.', 'an unknown if_exists');

-- What a worker is told.
select is(pg_temp.args_of(s3cache.upload('c/' || category || '.json', '{}', category => category)) - '{filename,size,sha256}'::text[], wanted::jsonb, category)
from (values ('PublicData', '{"access": "public", "types": ["json", "text", "csv", "markdown"], "category": "PublicData", "metadata": {}, "cache_control": "public, max-age=300"}'),
    ('PrivateData', '{"access": "private", "types": ["json", "text", "csv", "markdown", "pdf"], "category": "PrivateData", "metadata": {}, "cache_control": "private, no-store"}')) v (category, wanted);
select is(pg_temp.args_of(s3cache.upload('c/own.json', '{}', category => 'PrivateData', cache_control => 'no-cache')) ->> 'cache_control', 'no-cache', 'what is given comes first');

-- Names.
select encode(sha256(:'jpeg'), 'hex') as sha, md5(:'jpeg'::bytea) as md \gset
select matches(pg_temp.name_of(s3cache.upload('generated/{unix}-{uuid}.png', :'png')), '^generated/1[0-9]{9}-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\.png$', 'seconds and a UUID');
select isnt(pg_temp.name_of(s3cache.upload('{uuid}', :'png')), pg_temp.name_of(s3cache.upload('{uuid}', :'png')), 'another each time');
select is(pg_temp.name_of(s3cache.upload(template, :'jpeg')), replace(replace(name, 'SHA', :'sha'), 'MD', :'md'), template)
from (values ('{sha256}.{ext}', 'SHA.jpg'), ('x/{md5}', 'x/MD'), ('{date:YYYY}/{date:MM}/{date:DD}', to_char(now() at time zone 'UTC', 'YYYY/MM/DD')), ('{{a}}.jpg', '{a}.jpg'), ('{{{ext}}}', '{jpg}')) v (template, name);
select is(pg_temp.name_of(s3cache.upload('{sha256:8}-{md5:4}.jpg', :'jpeg')), left(:'sha', 8) || '-' || left(:'md', 4) || '.jpg', 'the beginning of a hash');
select matches(pg_temp.refusal(format('s3cache.upload(%L, %L::bytea)', bad, :'jpeg')), '^22023 The name .* in it, which is no placeholder\.$', 'no placeholder: ' || bad)
from (values ('{id}.jpg'), ('{sha256:65}'), ('{sha256:0}'), ('{date}'), ('{date:Month}'), ('{'), ('a}b'), ('{}'), ('{uuid')) v (bad);
select is(pg_temp.refusal(format('s3cache.upload(%L, %L::bytea)', repeat('x', 1000) || '{uuid}', :'jpeg')) ~ '1036 bytes', true, 'names are measured as they come out');
select is(pg_temp.refusal(format('s3cache.upload(%L, %L::bytea)', repeat('{{', 2049), :'jpeg')) ~ '^22023 The name .* has 4098 bytes before its placeholders are replaced: it takes 4096\.$', true, 'what is far too long is not looked through');
select s3cache.upload('gen/{uuid}.jpg', :'jpeg', metadata => '{"task-id": "7"}') as job \gset
select matches(args #>> '{metadata,generated-date}', '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$', 'generated names: the metadata tell when') from s3cache.job where id = :job;
select is(args #>> '{metadata,task-id}', '7', 'and keep what was given') from s3cache.job where id = :job;
select is(args ->> 'fallback_cache_control', 'max-age=31536000, immutable', 'and they never change') from s3cache.job where id = :job;
select is(pg_temp.args_of(s3cache.upload('plain.jpg', :'jpeg')) - 'sha256', '{"filename": "plain.jpg", "metadata": {}, "size": 10}', 'others have neither');
select is(pg_temp.args_of(s3cache.upload(name || '.jpg', :'jpeg')) - '{sha256,filename}'::text[], '{"metadata": {}, "size": 10}', 'nor has a name with braces: ' || name)
from (values ('{{uuid}}'), ('{{sha256}}'), ('x{{{{md5:8}}}}')) v (name);
select is(pg_temp.args_of(s3cache.upload('{uuid}{{sha256}}.jpg', :'jpeg', metadata => '{"Generated-Date": "then"}')) - '{sha256,filename}'::text[],
    '{"metadata": {"Generated-Date": "then"}, "size": 10, "fallback_cache_control": "max-age=31536000, immutable"}', 'a date that was given stays, however it is spelled');
select s3cache.configure(environment => 'dev') \g /dev/null
select is(pg_temp.name_of(s3cache.upload(name, :'jpeg')), suffixed, 'outside production: ' || name)
from (values ('logo.jpg', 'logo-dev.jpg'), ('a.b/logo', 'a.b/logo-dev'), ('logo-dev.jpg', 'logo-dev.jpg'), ('.hidden', '.hidden-dev'), ('a.b.jpg', 'a.b-dev.jpg')) v (name, suffixed);
select is(pg_temp.name_of(s3cache.upload_file('{sha256}.{ext}', 'a')), '-> {sha256}.{ext}', 'where the rest is not known yet, the worker adds it');
select s3cache.configure(environment => 'production') \g /dev/null
select is(pg_temp.name_of(s3cache.upload('logo.jpg', :'jpeg')), 'logo.jpg', 'production has no suffix');
select s3cache.reset('s3_image_cache', 'environment') \g /dev/null
select s3cache.cancel(id) from s3cache.jobs where state = 'queued' \g /dev/null

-- Once.
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
select s3cache.upload('once.jpg', :'jpeg', idempotency_key => 'k') as first \gset
select is(s3cache.upload('once.jpg', :'jpeg', idempotency_key => 'k'), :first::bigint, 'a second call with the key gives the first job');
select is((select count(*) from s3cache.job where state = 'queued'), 1::bigint, 'and enqueues nothing');
select isnt(s3cache.upload('once.jpg', :'jpeg', idempotency_key => 'l'), :first::bigint, 'another key is another job');
select s3cache.create_cache('other') \g /dev/null
select isnt(s3cache.upload('once.jpg', :'jpeg', idempotency_key => 'k', cache => 'other'), :first::bigint, 'and so is another cache');
create role tap_uploader; grant s3cache_writer to tap_uploader; grant usage on schema tap to tap_uploader;
set role tap_uploader;
select s3cache.upload('once.jpg', '\xffd8ff'::bytea, idempotency_key => 'k') as others \gset
reset role;
select isnt(:others::bigint, :first::bigint, 'or another role');
select s3cache.cancel(id) from s3cache.jobs where state = 'queued' and id <> :first \g /dev/null
select s3cache.complete_upload(:first, pg_temp.token(:first), 'e', 10, 0, null, 'image/jpeg', sha256(:'jpeg'), 3, 4);
select is(s3cache.upload('once.jpg', :'jpeg', idempotency_key => 'k'), :first::bigint, 'also when it is done');
select is(row(width, height)::text, '(3,4)', 'width and height are in the row') from s3_image_cache where filename = 'once.jpg';
select is(result - '{url,sha256}'::text[], '{"key": "once.jpg", "etag": "e", "size": 10, "width": 3, "height": 4, "filename": "once.jpg", "location": "s3", "content_type": "image/jpeg"}'::jsonb, 'and in the result') from s3cache.jobs where id = :first;
select is(pg_temp.refusal(format('s3cache.upload(''x.jpg'', %L::bytea, idempotency_key => %L)', :'jpeg', bad)), '22023 idempotency_key cannot have ' || octet_length(bad) || ' bytes: it takes 1 to 255.', 'no key: ' || left(bad, 5))
from (values (''), (repeat('k', 256))) v (bad);
select s3cache.upload('failing.jpg', :'jpeg', idempotency_key => 'f') as failing \gset
select s3cache.fail_job(:failing, pg_temp.token(:failing), 'No.', '{}') \g /dev/null
select isnt(s3cache.upload('failing.jpg', :'jpeg', idempotency_key => 'f'), :failing::bigint, 'what failed is done anew');
select s3cache.cancel(id) from s3cache.jobs where state = 'queued' \g /dev/null
select s3cache.upload('dry.jpg', :'jpeg', idempotency_key => 'dry') as dry \gset
select s3cache.complete_jobs(array[:dry]::bigint[], array[pg_temp.token(:dry)], array['{"dry_run": true}'::jsonb]) \g /dev/null
select s3cache.upload('dry.jpg', :'jpeg', idempotency_key => 'dry') as again \gset
select isnt(:again::bigint, :dry::bigint, 'and so is what was only a worker''s dry run');
select s3cache.cancel(id) from s3cache.jobs where state = 'queued' \g /dev/null
-- Two who asked at the same time saw nothing of each other.
create function pg_temp.twin(asked bigint) returns bigint language sql as $$
    insert into s3cache.job (kind, cache_id, args, merge_key, serial_key, priority, owner)
    select kind, cache_id, args, merge_key, serial_key, priority, owner from s3cache.job where id = asked returning id $$;
select s3cache.upload('race.jpg', :'jpeg', idempotency_key => 'r') as first \gset
select pg_temp.twin(:first) as second \gset
insert into s3cache.staged_content (job_id, content) values (:second, 'x');
select pg_temp.token(:first) as token \gset
select is(row(state, superseded_by)::text, format('(superseded,%s)', :first), 'the claim of the first supersedes the second') from s3cache.jobs where id = :second;
select is((select count(*) from s3cache.staged_content where job_id = :second), 0::bigint, 'whose bytes go');
select pg_temp.twin(:first) as late \gset
select is(pg_temp.token(:late), null, 'one that comes later waits');
select s3cache.complete_upload(:first, :token, 'e', 10, 0, null, 'image/jpeg', null);
select is(pg_temp.token(:late), null, 'and is not run either');
select is(row(state, superseded_by)::text, format('(superseded,%s)', :first), 'but superseded by what is done') from s3cache.jobs where id = :late;

-- What stayed.
select s3cache.upload('once.jpg', :'jpeg', if_exists => 'skip') as skipping \gset
select pg_temp.token(:skipping) as token \gset
select s3cache.note_absence(:skipping, :token);
select is(args -> 'found_absent', 'true', 'the worker notes that it found nothing') from s3cache.job where id = :skipping;
select s3cache.complete_upload(:skipping, :token, 'e', 10, 0, null, 'image/jpeg', null, skipped => true);
select is(result - 'url', format('{"key": "once.jpg", "etag": "e", "size": 10, "width": 3, "height": 4, "sha256": "%s", "filename": "once.jpg", "location": "s3", "content_type": "image/jpeg", "skipped": true}', encode(sha256(:'jpeg'), 'hex'))::jsonb,
    'of an object that stayed is known what was known') from s3cache.jobs where id = :skipping;
select s3cache.upload('once.jpg', :'jpeg', if_exists => 'skip') as skipping \gset
select s3cache.complete_upload(:skipping, pg_temp.token(:skipping), 'e', 10, 0, null, null, null, skipped => true);
select is(content_type || ' ' || (j.result ->> 'content_type'), 'image/jpeg image/jpeg', 'its type too, where the store keeps none')
from s3_image_cache, s3cache.jobs j where filename = 'once.jpg' and j.id = :skipping;
select s3cache.upload('once.jpg', :'jpeg', if_exists => 'skip') as skipping \gset
select s3cache.complete_upload(:skipping, pg_temp.token(:skipping), 'other', 10, 0, null, 'image/jpeg', null, skipped => true);
select is(row(width, height, sha256)::text, '(,,)', 'and nothing of one that somebody else wrote') from s3_image_cache where filename = 'once.jpg';

-- data: URIs.
select is((d).media_type || ' ' || encode((d).content, 'escape'), wanted, left(uri, 40))
from (values ('data:image/png;base64,YWJj', 'image/png abc'), ('DATA:image/png;BASE64,YWI=', 'image/png ab'), ('data:text/plain,a%20b%2c', 'text/plain a b,'), ('data:;charset=utf-8,%c3%a4', 'text/plain;charset=utf-8 \303\244'),
    ('data:image/png;base64,', 'image/png ')) v (uri, wanted), s3cache.data_uri_content(uri, 100) d;
select is((s3cache.data_uri_content('data:,x', 1)).media_type, null, 'a URI need not name a type');
select is(pg_temp.refusal(format('s3cache.upload_data_uri(''x.png'', %L)', uri)), refusal, coalesce(left(uri, 40), 'NULL'))
from (values (null, '22004 Cannot upload a data: URI that is NULL.'),
    ('image/png;base64,YWJj', '22023 Cannot upload the data: URI "image/png;base64,…": it does not begin with data:, a media type and a comma.'),
    ('data:image/png;base64', '22023 Cannot upload the data: URI given: it does not begin with data:, a media type and a comma.'),
    ('data:image/png;base64,SECRET', '22023 Cannot upload the data: URI "data:image/png;base64,…": what follows its comma is not base64: letters, digits, + and /, four characters at a time, with = at the end.'),
    ('data:image/png;base64,SEC*ETXX', '22023 Cannot upload the data: URI "data:image/png;base64,…": what follows its comma is not base64: letters, digits, + and /, four characters at a time, with = at the end.'),
    (E'data:image/png;base64,SECR\nETX', '22023 Cannot upload the data: URI "data:image/png;base64,…": what follows its comma is not base64: letters, digits, + and /, four characters at a time, with = at the end.'),
    ('data:image/png;base64,YWJ=', '22023 Cannot upload the data: URI "data:image/png;base64,…": its base64 ends in bits that stand for nothing.'),
    ('data:text/plain,SECRET%2', '22023 Cannot upload the data: URI "data:text/plain,…": what follows its comma has characters that a URI writes as % and two hexadecimal digits.'),
    ('data:text/plain,SECRET TEXT', '22023 Cannot upload the data: URI "data:text/plain,…": what follows its comma has characters that a URI writes as % and two hexadecimal digits.'),
    ('data:image/png;base64,/9j/4AAQSkZJRg==', '22023 Cannot upload "x.png": it is declared as image/png, and its bytes are jpeg.'),
    ('data:image/png;base64,', '22023 Cannot upload "x.png": it has no bytes.')) v (uri, refusal);
select s3cache.configure(max_bytes => 10) \g /dev/null
select is(pg_temp.refusal(format('s3cache.upload_data_uri(''x.png'', %L)', 'data:image/png;base64,' || repeat('*', 16))), '22023 Cannot upload the data: URI "data:image/png;base64,…": it stands for 12 bytes, and the setting max_bytes of the cache is 10.',
    'size is looked at before anything is decoded');
select is(pg_temp.refusal(format('s3cache.upload_data_uri(''x.png'', %L)', 'data:image/png,' || repeat('%89', 11))) ~ 'stands for 11 bytes', true, 'also of percent-encoded ones');
select s3cache.reset('s3_image_cache', 'max_bytes') \g /dev/null
select is(pg_temp.refusal(format('s3cache.upload_data_uri(''x.png'', %L)', 'data:image/png,' || repeat('%89', 1398102))) ~ 'it has 4194306 characters of percent-encoded data', true, 'much data is for base64');
select s3cache.upload_data_uri('uri.png', 'data:image/png;base64,' || encode(:'png'::bytea, 'base64'), metadata => '{"a": "b"}') as job \gset
select is(row(kind, args ->> 'filename', args ->> 'content_type', args -> 'metadata', c.content)::text, row('upload', 'uri.png', 'image/png', '{"a": "b"}'::jsonb, :'png'::bytea)::text, 'it is uploaded like any bytes')
from s3cache.job join s3cache.staged_content c on job_id = id where id = :job;

-- Files.
select is(pg_temp.refusal(format('s3cache.upload_file(''x.png'', %L)', path)) ~ '^22023 Cannot upload the file .* its path is none of a file below a directory\.$', true, 'no path: ' || coalesce(left(path, 10), 'NULL'))
from (values (null), (''), ('../x'), ('a/../b'), ('a/'), (E'a\nb'), (repeat('x', 4097))) v (path);
select s3cache.upload_file('x/{md5}.{ext}', 'photos/x.png', content_type => 'image/png', idempotency_key => 'file') as job \gset
select is(row(kind, serial_key, args - 'metadata')::text, row('upload_file', null, '{"path": "photos/x.png", "template": "x/{md5}.{ext}", "by_content": true, "content_type": "image/png", "idempotency_key": "file", "fallback_cache_control": "max-age=31536000, immutable"}'::jsonb)::text,
    'a file is on no object before its name is known') from s3cache.job where id = :job;
select is(s3cache.upload_file('x/{md5}.{ext}', 'photos/x.png', idempotency_key => 'file'), :job::bigint, 'once, too');
select pg_temp.token(:job) as token \gset
select s3cache.name_upload(:job, :token, 10, 'png', sha256('x'), '\x00112233445566778899aabbccddeeff') as named \gset
select is(:'named'::jsonb ->> 'filename', 'x/00112233445566778899aabbccddeeff.png', 'the worker completes it');
select is(serial_key, 'object:1:x/00112233445566778899aabbccddeeff.png', 'and the job is on that object') from s3cache.job where id = :job;
select s3cache.upload_file('x/{md5}.{ext}', 'y.png') as behind \gset
select pg_temp.token(:behind) as token \gset
select is(s3cache.name_upload(:behind, :token, 10, 'png', sha256('x'), '\x00112233445566778899aabbccddeeff'), null, 'where another job is on it');
select is(row(state, attempt, serial_key)::text, '(queued,0,object:1:x/00112233445566778899aabbccddeeff.png)', 'the second waits for its turn') from s3cache.job where id = :behind;
select is(pg_temp.token(:behind), null, 'which has not come');
select s3cache.fail_job(:job, claim_token, 'No.', '{}') from s3cache.job where id = :job \g /dev/null
select isnt(pg_temp.token(:behind), null, 'before the first has ended');
select s3cache.fail_job(:behind, claim_token, 'No.', '{}') from s3cache.job where id = :behind \g /dev/null

-- What an attempt may have stored without anybody hearing so.
select s3cache.upload('lost.jpg', :'jpeg') as job \gset
select pg_temp.token(:job) as token \gset
select is(args ? 'first_begun', false, 'a first attempt knows of none before it') from s3cache.job where id = :job;
select is(s3cache.age_of_first_attempt(:job, :token, 'lost.jpg', 'e') between interval '0' and interval '1 minute', true, 'and has just begun');
update s3cache.job set started_at = started_at - interval '1 hour' where id = :job;
select is(s3cache.fail_job(:job, :token, 'No.', '{"code": "unavailable", "retryable": true}'), 'waiting', 'the second attempt');
update s3cache.job set run_at = clock_timestamp() where id = :job;
select pg_temp.token(:job) as token \gset
select is(s3cache.age_of_first_attempt(:job, :token, 'lost.jpg', 'e') between interval '1 hour' and interval '61 minutes', true, 'knows when the first began');
select is(s3cache.fail_job(:job, :token, 'No.', '{"code": "held_back", "retryable": true}'), 'waiting', 'and so does the third');
update s3cache.job set run_at = clock_timestamp() where id = :job;
select pg_temp.token(:job) as token \gset
select is(s3cache.age_of_first_attempt(:job, :token, 'lost.jpg', 'e') between interval '1 hour' and interval '61 minutes', true, 'the same');
insert into s3cache.object (cache_id, filename, etag, state) values (1, 'lost.jpg', 'e', 'present');
select is(s3cache.age_of_first_attempt(:job, :token, 'lost.jpg', 'e') is not null, true, 'a row that came since then says nothing');
update s3cache.job set args = args || jsonb_build_object('first_begun', clock_timestamp()) where id = :job;
select is(s3cache.age_of_first_attempt(:job, :token, 'lost.jpg', 'e'), null, 'one of before then says that such an object was there');
select is(s3cache.age_of_first_attempt(:job, :token, 'lost.jpg', 'f') is not null, true, 'but no other');
select s3cache.fail_job(:job, :token, 'No.', '{"retryable": false}') \g /dev/null
select is(args ? 'first_begun', false, 'a retry of the whole job begins anew') from s3cache.job where id = s3cache.retry(:job);
select s3cache.upload('left.jpg', :'jpeg') as job \gset
select pg_temp.token(:job) as token \gset
select s3cache.requeue_jobs(array[:job]) \g /dev/null
select is(args ? 'first_begun', true, 'a job that was taken from its worker knows too') from s3cache.job where id = :job;

-- Large ones.
select s3cache.cancel(id) from s3cache.jobs where state = 'queued' \g /dev/null
select s3cache.upload_file('large.png', 'l') as job \gset
select pg_temp.token(:job) as token \gset
select is(s3cache.upload_checkpoint(:job, :token, 'p/large.png'), null, 'an upload in parts that has not begun');
select s3cache.save_checkpoint(:job, :token, 'p/large.png', '', '{}') \g /dev/null
select is(s3cache.upload_checkpoint(:job, :token, 'p/large.png'), null, 'nor one that is about to');
select s3cache.save_checkpoint(:job, :token, 'p/large.png', 'id1', '{"parts": [1]}'), s3cache.save_checkpoint(:job, :token, 'p/large.png', 'id1', '{"parts": [1, 2]}') \g /dev/null
select is(s3cache.upload_checkpoint(:job, :token, 'p/large.png'), '{"parts": [1, 2]}', 'goes on where it was');
select is(s3cache.upload_checkpoint(:job, :token, 'p/other.png'), null, 'not under another key');
select throws_ok(format('select s3cache.%s', call), 'S3C01', null, 'not with another token: ' || call)
from (values (format('upload_checkpoint(%s, 9999, '''')', :job)), (format('save_checkpoint(%s, 9999, '''', '''', ''{}'')', :job)), (format('note_absence(%s, 9999)', :job)), (format('age_of_first_attempt(%s, 9999, '''', '''')', :job)), (format('note_copy(%s, 9999, '''', '''')', :job)), (format('note_purge(%s, 9999, '''')', :job)),
    (format('name_upload(%s, 9999, 1, '''', '''', '''')', :job)), (format('complete_rename(%s, 9999, '''', 1, 1, null, null)', :job))) v (call);
select is((select count(*) from s3cache.leftover_uploads(0, 10)), 0::bigint, 'what a job works on is not left over');
-- The next attempt has other content, and so another name; the third was lost before the bucket had answered.
select s3cache.fail_job(:job, :token, 'No.', '{"retryable": true}'), s3cache.retry(:job) \g /dev/null
select pg_temp.token(:job) as token \gset
select s3cache.save_checkpoint(:job, :token, 'p/other.png', '', '{}') \g /dev/null
select s3cache.fail_job(:job, :token, 'No.', '{"retryable": true}'), s3cache.retry(:job) \g /dev/null
select pg_temp.token(:job) as token \gset
select s3cache.save_checkpoint(:job, :token, 'p/other.png', '', '{}'), s3cache.save_checkpoint(:job, :token, 'p/other.png', 'id2', '{"isCompleting": true}') \g /dev/null
select s3cache.complete_upload(:job, :token, 'e', 10, 0, null, 'image/png', null) \g /dev/null
create function pg_temp.leftovers(after bigint, max_rows integer) returns text language sql as $$
    select coalesce(string_agg(concat_ws(' ', cache, object_key, upload_id), ', ' order by object_key), '') from s3cache.leftover_uploads(after, max_rows) $$;
select is(pg_temp.leftovers(0, 10), 's3_image_cache p/large.png id1, s3_image_cache p/other.png ', 'what the object was made of is not left over, what was begun under another name is, and what nobody knows the name of');
select is(pg_temp.leftovers(:job, 10), '', 'they are looked at in the order of their jobs');
select s3cache.upload_file('other.png', 'l') as beside \gset
select pg_temp.token(:beside) as token \gset
select s3cache.save_checkpoint(:beside, :token, 'p/other.png', '', '{}') \g /dev/null
select is(pg_temp.leftovers(0, 10), 's3_image_cache p/large.png id1', 'while another job is at work on the key, nobody looks for what has no name there');
select s3cache.fail_job(:beside, :token, 'No.', '{}') \g /dev/null
select s3cache.forget_upload(:job, 'p/large.png', 'id2'), s3cache.forget_upload(:job, 'p/other.png', 'id1') \g /dev/null
select is((select count(*) from s3cache.leftover_uploads(0, 10)), 3::bigint, 'until they are aborted');
select s3cache.forget_upload(:job, 'p/large.png', 'id1'), s3cache.forget_upload(:job, 'p/other.png', '') \g /dev/null
select is((select count(*) from s3cache.unfinished_upload), 1::bigint, 'and forgotten');
update s3cache.unfinished_upload set saved_at = clock_timestamp() - interval '29 days';
select is((select count(*) from s3cache.leftover_uploads(0, 10)), 1::bigint, 'what cannot be aborted');
update s3cache.unfinished_upload set saved_at = clock_timestamp() - interval '31 days';
select is((select count(*) from s3cache.leftover_uploads(0, 10)), 0::bigint, 'is forgotten after 30 days');

-- A name that the content gave, and that an object is getting just now by another name's job.
select s3cache.upload_file('{sha256}.png', 'l') as named, s3cache.rename_object('c.png', encode(sha256('x'), 'hex') || '.png') as rename \gset
select id as first, token from s3cache.claim_jobs((select max(id) from s3cache.worker), 1, false) where id = :named \gset
select is(pg_temp.token(:rename) is null, false, 'a renaming runs beside a file whose name is not known');
select is(s3cache.name_upload(:named, :token, 10, 'png', sha256('x'), null), null, 'which waits when it gets the name that is being given');
select s3cache.fail_job(:rename, claim_token, 'No.', '{}') from s3cache.job where id = :rename \g /dev/null
select isnt(pg_temp.token(:named), null, 'until that has ended');
select s3cache.fail_job(:named, claim_token, 'No.', '{}') from s3cache.job where id = :named \g /dev/null
-- What goes through a bytea is bounded; what a worker reads from its disk is not.
select s3cache.configure(max_bytes => 1000000000) \g /dev/null
select s3cache.upload_file('{sha256:8}.png', 'l') as huge \gset
select is(s3cache.name_upload(:huge, pg_temp.token(:huge), 1000000000, 'png', sha256('x'), null) ->> 'filename', left(encode(sha256('x'), 'hex'), 8) || '.png', 'a file named by its contents may have as many bytes as the cache takes');
select s3cache.fail_job(:huge, claim_token, 'No.', '{}') from s3cache.job where id = :huge \g /dev/null
select s3cache.reset('s3_image_cache', 'max_bytes') \g /dev/null

-- Renaming.
select is(pg_temp.refusal(format('s3cache.rename_object(%L, %L)', old, new)) ~ '^22023 ', true, format('no renaming: %s to %s', old, new))
from (values (null, 'a'), ('', 'a'), ('a', null), ('a', ''), ('a', 'a'), ('a', '../b'), ('a.jpg', 'a.png'), ('a.jpg', 'a.php')) v (old, new);
select is(pg_temp.refusal($$s3cache.rename_object('a.jpg', null)$$),
    '22023 Cannot rename "a.jpg" to NULL: the new filename is NULL; give the object''s key without the cache''s prefix.', 'which name is wrong is told');
select is(pg_temp.refusal(format('s3cache.rename_object(%L, %L)', E'odd\n../name', 'b')), 'accepted', 'any name that a bucket may hold can be given up');
select s3cache.cancel(id) from s3cache.jobs where state = 'queued' \g /dev/null
select s3cache.upload('b.jpg', :'jpeg') as before, s3cache.rename_object('a.jpg', 'b.jpg') as rename, s3cache.upload('a.jpg', :'jpeg') as after_a, s3cache.read('b.jpg') as after_b, s3cache.rename_object('b.jpg', 'a.jpg') as back \gset
create function pg_temp.claimed() returns text language sql as $$ select coalesce(string_agg(kind || ' ' || (args ->> 'filename'), ', ' order by id), '') from s3cache.claim_jobs((select max(id) from s3cache.worker), 100, false) $$;
select is(pg_temp.claimed(), 'upload b.jpg', 'renaming comes after what was asked for on the new name');
select s3cache.complete_upload(:before, claim_token, 'e', 10, 0, null, null, null) from s3cache.job where id = :before \g /dev/null
select is(pg_temp.claimed(), 'rename_object a.jpg', 'and before what was asked for later on either');
insert into s3cache.object (cache_id, filename, state, size, etag, width, height, sha256, created_at) values (1, 'a.jpg', 'present', 10, 'a', 3, 4, sha256('a'), '2020-01-01');
delete from s3_image_cache where filename = 'b.jpg';
select s3cache.note_copy(:rename, claim_token, 'copy', 'a') from s3cache.job where id = :rename \g /dev/null
select is(args ->> 'copied', 'copy', 'the worker notes that the copy is safe') from s3cache.job where id = :rename;
select s3cache.note_purge(:rename, claim_token, 'failed'), s3cache.note_purge(:rename, claim_token, 'done') from s3cache.job where id = :rename \g /dev/null
select s3cache.complete_rename(:rename, claim_token, 'copy', 10, 1700000000000000, 'STANDARD', 'image/jpeg') from s3cache.job where id = :rename \g /dev/null
select is(row(etag, width, height, sha256, created_at, state)::text, row('copy', 3, 4, sha256('a'), timestamptz '2020-01-01', 'present')::text, 'the row follows with what is known') from s3_image_cache where filename = 'b.jpg';
select is((select count(*) from s3_image_cache where filename = 'a.jpg') || ' ' || (select count(*) from s3cache.tombstone where filename = 'a.jpg'), '0 1', 'and leaves a tombstone');
select is(result - 'sha256', '{"key": "b.jpg", "url": null, "etag": "copy", "size": 10, "width": 3, "height": 4, "filename": "b.jpg", "location": "s3", "content_type": "image/jpeg", "purge": "done"}', 'the result, with how the last purge ended') from s3cache.jobs where id = :rename and state = 'done';
select is(pg_temp.claimed(), 'upload a.jpg, read b.jpg', 'then come those on either name');
select s3cache.complete_upload(:after_a, claim_token, 'e', 10, 0, null, null, null) from s3cache.job where id = :after_a \g /dev/null
select is(pg_temp.claimed(), '', 'the way back waits for both');
select s3cache.complete_read(:after_b, claim_token, null, null, null) from s3cache.job where id = :after_b \g /dev/null
select is(pg_temp.claimed(), 'rename_object b.jpg', 'and then runs');
select s3cache.fail_job(:back, claim_token, 'No.', '{}') from s3cache.job where id = :back \g /dev/null
select is((select string_agg(filename || ' ' || state, ', ' order by filename) from s3_image_cache where filename in ('a.jpg', 'b.jpg')), 'a.jpg unverified, b.jpg unverified', 'one that failed leaves both rows in doubt');
select s3cache.retry(:back) as again \gset
select is(second_key, 'object:1:a.jpg', 'and can be retried') from s3cache.job where id = :again;
select s3cache.cancel(id) from s3cache.jobs where state = 'queued' \g /dev/null
select s3cache.rename_object('a.jpg', 'copied.jpg') as rename \gset
select s3cache.note_copy(:rename, pg_temp.token(:rename), 'e', 'e') \g /dev/null
select s3cache.fail_job(:rename, claim_token, 'No.', '{}') from s3cache.job where id = :rename \g /dev/null
select is((select state from s3_image_cache where filename = 'copied.jpg'), 'unverified', 'an object that is copied is not lost from sight, however the renaming ends');
insert into s3cache.object (cache_id, filename, state, size, etag, content_type, width, height, sha256) values (1, 'old.jpg', 'present', 10, 'a', 'image/jpeg', 3, 4, sha256('a'));
select s3cache.rename_object('old.jpg', 'new.jpg') as rename \gset
select s3cache.note_copy(:rename, pg_temp.token(:rename), 'copy', 'b') \g /dev/null
select s3cache.complete_rename(:rename, claim_token, 'copy', 11, 0, null, null) from s3cache.job where id = :rename \g /dev/null
select is(row(size, etag, content_type, width, height, sha256)::text, '(11,copy,,,,)', 'what was known of other contents than were copied is forgotten') from s3_image_cache where filename = 'new.jpg';
insert into s3cache.object (cache_id, filename, content_type) values (1, 'photo', 'image/jpeg');
select is(pg_temp.refusal($$s3cache.rename_object('photo', 'photo.jpg')$$) || ' ' || left(pg_temp.refusal($$s3cache.rename_object('photo', 'photo.png')$$), 5), 'accepted 22023', 'an extension may be added, that of the content');
select s3cache.configure(environment => 'dev') \g /dev/null
select s3cache.rename_object('a.jpg', 'suffixed.jpg') as rename \gset
select is(args ->> 'new_filename' || ' ' || second_key, 'suffixed-dev.jpg object:1:suffixed-dev.jpg', 'outside production the new name gets the suffix') from s3cache.job where id = :rename;
select s3cache.reset('s3_image_cache', 'environment') \g /dev/null
select s3cache.cancel(id) from s3cache.jobs where state = 'queued' \g /dev/null
-- One that commits after a later one has begun waits for it all the same.
insert into s3cache.job (id, kind, cache_id, args, serial_key, priority, owner) values (1000000, 'upload', 1, '{"filename": "d"}', 'object:1:d', 5, 'x');
select is(pg_temp.claimed(), 'upload d', 'a later one runs');
select s3cache.rename_object('c', 'd') as earlier \gset
select is(pg_temp.claimed(), '', 'an earlier one with the same object waits');
select s3cache.fail_job(1000000, claim_token, 'No.', '{}') from s3cache.job where id = 1000000 \g /dev/null
select is(pg_temp.claimed(), 'rename_object c', 'and is found again');
-- What a lost worker may still write to either is waited for.
select s3cache.register_worker('w2', 'h', 1, s3cache.version(), '1 hour', '{}') as other \gset
update s3cache.worker set heartbeat_at = heartbeat_at - interval '1 hour 1 second' where id in (select worker_id from s3cache.job where id = :earlier);
select * from s3cache.claim_jobs(:other, 1, false) \g /dev/null
select is((select string_agg(serial_key, ' ' order by serial_key) from s3cache.late_write where serial_key ~ ':[cd]$'), 'object:1:c object:1:d', 'after a lost worker both objects are left alone for a while');
select * from finish();
