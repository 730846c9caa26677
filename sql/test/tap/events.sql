-- Event notifications of the bucket: whose records are understood, in what order they count, and what the table says then.

\set ON_ERROR_STOP on
\set QUIET on
select * from no_plan();
\ir ../support/said.sql
select s3cache.configure(bucket => 'shop'), s3cache.create_cache('thumbs', 'shop', 'thumbs/'), s3cache.create_cache('other', 'other') \g /dev/null

-- pg_temp.rec(): a record as Amazon S3 sends it. Where not said otherwise it happens at second 1000 + its sequencer.
create function pg_temp.rec(
    name text, key text, seq text, etag text default 'e1', size bigint default 1, bucket text default 'shop', version text default null,
    source text default 'aws:s3', at text default null) returns jsonb language sql stable as $$
    select jsonb_strip_nulls(jsonb_build_object('eventVersion', '2.1', 'eventSource', source, 'eventName', name,
        'eventTime', coalesce(at, to_char(to_timestamp(1000 + coalesce(('x' || lpad(left(seq, 8), 8, '0'))::bit(32)::bigint, 0)) at time zone 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS.123"Z"')),
        's3', jsonb_build_object('s3SchemaVersion', '1.0', 'bucket', jsonb_build_object('name', bucket),
            'object', jsonb_build_object('key', key, 'size', size, 'eTag', etag, 'sequencer', seq, 'versionId', version))))
$$;
create function pg_temp.told(variadic records jsonb[]) returns bigint language sql as $$
    select s3cache.ingest_event(jsonb_build_object('Records', to_jsonb(records)))
$$;
-- A row as `state etag size` and `gone` with a tombstone, `-` with nothing.
create function pg_temp.row_of(name text, cache text default 's3_image_cache') returns text language sql as $$
    select coalesce(
        (select concat_ws(' ', o.state, o.etag, o.size) from s3cache.object o where o.cache_id = s3cache.cache_id(cache) and o.filename = name),
        (select 'gone' from s3cache.tombstone t where t.cache_id = s3cache.cache_id(cache) and t.filename = name), '-')
$$;
create function pg_temp.fresh() returns void language sql as $$
    delete from s3cache.object; delete from s3cache.tombstone; delete from s3cache.job;
$$;
-- pg_temp.look(): what HEAD says, as a worker records it, in a transaction that comes after.
create procedure pg_temp.look(name text, etag text, size bigint, modified timestamptz) language plpgsql as $$
declare
    fence pg_snapshot;
    worker bigint := s3cache.register_worker('look', 'h', 1, s3cache.version(), '1 hour', '{}');
    job bigint := s3cache.verify();
    token bigint;
begin
    commit;
    fence := pg_current_snapshot();
    select c.token into token from s3cache.claim_jobs(worker, 100, false) c where c.id = job;
    perform s3cache.record_verified(job, token, fence, array[name], array[etag is not null], array[size], array[etag],
        array[(extract(epoch from date_trunc('second', modified)) * 1000000)::bigint], array['STANDARD'], array['image/jpeg']);
    perform s3cache.complete_jobs(array[job], array[token], array['{"checked": 1}'::jsonb]);
    perform s3cache.unregister_worker(worker);
    commit;
end $$;

-- Creating, overwriting, removing.
select is(pg_temp.told(pg_temp.rec('s3:ObjectCreated:Put', 'a.jpg', '0A', 'e1', 5)), 1::bigint, 'a created object');
select is(row(filename, size, etag, state, location, object_version, last_modified at time zone 'UTC')::text, '(a.jpg,5,e1,present,s3,0,"1970-01-01 00:16:50")', 'is a row, with the whole second of its time')
from s3_image_cache;
select ok(verified_at > clock_timestamp() - interval '1 minute', 'seen just now') from s3_image_cache;
update s3cache.object set width = 1, height = 2, sha256 = '\x00', content_type = 'image/png', storage_class = 'GLACIER', event_xid = pg_current_xact_id();
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'a.jpg', '0A', 'e1', 5)), 0::bigint, 'the same again');
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'a.jpg', '09', 'e0', 4)), 0::bigint, 'an older one');
select is(pg_temp.told(pg_temp.rec('ObjectRemoved:Delete', 'a.jpg', '0A00')), 0::bigint, 'and one that is equal but for zeros behind it');
select is(pg_temp.row_of('a.jpg'), 'present e1 5', 'change nothing');
select is(pg_temp.told(pg_temp.rec('ObjectCreated:CompleteMultipartUpload', 'a.jpg', '0A1', 'e1', 5)), 1::bigint, 'the same contents, written again');
select is(row(etag, width, content_type, storage_class, object_version)::text, '(e1,1,image/png,GLACIER,0)', 'keep what is known of them') from s3_image_cache;
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Copy', 'a.jpg', '0b', '"e2"', 6)), 1::bigint, 'other contents');
select is(row(etag, size, width, height, sha256, content_type, storage_class, object_version, state)::text, '(e2,6,,,,,,1,present)', 'do not keep what the old ones were') from s3_image_cache;
select is(pg_temp.told(pg_temp.rec('ObjectRemoved:Delete', 'a.jpg', '0C')), 1::bigint, 'a removal');
select is(pg_temp.row_of('a.jpg'), 'gone', 'removes the row and leaves a tombstone');
select is(pg_temp.told(pg_temp.rec('ObjectRemoved:Delete', 'a.jpg', '0C')), 0::bigint, 'once');
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'a.jpg', '0b', 'e2')), 0::bigint, 'what was created before');
select is(pg_temp.row_of('a.jpg'), 'gone', 'stays gone');
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'a.jpg', '0d', 'e3')), 1::bigint, 'what is created after');
select is(pg_temp.row_of('a.jpg'), 'present e3 1', 'is there');
select is(pg_temp.told(pg_temp.rec('ObjectRemoved:Delete', 'never.jpg', '0C')), 1::bigint, 'a removal of something unknown');
select is(pg_temp.row_of('never.jpg'), 'gone', 'leaves a tombstone too');
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'never.jpg', '0B')), 0::bigint, 'against what comes late');

