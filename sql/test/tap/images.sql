-- images() and primary_image(): literal prefixes as ranges, order, pages, and what is left out.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
create function pg_temp.keys(images jsonb) returns text language sql as
$$ select coalesce(string_agg(i ->> 'key', ' ' order by n), '') from jsonb_array_elements(images) with ordinality as e (i, n) $$;

insert into s3cache.object (cache_id, filename, state)
values (1, '1/b.jpg', 'present'), (1, '1/a.jpg', 'present'), (1, '1/B.jpg', 'present'), (1, '1/sub/c.jpg', 'present'), (1, '10/x.jpg', 'present'),
    (1, '11/x.jpg', 'present'), (1, '1', 'present'), (1, '1/gone.jpg', 'missing'), (1, '1/new.jpg', 'unverified'), (1, '1/', 'present'),
    (1, '1/folder/', 'present'), (1, '%/p.jpg', 'present'), (1, 'x/p.jpg', 'present'), (1, '_/u.jpg', 'present'), (1, E'\\/b.jpg', 'present'),
    (1, U&'\00E4/z.jpg', 'present'), (1, U&'\+01F600/z.jpg', 'present'), (1, E'odd\nname.jpg', 'present');
select is(pg_temp.keys(s3cache.images('1/')), '1/B.jpg 1/a.jpg 1/b.jpg 1/new.jpg 1/sub/c.jpg', 'all under 1/, in byte order; not 10/, 11/, missing ones and folders');
select is(pg_temp.keys(s3cache.images(p)), k, 'literally: ' || p)
from (values ('%', '%/p.jpg'), ('_', '_/u.jpg'), (E'\\', E'\\/b.jpg'), ('1/%', ''), ('1/.', ''), ('10/', '10/x.jpg'), (U&'\00E4', U&'\00E4/z.jpg'),
    (U&'\+01F600', U&'\+01F600/z.jpg'), ('zzz', ''), ('1/a.jpg', '1/a.jpg'), (E'odd\n', E'odd\nname.jpg')) v (p, k);
select is(jsonb_array_length(s3cache.images('')), 15, 'the empty prefix is all');
select is(s3cache.images(null), s3cache.images(''), 'so is NULL');
select is(s3cache.images('nothing/'), '[]', 'none is an empty array, not NULL');
select is(i ->> 'filename', 'c.jpg', 'filename is the last segment') from jsonb_array_elements(s3cache.images('1/sub/')) i;
select is((select array_agg(k order by k) from jsonb_object_keys(s3cache.images('1/') -> 0) k) @> '{expires_at,filename,key,url}', true, 'each has url, filename, key, expires_at');
select is(s3cache.primary_image('1/'), s3cache.images('1/') -> 0, 'primary_image() is the first');
select is(s3cache.primary_image('nothing/'), null, 'NULL if there is none');
select is(pg_temp.keys(s3cache.images('1/', limit_rows => 2)), '1/B.jpg 1/a.jpg', 'limit_rows');
select is(pg_temp.keys(s3cache.images('1/', limit_rows => 2, after => '1/a.jpg')), '1/b.jpg 1/new.jpg', 'after');
select is(s3cache.images('1/', limit_rows => 0), '[]', 'limit_rows 0');
select is(s3cache.images('1/', after => '2'), '[]', 'after the end');
select is(pg_temp.keys(s3cache.images('1/', after => '0')), pg_temp.keys(s3cache.images('1/')), 'after something before the prefix');
select throws_ok($$ select s3cache.images('1/', limit_rows => -1) $$, '22023', null, 'a negative limit_rows is refused');
select s3cache.configure(prefix => 'shop/') \g /dev/null
select is(s3cache.primary_image('1/') ->> 'key', 'shop/1/B.jpg', 'key has the cache''s prefix');
select is(s3cache.primary_image('1/') ->> 'filename', 'B.jpg', 'filename has not');
select s3cache.reset('s3_image_cache', 'prefix') \g /dev/null

-- Many.
insert into s3cache.object (cache_id, filename, state) select 1, 'many/' || g, 'present' from generate_series(1, 2500) g;
select is(jsonb_array_length(s3cache.images('many/')), 2500, 'more than 1,000');
create function pg_temp.paged() returns text language plpgsql as $$
declare
    page jsonb;
    last text;
    all_keys text[] := '{}';
begin
    loop
        page := s3cache.images('many/', limit_rows => 999, after => last);
        exit when page = '[]';
        all_keys := all_keys || array(select i ->> 'key' from jsonb_array_elements(page) i);
        last := all_keys[cardinality(all_keys)];
    end loop;
    return array_to_string(all_keys, ' ');
end $$;
select is(md5(pg_temp.paged()), md5(pg_temp.keys(s3cache.images('many/'))), 'pages give the same as all at once');
select s3cache.create_cache('second') \g /dev/null
insert into second (filename) values ('1/other.jpg');
select is(pg_temp.keys(s3cache.images('1/', cache => 'second')), '1/other.jpg', 'each cache has its own');

-- prefix_end(): everything that starts with a prefix lies below its end and nothing else between.
select setseed(0.42) \g /dev/null
create function pg_temp.random_word(length integer) returns text language plpgsql as $$
declare
    letters constant text[] := array['a', 'z', '/', '~', E'\x7f', U&'\0080', U&'\07FF', U&'\0800', U&'\D7FF', U&'\E000', U&'\FFFF',
        U&'\+010000', U&'\+10FFFE', U&'\+10FFFF', E'\x01'];
    word text := '';
begin
    while length(word) < length loop
        word := word || letters[1 + floor(random() * cardinality(letters))::int];
    end loop;
    return word;
end $$;
create temporary table word as
select distinct pg_temp.random_word(1 + g % 4) collate "C" as w from generate_series(1, 1200) g;
select ok((select count(*) from word) > 500, 'many random strings');
select is(count(*), 0::bigint, 'starts with p if and only if between p and prefix_end(p)')
from (select w as p, s3cache.prefix_end(w) as e from word order by md5(w) limit 150) a, (select w || s as w from word, unnest(array['', U&'\+10FFFF', 'a']) s) b
where (b.w ^@ a.p) <> (b.w >= a.p and (a.e is null or b.w < a.e collate "C"));
select is(s3cache.prefix_end(p), e, 'the end of ' || to_json(p))
from (values ('', null), (null, null), ('a', 'b'), (U&'\D7FF', U&'\E000'), (U&'a\+10FFFF', 'b'), (U&'\+10FFFF\+10FFFF', null), (U&'\+10FFFE', U&'\+10FFFF'),
    (E'\x7f', U&'\0080')) v (p, e);
select * from finish();
