-- What the functions do does not depend on how the caller's session reads string literals.
set escape_string_warning = off;
set standard_conforming_strings = off;
select plan(16);

\set png 'decode(''89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489'', ''hex'')'

select alike(add_file_to_s3_cache('ab/a.jpg'), 'SUCCESS%', 'a name is added');
select alike(add_file_to_s3_cache('a/../b.jpg'), 'ERROR: %', 'one with ".." is not');
select lives_ok($$insert into s3_image_cache (filename) values ('cd/b.jpg')$$, 'a row is inserted');
select lives_ok(format('select s3cache.upload(%L, %s)', 'u/{sha256:8}.{ext}', :'png'), 'bytes are uploaded');
select is((select j.args ->> 'filename' ~ '^u/[0-9a-f]{8}[.]png$' from s3cache.job j where j.kind = 'upload'), true, 'under a name that was filled in');
select throws_like(format('select s3cache.upload(%L, %s)', 'a/../b.png', :'png'), '%the filename has a "." or ".."%', 'names are checked');
select throws_like(format('select s3cache.upload(%L, %s)', 'a.jpg', :'png'), '%its name is that of jpeg, and its bytes are png.', 'and contents');
select lives_ok(format('select s3cache.upload(%L, %s, %L, %L, %L)', 'a.png', :'png', 'image/png; q="a b"', '{"a": "b"}', 'no-cache'),
    'with headers');
select lives_ok($$select s3cache.upload_file('a.png', 'ab/cde.png')$$, 'a file is named');
select throws_like($$select s3cache.upload_file('a.png', 'ab/../c.png')$$, '%its path is none of a file below a directory.', 'by a path without ".."');
select lives_ok($$select s3cache.upload_data_uri('a.png', 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ')$$, 'a data: URI is uploaded');
select is(s3cache.fetchable_url('HTTPS://Example.com:443/a#b'), 'https://example.com/a', 'a URL is fetched');
select throws_like($$select s3cache.fetch('https://2130706433/a.png')$$, '%its host is a number%', 'of a host that is no number');
select lives_ok($$select s3cache.fetch_logo('www.example.com')$$, 'a logo is fetched');
select lives_ok($$select s3cache.configure('s3_image_cache', cdn_url => 'https://cdn.example.com/x')$$, 'a URL is configured');
select is(s3cache.key_of('https://cdn.example.com/x/a%20b.jpg'), 'a b.jpg', 'and read back');

select * from finish();