-- Sequencers.
select is(s3cache.event_order(a, 'aws:s3', now()) collate "C" < s3cache.event_order(b, 'aws:s3', now()) collate "C", true, a || ' before ' || b) from (values
    ('0055AED6DCD90281E5', '0055AED6DCD90281E6'), ('0055AED6DCD90281E5', '0055aed6dcd90281e5f'), ('00A', '1'), ('a', 'B'), ('9', 'a'), ('1', '101'), ('0', '01'), ('00000000', '0000000000000001')) v (a, b);
select is(s3cache.event_order(a, 'aws:s3', now()), s3cache.event_order(b, 'aws:s3', now()), a || ' with ' || b) from (values ('A', 'a0'), ('0', '0000'), ('12ab', '12AB00')) v (a, b);
select is(s3cache.event_order(s, 'aws:s3', now()), null, coalesce('no sequencer: ' || left(s, 20), 'none')) from (values (null), (''), ('x'), ('12 '), (repeat('1', 129))) v (s);
-- Ceph's has the lowest byte of seconds and nanoseconds first: this is its documentation's example.
select is(s3cache.event_order('F7E6D75DC742D108', 'ceph:s3', '2019-11-22T13:47:35.124724Z'), '5DD7E6F708D142C7', 'Ceph''s sequencer');
select is(s3cache.event_order('5DD7E6F708D142C7', 'ceph:s3', '2019-11-22T13:47:35.124724Z'), '5DD7E6F708D142C7', 'also of one that has it last');
select is(s3cache.event_order(s, 'ceph:s3', '2019-11-22T13:47:35Z'), null, 'or cannot be read: ' || s) from unnest(array['0000000000000001', 'F7E6D75DC742D1', 'F7E6D75DC742D10800']) s;
select ok(s3cache.event_order('FFE6D75D00000000', 'ceph:s3', to_timestamp(x'5DD7E6FF'::int)) collate "C" < s3cache.event_order('00E7D75D00000000', 'ceph:s3', to_timestamp(x'5DD7E700'::int)) collate "C", 'in the order of time');

