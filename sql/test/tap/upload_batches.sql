-- Uploads that end together.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
select s3cache.configure(bucket => 'bucket1', access => 'public', endpoint => 'http://here.example', addressing => 'path') \g /dev/null
select s3cache.create_cache('second', bucket => 'bucket2', prefix => 'p/') \g /dev/null
select s3cache.configure('second', endpoint => 'http://here.example', addressing => 'path', cdn_url => 'https://cdn.example.com') \g /dev/null
select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}') as worker \gset
\set png '\\x89504e470d0a1a0a0000'
insert into s3cache.object (cache_id, filename, state, size, etag, sha256, width, height)
values (1, 'same.png', 'present', 9, 'old', '\x01', 7, 8), (1, 'other.png', 'present', 9, 'old', '\x02', 7, 8), (1, 'stays.png', 'present', 9, 'old', '\x03', 7, 8);

create temporary table asked (place integer generated always as identity, name text, cache text, job bigint, token bigint);
insert into asked (name, cache, job)
select name, cache, s3cache.upload(name, :'png', cache => cache)
from (values ('new.png', 's3_image_cache'), ('same.png', 's3_image_cache'), ('void.png', 's3_image_cache'), ('second.png', 'second'), ('other.png', 's3_image_cache'), ('stays.png', 's3_image_cache'),
    ('cancelled.png', 's3_image_cache'), ('parts.png', 's3_image_cache')) v (name, cache);
update asked a set token = c.token from s3cache.claim_jobs(:worker, 100, false) c where c.id = a.job;
select s3cache.cancel(job) from asked where name = 'cancelled.png' \g /dev/null
select s3cache.note_purge(job, token, 'done') from asked where name = 'other.png' \g /dev/null
select s3cache.save_checkpoint(job, token, name, made, jsonb_build_object('isCompleting', made = 'made'))
from asked, unnest(array['made', 'left']) made where name = 'parts.png' \g /dev/null

create function pg_temp.completes() returns bigint[] language sql as $$
    select s3cache.complete_uploads(
        array_agg(a.job order by a.place), array_agg(case a.name when 'void.png' then -1 else a.token end order by a.place),
        array_agg('e' || a.place order by a.place), array_agg((a.place * 10)::bigint order by a.place),
        array_agg(case when a.name <> 'second.png' then 1700000000123456 end order by a.place),
        array_agg(case a.name when 'new.png' then 'STANDARD' end order by a.place), array_agg('image/png'::text order by a.place),
        array_agg(case a.name when 'same.png' then '\x01'::bytea when 'new.png' then '\xab' end order by a.place),
        array_agg(case a.name when 'new.png' then 3 end order by a.place), array_agg(case a.name when 'new.png' then 4 end order by a.place),
        array_agg(a.name = 'stays.png' order by a.place))
    from asked a
$$;
select pg_temp.completes() as ended \gset
select is((select array_agg(t order by t) from unnest(:'ended'::bigint[]) t), (select array_agg(token order by token) from asked where name <> 'void.png'), 'the tokens of those that held are given');
select is(string_agg(format('%s %s', a.name, j.state), ', ' order by a.place),
    'new.png done, same.png done, void.png running, second.png done, other.png done, stays.png done, cancelled.png done, parts.png done', 'those are done, also what was to be cancelled')
from asked a join s3cache.jobs j on j.id = a.job;
select is(string_agg(format('%s %s %s %s %s %s %s %s', c.name, o.filename, o.state, o.size, o.etag, coalesce(o.width || 'x' || o.height, '-'), coalesce(encode(o.sha256, 'hex'), '-'), o.content_type), E'\n' order by o.filename collate "C"),
    $$s3_image_cache cancelled.png present 70 e7 - - image/png
s3_image_cache new.png present 10 e1 3x4 ab image/png
s3_image_cache other.png present 50 e5 - - image/png
s3_image_cache parts.png present 80 e8 - - image/png
s3_image_cache same.png present 20 e2 7x8 01 image/png
second second.png present 40 e4 - - image/png
s3_image_cache stays.png present 60 e6 - - image/png$$, 'each has its own row, in its own cache, and no other has one')
from s3cache.object o join s3cache.cache c on c.id = o.cache_id;
select is(row(last_modified, storage_class)::text, row(timestamptz 'epoch' + interval '1700000000.123456 s', 'STANDARD')::text, 'with all that was told') from s3_image_cache where filename = 'new.png';
select is(last_modified, null, 'and not what was not') from second where filename = 'second.png';
select is(j.result, wanted::jsonb, 'the result of ' || a.name)
from asked a join s3cache.jobs j on j.id = a.job join (values
    ('new.png', '{"filename": "new.png", "key": "new.png", "etag": "e1", "size": 10, "width": 3, "height": 4, "sha256": "ab", "location": "s3", "content_type": "image/png", "url": "http://here.example/bucket1/new.png"}'),
    ('same.png', '{"filename": "same.png", "key": "same.png", "etag": "e2", "size": 20, "width": 7, "height": 8, "sha256": "01", "location": "s3", "content_type": "image/png", "url": "http://here.example/bucket1/same.png"}'),
    ('other.png', '{"filename": "other.png", "key": "other.png", "etag": "e5", "size": 50, "width": null, "height": null, "sha256": null, "location": "s3", "content_type": "image/png", "url": "http://here.example/bucket1/other.png", "purge": "done"}'),
    ('stays.png', '{"filename": "stays.png", "key": "stays.png", "etag": "e6", "size": 60, "width": null, "height": null, "sha256": null, "location": "s3", "content_type": "image/png", "url": "http://here.example/bucket1/stays.png", "skipped": true}'),
    ('second.png', '{"filename": "second.png", "key": "p/second.png", "etag": "e4", "size": 40, "width": null, "height": null, "sha256": null, "location": "s3", "content_type": "image/png", "url": "https://cdn.example.com/p/second.png"}')) v (name, wanted) using (name);
select is(array_agg(name), '{void.png}', 'staged bytes are left for the one that goes on') from s3cache.staged_content s join asked a on a.job = s.job_id;
select is(array_agg(upload_id), '{left}', 'of what went in parts only what the object is made of is forgotten') from s3cache.unfinished_upload;
select is(pg_temp.completes(), '{}', 'nothing ends twice');
select is((select state from s3cache.jobs where id = asked.job), 'running', 'or without its claim') from asked where name = 'void.png';
select is(s3cache.complete_uploads('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}'), '{}', 'of none there is none');

-- One that somebody holds holds up all of them, and then nothing of any is written; the worker tries them one by one.
create function pg_temp.counted() returns text language sql as $$ select (select count(*) from s3cache.job_history) || ' ' || (select count(*) from s3cache.object) $$;
select pg_temp.counted() as before \gset
create function pg_temp.refused() returns trigger language plpgsql as $$ begin if new.filename = 'bad.png' then raise lock_not_available; end if; return new; end $$;
create trigger refused before insert on s3_image_cache for each row execute function pg_temp.refused();
truncate asked;
insert into asked (name, job) select name, s3cache.upload(name, :'png') from (values ('good.png'), ('bad.png')) v (name);
update asked a set token = c.token from s3cache.claim_jobs(:worker, 100, false) c where c.id = a.job;
select throws_ok('select pg_temp.completes()', '55P03', null, 'what cannot be written for one');
select is(pg_temp.counted(), :'before', 'is written for none');
drop trigger refused on s3_image_cache;
select is(cardinality(pg_temp.completes()), 2, 'until it can');

select * from finish();