-- Keys.
select pg_temp.fresh() \g /dev/null
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'a+b%2Bc%20d/%C3%A4%F0%9F%98%80%25.jpg', '01')), 1::bigint, 'a key is decoded');
select is(filename, 'a b+c d/ä😀%.jpg', 'plus signs too') from s3_image_cache;
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'thumbs/a.jpg', '01'), pg_temp.rec('ObjectCreated:Put', 'thumbs%2Fb.jpg', '01'), pg_temp.rec('ObjectCreated:Put', 'thumbs/', '01', size => 0)), 3::bigint, 'two caches of one bucket: each record counts once');
select is(array(select filename || ' ' || cache_id from s3cache.object order by 1), array['a b+c d/ä😀%.jpg 1', 'a.jpg 2', 'b.jpg 2', 'thumbs/ 1', 'thumbs/a.jpg 1', 'thumbs/b.jpg 1'], 'a filename is the key without the prefix; the folder''s own mark is none');
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'a.jpg', '01', bucket => 'nobodys')), 0::bigint, 'a bucket of no cache');
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', E'odd/../\u0001%0A', '01')), 1::bigint, 'a name that nobody may write, but the bucket holds');
set client_min_messages = warning;
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', key, '01')), 0::bigint, 'no row can have the key ' || left(key, 10)) from unnest(array['a%00b', 'a%', 'a%zz', '%FF', '%ED%A0%80', repeat('x', 1025)]) key;
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', '%FF', '01'), pg_temp.rec('ObjectCreated:Put', repeat('x', 1024), '01')), 1::bigint, 'the others of the call are applied');
reset client_min_messages;

-- What is news, and what is not.
create function pg_temp.after(name text, version text default null) returns text language plpgsql as $$
declare counted bigint;
begin
    perform pg_temp.fresh();
    perform pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'a', '01'));
    counted := pg_temp.told(pg_temp.rec(name, 'a', '02', 'e2', version => version));
    return counted || ' ' || pg_temp.row_of('a');
end $$;
select is(pg_temp.after(name, version), expected, concat_ws(' of version ', name, version)) from (values
    ('ObjectCreated:Put', null, '1 present e2 1'), ('s3:ObjectCreated:Post', null, '1 present e2 1'), ('ObjectCreated:Put', 'v2', '1 present e2 1'), ('ObjectCreated:Future', null, '1 present e2 1'),
    ('ObjectRemoved:Delete', null, '1 gone'), ('ObjectRemoved:Delete', '', '1 gone'), ('ObjectRemoved:Delete', 'v1', '1 unverified e1 1'),
    ('ObjectRemoved:DeleteMarkerCreated', 'm1', '1 gone'), ('s3:LifecycleExpiration:Delete', null, '1 gone'), ('LifecycleExpiration:Delete', 'v1', '1 unverified e1 1'),
    ('LifecycleExpiration:DeleteMarkerCreated', 'm1', '1 gone'), ('LifecycleTransition', null, '1 unverified e1 1'), ('ReducedRedundancyLostObject', null, '1 unverified e1 1'),
    ('ObjectRestore:Post', null, '1 unverified e1 1'), ('ObjectRestore:Completed', null, '1 unverified e1 1'), ('IntelligentTiering', null, '1 unverified e1 1'),
    ('ObjectTagging:Put', null, '0 present e1 1'), ('ObjectTagging:Delete', null, '0 present e1 1'), ('ObjectAcl:Put', null, '0 present e1 1'), ('Replication:OperationFailedReplication', null, '0 present e1 1'),
    ('s3:ObjectAccessed:Head', null, '0 present e1 1'), ('s3:ObjectCreated:PutTagging', null, '0 present e1 1'), ('ObjectLifecycle:Expiration:AbortMultipartUpload', null, '0 present e1 1'), ('Whatever', null, '0 present e1 1')) v (name, version, expected);
select pg_temp.fresh() \g /dev/null
select pg_temp.told(pg_temp.rec('ObjectRemoved:Delete', 'a', '01', version => 'marker')) \g /dev/null
select is(pg_temp.row_of('a'), 'unverified', 'of a version, without a row: what is current now may have come to light');
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'b', '01'), pg_temp.rec('LifecycleTransition', 'b', null)), 2::bigint, 'news without a sequencer');
select is(pg_temp.row_of('b'), 'unverified', 'have no order');
select pg_temp.fresh(), pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'c', null)), pg_temp.told(pg_temp.rec('ObjectRemoved:Delete', 'd', null)) \g /dev/null
select is(pg_temp.row_of('c') || ' ' || pg_temp.row_of('d'), 'unverified unverified', 'nor has anything without one');
select pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'e', '01') #- '{s3,object,size}'), pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'f', '01') #- '{s3,object,eTag}'), pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'g', '01') - 'eventTime') \g /dev/null
select is(pg_temp.row_of('e') || ' ' || pg_temp.row_of('f') || ' ' || pg_temp.row_of('g'), 'unverified unverified unverified', 'what a record does not tell must be asked for');

-- Several of one object in a call.
select pg_temp.fresh() \g /dev/null
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'a', '03', 'e3'), pg_temp.rec('ObjectCreated:Put', 'a', '01'), pg_temp.rec('ObjectRemoved:Delete', 'a', '02'), pg_temp.rec('ObjectCreated:Put', 'a', '03', 'e3')), 3::bigint, 'each that was not known counts, once');
select is(pg_temp.row_of('a'), 'present e3 1', 'and the newest says what is');
select is(pg_temp.told(pg_temp.rec('ObjectRemoved:Delete', 'a', '05'), pg_temp.rec('ObjectCreated:Put', 'a', '04')), 2::bigint, 'a removal that comes first');
select is(pg_temp.row_of('a'), 'gone', 'but happened last');

-- Envelopes.
select pg_temp.fresh() \g /dev/null
select is(s3cache.ingest_event('{"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2014-10-13T15:57:02.089Z", "Bucket": "shop", "RequestId": "5582815E1AEA5ADF", "HostId": "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR"}'), 0::bigint, 'the test event');
select is(s3cache.ingest_event('{"Records": []}'), 0::bigint, 'no records');
select is(s3cache.ingest_event(jsonb_build_object('Type', 'Notification', 'MessageId', 'x', 'TopicArn', 'arn:aws:sns:…', 'Message', jsonb_build_object('Records', jsonb_build_array(pg_temp.rec('ObjectCreated:Put', 'sns', '01')))::text)), 1::bigint, 'SNS');
select is(s3cache.ingest_event('{"Type": "Notification", "Message": "{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\"}"}'), 0::bigint, 'with the test event');
create function pg_temp.bridge(kind text, key text, seq text, more jsonb default '{}') returns jsonb language sql as $$
    select jsonb_build_object('version', '0', 'id', '17793124-05d4-b198-2fde-7ededc63b103', 'detail-type', kind, 'source', 'aws.s3', 'account', '111122223333',
        'time', '2021-11-12T00:00:00Z', 'region', 'ca-central-1', 'resources', '["arn:aws:s3:::shop"]'::jsonb,
        'detail', jsonb_build_object('version', '0', 'bucket', '{"name": "shop"}'::jsonb, 'request-id', 'N4N7GDK58NMKJ12R', 'requester', '123456789012',
            'object', jsonb_build_object('key', key, 'size', 5, 'etag', 'b1946ac92492d2347c6235b4d2611184', 'version-id', more ->> 'version-id', 'sequencer', seq)) || more - 'version-id')
$$;
select is(s3cache.ingest_event(pg_temp.bridge('Object Created', 'a+b%20ä.jpg', '617F08299329D189', '{"version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e", "reason": "PutObject"}')), 1::bigint, 'EventBridge');
select is(row(filename, size, etag, last_modified at time zone 'UTC')::text, '(a+b%20ä.jpg,5,b1946ac92492d2347c6235b4d2611184,"2021-11-12 00:00:00")', 'encodes no keys') from s3_image_cache where filename ~ '^a';
select is(s3cache.ingest_event(pg_temp.bridge('Object Deleted', 'a+b%20ä.jpg', '617F08299329D18A', '{"version-id": "1QW9g1Z99LUNbvaaYVpW9xDlOLU.qxgF", "deletion-type": "Delete Marker Created"}')), 1::bigint, 'a delete marker');
select is(pg_temp.row_of('a+b%20ä.jpg'), 'gone', 'removes');
select s3cache.ingest_event(pg_temp.bridge('Object Created', 'b', '01')), s3cache.ingest_event(pg_temp.bridge('Object Deleted', 'b', '02', '{"deletion-type": "Permanently Deleted"}')) \g /dev/null
select is(pg_temp.row_of('b'), 'gone', 'so does a deletion');
select s3cache.ingest_event(pg_temp.bridge('Object Created', 'c', '01')), s3cache.ingest_event(pg_temp.bridge('Object Deleted', 'c', '02', '{"version-id": "v", "deletion-type": "Permanently Deleted"}')) \g /dev/null
select is(pg_temp.row_of('c'), 'unverified b1946ac92492d2347c6235b4d2611184 5', 'but not that of a version');
select is(s3cache.ingest_event(pg_temp.bridge(kind, 'd', null)), counted, kind) from (values ('Object Storage Class Changed', 1::bigint), ('Object Access Tier Changed', 1), ('Object Restore Initiated', 1), ('Object Restore Completed', 1), ('Object Restore Expired', 1),
    ('Object ACL Updated', 0), ('Object Tags Added', 0), ('Object Tags Deleted', 0)) v (kind, counted);
select is(s3cache.ingest_event(pg_temp.bridge('Object Created', 'd', null) || '{"detail-type": "Scheduled Event"}'), 0::bigint, 'other events of EventBridge');

-- What is none.
select pg_temp.fresh() \g /dev/null
create function pg_temp.good() returns jsonb language sql as $$ select pg_temp.rec('ObjectCreated:Put', 'good', '01') $$;
select is(pg_temp.said(format('s3cache.ingest_event(%L)', event)), '22023 Cannot ingest the event: ' || problem || '.', coalesce(left(event, 60), 'NULL')) from (values
    (null, 'it is NULL'), ('{}', 'it has no Records'), ('null', 'it has no Records'), ('[]', 'it has no Records'), ('"detail-type"', 'it has no Records'), ('1', 'it has no Records'), ('{"Records": {}}', 'it has no Records'),
    ('{"Type": "Notification", "Message": "no"}', 'the Message of the SNS notification is no JSON'), ('{"Type": "Notification", "Message": "{}"}', 'it has no Records'),
    ('{"Type": "SubscriptionConfirmation", "Message": "You have chosen to subscribe"}', 'it has no Records'), ('{"detail-type": "Object Created"}', 'it has no Records'),
    ('{"detail-type": "Object Created", "detail": {}}', 'its detail has no bucket name'), ('{"detail-type": "Object Created", "detail": {"bucket": {"name": "shop"}}}', 'its detail has no object key'),
    ('{"Records": [1]}', 'Records[0] has no eventName'), ('{"Records": [{"messageId": "x", "body": "{}", "eventSource": "aws:sqs"}]}', 'Records[0] has no eventName'),
    (jsonb_build_object('Records', jsonb_build_array(pg_temp.good(), pg_temp.good() - 's3'))::text, 'Records[1] has no bucket name'),
    (jsonb_build_object('Records', jsonb_build_array(pg_temp.good(), pg_temp.good() #- '{s3,object,key}'))::text, 'Records[1] has no object key'),
    (jsonb_build_object('Records', jsonb_build_array(pg_temp.good(), jsonb_set(pg_temp.good(), '{s3,object,size}', '-1')))::text, 'Records[1] has an object size that is none'),
    (jsonb_build_object('Records', jsonb_build_array(jsonb_set(pg_temp.good(), '{s3,object,size}', '1.5')))::text, 'Records[0] has an object size that is none'),
    (jsonb_build_object('Records', jsonb_build_array(jsonb_set(pg_temp.good(), '{s3,object,size}', '1e30')))::text, 'Records[0] has an object size that is none'),
    (jsonb_build_object('Records', jsonb_build_array(pg_temp.good() || '{"eventTime": "yesterday"}'))::text, 'Records[0] has a time that is none'),
    (jsonb_build_object('Records', jsonb_build_array(pg_temp.good() || '{"eventTime": "2024-02-30T00:00:00Z"}'))::text, 'Records[0] has a time that is none'),
    (jsonb_build_object('Records', jsonb_build_array(pg_temp.good() || '{"eventTime": "infinity"}'))::text, 'Records[0] has a time that is none')) v (event, problem);
select is(pg_temp.said($$s3cache.ingest_event((select jsonb_build_object('Records', jsonb_agg(pg_temp.good())) from generate_series(1, 10001)))$$), '22023 Cannot ingest the event: it has 10001 Records, and 10000 are the most.', '10001 records');
select is((select count(*) from s3cache.object), 0::bigint, 'nothing of them is applied');
-- Each part of an event replaced by something else: applied, or refused as above.
create function pg_temp.broken(event jsonb) returns text language plpgsql as $$
declare
    paths text[] := array(
        with recursive part as (
            select '{}'::text[] as path, event as value
            union all
            select p.path || c.key, c.value
            from part p, lateral (
                select e.key, e.value from jsonb_each(case jsonb_typeof(p.value) when 'object' then p.value else '{}' end) e
                union all
                select (e.n - 1)::text, e.value from jsonb_array_elements(case jsonb_typeof(p.value) when 'array' then p.value else '[]' end) with ordinality as e (value, n)) c
        )
        select array_to_string(path, ',') from part);
    path text;
    other jsonb;
    said text;
    wrong text := '';
    tried integer := 0;
begin
    foreach path in array paths loop
        for other in select v::jsonb from unnest(array['null', 'true', '[]', '{}', '[[]]', '{"key": 1}', '0', '-1', '1e400', '""', '"x"', '" "', '"%"', '"0x"', '"999999999999999999999"', '"2024-13-01T00:00:00Z"',
            '"0000-01-01T00:00:00Z"', '"9999-12-31T23:59:59.999999999+99:99"', '"ObjectRemoved:Delete"', '"s3:"', '"\u0001\ud83d\ude00"']) v loop
            said := pg_temp.said(format('s3cache.ingest_event(%L)', case path when '' then other else jsonb_set(event, ('{' || path || '}')::text[], other) end));
            tried := tried + 1;
            if said !~ '^([01]$|22023 Cannot ingest the event: .*\.$)' then
                wrong := wrong || format('%s = %s: %s; ', path, other, said);
            end if;
        end loop;
    end loop;
    return case when tried > 300 then wrong else 'only ' || tried end;
end $$;
set client_min_messages = warning;
select is(pg_temp.broken(jsonb_build_object('Records', jsonb_build_array(pg_temp.rec('ObjectCreated:Put', 'broken', '02', version => 'v')))), '', 'an event of S3 with a part that is something else');
select is(pg_temp.broken(pg_temp.bridge('Object Deleted', 'broken', '03', '{"deletion-type": "Permanently Deleted"}')), '', 'one of EventBridge');
select is(pg_temp.broken(jsonb_build_object('Type', 'Notification', 'Message', jsonb_build_object('Records', jsonb_build_array(pg_temp.rec('ObjectCreated:Put', 'broken', '04')))::text)
    || '{"a": {"b": [{"c": 1, "d": {"e": null, "f": [1, 2, 3, 4]}}, {"g": "h", "i": "j", "k": "l"}]}}'), '', 'one of SNS');
reset client_min_messages;
begin isolation level repeatable read;
select is(pg_temp.said($$s3cache.ingest_event('{"Records": []}')$$), '25000 s3cache.ingest_event() cannot see what is newer inside a REPEATABLE READ transaction.', 'in an old snapshot');
rollback;

-- Rows that others wrote: what is true now is not in the event alone.
select pg_temp.fresh() \g /dev/null
insert into s3cache.object (cache_id, filename, state, size, etag, last_modified) select 1, n, 'present', 1, 'e1', '1970-01-01 00:16:41.5+00' from unnest(array['same', 'created', 'removed', 'confirmed']) n;
insert into s3_image_cache (filename) values ('added'), ('added, removed');
insert into s3cache.tombstone (cache_id, filename) values (1, 'deleted'), (1, 'deleted, removed');
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'created', '02', 'e2'), pg_temp.rec('ObjectRemoved:Delete', 'removed', '02'), pg_temp.rec('ObjectCreated:Put', 'added', '02'),
    pg_temp.rec('ObjectRemoved:Delete', 'added%2C+removed', '02'), pg_temp.rec('ObjectCreated:Put', 'deleted', '02'), pg_temp.rec('ObjectRemoved:Delete', 'deleted%2C+removed', '02'),
    pg_temp.rec('ObjectCreated:Put', 'confirmed', '02', 'e1')), 7::bigint, 'first events of rows and tombstones that know of none');
select is(pg_temp.row_of(n), s, n) from (values ('created', 'unverified e1 1'), ('removed', 'unverified e1 1'), ('added', 'unverified'), ('added, removed', 'unverified'), ('deleted', 'unverified'), ('deleted, removed', 'gone'), ('confirmed', 'present e1 1')) v (n, s);
select is(last_modified at time zone 'UTC', '1970-01-01 00:16:41.5', 'the same contents are what is there: the finer time stays') from s3_image_cache where filename = 'confirmed';
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'created', '02', 'e2'), pg_temp.rec('ObjectCreated:Put', 'confirmed', '02', 'e1')), 0::bigint, 'now they know of it');
call pg_temp.look('created', 'e2', 1, to_timestamp(1002));
select is(pg_temp.row_of('created'), 'present e2 1', 'HEAD says what is there');
select pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'created', '01', 'e1')), pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'created', '03', 'e3')) \g /dev/null
select is(pg_temp.row_of('created'), 'present e3 1', 'from then on order is known');
update s3cache.object set etag = 'e5', last_modified = to_timestamp(1005) where filename = 'created';
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'created', '04', 'e4')), 1::bigint, 'an event that came after, but tells of something older than what a rebuild saw');
select is(pg_temp.row_of('created'), 'unverified e5 1', 'is not believed');
call pg_temp.look('removed', null, null, null);
select is(pg_temp.row_of('removed'), 'missing e1 1', 'HEAD found nothing');
select pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'removed', '03', 'e3')) \g /dev/null
select is(pg_temp.row_of('removed'), 'unverified e1 1', 'when that was is not known');

-- A deletion through s3cache, after one that an event told of.
select pg_temp.fresh(), pg_temp.told(pg_temp.rec('ObjectRemoved:Delete', 'a', '01'), pg_temp.rec('ObjectRemoved:Delete', 'b', '01')) \g /dev/null
update s3cache.tombstone set deleted_xid = '3' where filename = 'b';
select pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'a', '02'), pg_temp.rec('ObjectCreated:Put', 'b', '02')) \g /dev/null
select is(pg_temp.row_of('a') || ', ' || pg_temp.row_of('b'), 'present e1 1, unverified', 'makes what was created in an order that is not known');
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'b', '01')), 0::bigint, 'though not what is older than the event');

-- Another bucket has sequencers of its own.
select pg_temp.fresh(), pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'a', 'FF')), s3cache.configure(bucket => 'shop2') \g /dev/null
select is(pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'a', '01', 'e2', bucket => 'shop2')), 1::bigint, 'a smaller sequencer in another bucket');
select is(pg_temp.row_of('a'), 'unverified e1 1', 'is not older, but of no order');
select s3cache.configure(bucket => 'shop') \g /dev/null

-- Ceph, in its own order of bytes.
select pg_temp.fresh() \g /dev/null
select is(pg_temp.told(pg_temp.rec('s3:ObjectCreated:Put', 'a', 'FFE6D75D00000000', source => 'ceph:s3', at => '2019-11-22T13:47:43Z')), 1::bigint, 'Ceph: created');
select is(pg_temp.told(pg_temp.rec('s3:ObjectRemoved:Delete', 'a', '00E7D75D00000000', source => 'ceph:s3', at => '2019-11-22T13:47:44Z', version => '')), 1::bigint, 'and removed a second later');
select is(pg_temp.row_of('a'), 'gone', 'though its digits are smaller');
-- As Ceph RGW 16 sent it: with a key that is not encoded.
select is(s3cache.ingest_event('{"Records":[{"eventVersion":"2.2","eventSource":"ceph:s3","awsRegion":"","eventTime":"2026-11-21T19:19:59.123739Z","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"main"},"requestParameters":{"sourceIPAddress":""},"responseElements":{"x-amz-request-id":"c8ecf37c-8bc7-4ebc-834e-2178dd599d4b.4107.7750531204406860924","x-amz-id-2":"100b-default-default"},"s3":{"s3SchemaVersion":"1.0","configurationId":"n","bucket":{"name":"shop","ownerIdentity":{"principalId":"main"},"arn":"arn:aws:s3:::shop","id":"c8ecf37c-8bc7-4ebc-834e-2178dd599d4b.4109.1"},"object":{"key":"x y+z%20/ä&\"😀.jpg","size":0,"eTag":"d41d8cd98f00b204e9800998ecf8427e","versionId":"","sequencer":"DFEE016BA8BF7707","metadata":[{"key":"x-amz-date","val":"20261121T191959Z"}],"tags":[]}},"eventId":"1795288799.125288.d41d8cd98f00b204e9800998ecf8427e","opaqueData":""}]}'), 1::bigint, 'a record of Ceph''s');
select is(pg_temp.row_of('x y+z%20/ä&"😀.jpg'), 'present d41d8cd98f00b204e9800998ecf8427e 0', 'whose keys are not encoded');

-- Whatever order events come in, however often and in whatever portions, the end is the same as in their own order.
create temporary table history (object integer, n integer, record jsonb, primary key (object, n));
create function pg_temp.end_of(object integer) returns text language sql as $$ select pg_temp.row_of('o' || object) $$;
create function pg_temp.histories(seed double precision) returns text language plpgsql as $$
declare
    wrong text;
    portion jsonb;
    pending jsonb[];
    expected text[];
begin
    perform setseed(seed);
    truncate history;
    insert into history
    select o, n, case
            when r < 0.55 then pg_temp.rec('ObjectCreated:Put', 'o' || o, upper(to_hex(n + 16)), 'e' || floor(random() * 3), n)
            when r < 0.9 then pg_temp.rec('ObjectRemoved:Delete', 'o' || o, upper(to_hex(n + 16)))
            else pg_temp.rec('ObjectRemoved:Delete', 'o' || o, upper(to_hex(n + 16)), version => 'v') end
    from generate_series(1, 12) o, lateral (select n, random() as r from generate_series(1, 1 + floor(random() * 7)::integer) n where o > 0) s;
    expected := array(
        select case when h.record ->> 'eventName' ~ 'Created' then concat_ws(' ', 'present', h.record #>> '{s3,object,eTag}', h.record #>> '{s3,object,size}')
            when h.record #> '{s3,object,versionId}' is not null then 'unverified' else 'gone' end
        from (select distinct on (object) * from history order by object, n desc) h order by h.object);
    perform pg_temp.fresh();
    pending := array(select h.record from history h, generate_series(1, 3) copy where copy = 1 or random() < 0.3 order by random());
    while cardinality(pending) > 0 loop
        portion := to_jsonb(pending[1:1 + floor(random() * 5)::integer]);
        perform s3cache.ingest_event(jsonb_build_object('Records', portion));
        pending := pending[jsonb_array_length(portion) + 1:];
    end loop;
    -- Where a version was removed the row may be in doubt, whatever came after: a worker looks.
    select string_agg(format('o%s is %s, not %s', o, pg_temp.end_of(o), expected[o]), ', ') into wrong
    from generate_series(1, 12) o
    where case
        when pg_temp.end_of(o) ~ '^unverified' then not exists (select from history h where h.object = o and h.record #> '{s3,object,versionId}' is not null)
        else pg_temp.end_of(o) <> expected[o] end;
    return coalesce(wrong, '');
end $$;
select is(string_agg(pg_temp.histories(seed / 1000.0), '' order by seed), '', '300 histories of 12 objects, shuffled and repeated') from generate_series(1, 300) seed;

-- Many at once, beside a large table whose statistics say that it is empty, as those do that are taken while it is loaded: each is
-- looked up.
select pg_temp.fresh() \g /dev/null
insert into s3cache.object (cache_id, filename, state, size, etag) select 1, 'many' || g, 'present', 1, 'e1' from generate_series(1, 100000) g;
update pg_class set reltuples = 0, relpages = pg_relation_size(oid) / 8192 where oid = 's3_image_cache'::regclass;
select is(pg_temp.told(variadic array(select pg_temp.rec('ObjectCreated:Put', 'many' || g * 7, '02', 'e1') from generate_series(1, 10000) g)), 10000::bigint, '10,000 records');
select is((select count(*) from s3cache.object where event_sequencer is not null and state = 'present'), 10000::bigint, 'all applied');
begin;
create temporary table scans as select seq_tup_read, idx_tup_fetch from pg_stat_xact_user_tables where relid = 's3_image_cache'::regclass;
select pg_temp.told(pg_temp.rec('ObjectCreated:Put', 'many1', '02', 'e2'), pg_temp.rec('ObjectRemoved:Delete', 'many7', '03'), pg_temp.rec('ObjectCreated:Put', 'few', '02')) \g /dev/null
select is(s.seq_tup_read, t.seq_tup_read, 'nothing reads the table') from pg_stat_xact_user_tables s, scans t where s.relid = 's3_image_cache'::regclass;
select cmp_ok(s.idx_tup_fetch - coalesce(t.idx_tup_fetch, 0), '<', 100::bigint, 'nor an index of it') from pg_stat_xact_user_tables s, scans t where s.relid = 's3_image_cache'::regclass;
select is((select count(distinct l.relation) from pg_locks l join s3cache.created_cache c on l.relation = s3cache.partition_of(c.name)), 0::bigint, 'other caches are not locked');
commit;
select * from finish();
