#!/usr/bin/env bash
# Events that come in two sessions at once, beside users who write the same rows, and while a rebuild lists: none is lost, the
# newer one says what the row is, and none waits for another while that waits for it.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

db=${tag}_event_races
new_database "$db" && sql "$db" -c 'create extension s3cache' -c "select s3cache.configure(bucket => 'shop'), s3cache.create_cache('second', 'shop', 's/')" -o /dev/null || exit 1
# told NAMES SEQUENCER MEANING [ETAG]: one call, a record for each letter of NAMES, in that order.
sql "$db" -f - <<'SQL' || exit 1
create function told(names text, seq text, meaning text, etag text default 'e1') returns bigint language sql as $$
    select s3cache.ingest_event(jsonb_build_object('Records', (
        select jsonb_agg(jsonb_build_object('eventName', case meaning when 'version' then 'ObjectRemoved:Delete' else meaning end,
            'eventTime', '2024-01-01T00:00:' || lpad(ascii(seq)::text, 2, '0') || 'Z',
            's3', jsonb_build_object('bucket', '{"name": "shop"}'::jsonb, 'object', jsonb_build_object('key', n, 'size', 1, 'eTag', etag, 'sequencer', seq)
                || case meaning when 'version' then '{"versionId": "v"}'::jsonb else '{}' end)) order by o)
        from string_to_table(names, ',') with ordinality t (n, o))))
$$;
create view rows as
select coalesce(string_agg(concat_ws(' ', n.filename, coalesce(o.state, 'gone'), o.etag), ', ' order by n.filename), '') as said
from (select filename from s3cache.object where cache_id = 1 union select filename from s3cache.tombstone where cache_id = 1) n
left join s3cache.object o on o.cache_id = 1 and o.filename = n.filename;
create function fresh() returns void language sql as $$ delete from s3cache.object; delete from s3cache.tombstone; delete from s3cache.job; $$;
SQL
# shellcheck source=sql/test/support/sessions.sh
. sql/test/support/sessions.sh

# meet FIRST END SECOND SAYS ROWS: A does FIRST and holds its transaction; B does SECOND and waits; A ends; B says SAYS, and these are
# the ROWS.
meet() {
    local said
    sql "$db" -c 'select fresh()' -c "${start:-select 1}" -o /dev/null && tell A begin && tell A "$1" >/dev/null && send B "$3" && until_blocked B && tell A "$2" || return 1
    said=$(hear B) || { echo "B: $said" && return 1; }
    [ "$said" = "$4" ] || { echo "B said: $said" && return 1; }
    answers "$db" "$5" 'select said from rows'
}
created="told('%s', '%s', 'ObjectCreated:Put', '%s')" removed="told('%s', '%s', 'ObjectRemoved:Delete')"
# shellcheck disable=SC2059  # these are formats
create() { printf "select $created" "$@"; }
# shellcheck disable=SC2059
remove() { printf "select $removed" "$@"; }

for end in commit rollback; do
    counts=0
    [ $end = commit ] || counts=1
    prove "$end: the same event in two sessions" meet "$(create a 1 e1)" $end "$(create a 1 e1)" $counts 'a present e1'
    [ $end = commit ] && rows='a present e2' || rows='a present e1'
    prove "$end: the older of two comes second" meet "$(create a 2 e2)" $end "$(create a 1 e1)" $counts "$rows"
    prove "$end: the newer of two comes second" meet "$(create a 1 e1)" $end "$(create a 2 e2)" 1 'a present e2'
    [ $end = commit ] && rows='a gone' || rows='a present e1'
    prove "$end: an object is removed, and what created it comes second" meet "$(remove a 2)" $end "$(create a 1 e1)" $counts "$rows"
    prove "$end: an object is created, and removed in the other session" meet "$(create a 1 e1)" $end "$(remove a 2)" 1 'a gone'
    start="$(create a,b 1 e1)"
    prove "$end: rows that are there, in opposite orders" meet "$(create a,b 2 e2)" $end "$(create b,a 3 e3)" 2 'a present e3, b present e3'
    start=
done
prove 'a user adds the row at the same time: what is true is not known' meet "insert into s3_image_cache (filename) values ('a')" commit "$(create a 1 e1)" 1 'a unverified'
prove 'nor is its removal' eval "start=\"insert into s3_image_cache (filename) values ('b')\" meet \"delete from s3_image_cache where filename = 'b'\" rollback \"\$(remove b 1)\" 1 'b unverified'"
prove 'unless the user does not after all' meet "insert into s3_image_cache (filename) values ('a')" rollback "$(create a 1 e1)" 1 'a present e1'
start="$(create a,b,c 1 e1)"
prove 'a user forgets the row at the same time' meet "delete from s3_image_cache where filename = 'b'" commit "$(create a,b,c 2 e2)" 3 'a present e2, b present e2, c present e2'
prove 'or forgets it after all not' meet "delete from s3_image_cache where filename = 'b'" rollback "$(create c,b,a 2 e2)" 3 'a present e2, b present e2, c present e2'
prove 'a user holds one of the rows that are removed' meet "select 1 from s3_image_cache where filename = 'b' for update" commit "$(remove a,b,c 2)" 3 'a gone, b gone, c gone'
start=

# An upload of a completes between the decisions of a call, which has found no row a to remove, and what it writes by them: the call
# waits for somebody who adds row b.
beside_upload() {
    local said
    sql "$db" -f - -o "$work/upload.log" <<'SQL' || return 1
select fresh();
select s3cache.upload('a', '\xffd8ff') as up \gset
select s3cache.register_worker('u', 'h', 3, s3cache.version(), '1 hour', '{}') as worker \gset
create table uploading as select id, token from s3cache.claim_jobs(:worker, 10, false) where id = :up;
SQL
    tell A begin && tell A "insert into s3_image_cache (filename) values ('b')" &&
        send B "select s3cache.ingest_event(jsonb_build_object('Records', jsonb_agg(jsonb_build_object('eventName', e.name, 'eventTime', '2024-01-01T00:00:01Z',
            's3', jsonb_build_object('bucket', '{\"name\": \"shop\"}'::jsonb, 'object', jsonb_build_object('key', e.key, 'size', 1, 'eTag', 'e1', 'sequencer', '1'))))))
            from (values ('a', 'ObjectRemoved:Delete'), ('b', 'ObjectCreated:Put')) e (key, name)" &&
        until_blocked B && sql "$db" -c "select s3cache.complete_upload(id, token, 'uploaded', 1, null, null, null, null) from uploading" -o /dev/null &&
        tell A rollback && said=$(hear B) || return 1
    echo "$said" | same <(echo 2) - && sql "$db" -c 'drop table uploading' && answers "$db" 'a unverified uploaded, b present e1' 'select said from rows' &&
        answers "$db" 0 'select count(*) from s3cache.tombstone' && sql "$db" -c 'select fresh()' -o /dev/null
}
prove 'a removal beside an upload that completes: its row stays, and a worker looks' beside_upload

# Other caches and other objects.
passes() { tell A begin && tell A "$1" >/dev/null && tell B "set lock_timeout = '2s'; $2; reset lock_timeout" >/dev/null; local status=$?; tell A rollback; return $status; }
prove 'an event of another cache does not wait' passes "$(remove a 1)" "select s3cache.ingest_event('{\"Records\": []}')"
prove 'nor who adds another row' passes "$(create a 1 e1)" "insert into s3_image_cache (filename) values ('b')"
prove 'nor who reads' passes "$(create a 1 e1)" 'select count(*) from s3cache.object'
prove 'nor a claim' passes "$(create a 1 e1)" "select s3cache.claim_jobs(s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}'), 1, false)"

# Who is woken, and by what.
hears() {
    sql "$db" -c 'select fresh()' -c "update s3cache.worker set parked = true" -o /dev/null && tell B 'listen s3cache_wake' && tell A "$1" >/dev/null &&
        tell B 'select 1' >"$work/heard" && tell B 'unlisten *' && awk '/s3cache_wake/ { n++ } END { print n + 0 }' "$work/heard" | same <(echo "$2") -
}
prove 'a row in doubt wakes a parked worker' hears "select told('a', '1', 'version')" 1
prove 'one that is not wakes none' hears "$(create a 1 e1)" 0

# --- a rebuild that has listed, and events that come before it writes
worker=$(sql "$db" -c "select s3cache.register_worker('r', 'h', 2, s3cache.version(), '1 hour', '{}')")
# rebuilds EVENTS CHANGES ROWS: with rows kept, old and removed that a rebuild knew; the events come after its slice was listed, and it
# found what CHANGES says, (remove, filename, etag)….
rebuilds() {
    sql "$db" -v worker="$worker" -f - -o "$work/rebuild.log" <<SQL && answers "$db" "$3" 'select said from rows'
select fresh();
$(create old,removed,renewed 1 e1);
select s3cache.rebuild() as job \gset
select token from s3cache.claim_jobs(:worker, 10, false) where id = :job \gset
select pg_current_snapshot() as fence \gset
$1;
begin;
select s3cache.listing_plan(:job, :token);
insert into s3cache.rebuild_change (job_id, part, slice, remove, filename, size, etag)
select :job, 0, 0, c.remove, c.filename, 1, c.etag from (values $2) c (remove, filename, etag);
select s3cache.record_pages(:job, :token, 0, :'fence', '{null}', '{null}', array_fill(0::bigint, array[12]), 1);
commit;
select s3cache.apply_slice(:job, :token);
select s3cache.complete_rebuild(:job, :token, '{}');
SQL
}
prove 'what was created after the listing stays' rebuilds "$(create new 2 e2)" "(true, 'new', null)" 'new present e2, old present e1, removed present e1, renewed present e1'
prove 'what was overwritten is not put back' rebuilds "$(create old 2 e2)" "(false, 'old', 'e0')" 'old present e2, removed present e1, renewed present e1'
prove 'what was removed does not come back' rebuilds "$(remove removed 2)" "(false, 'removed', 'e1')" 'old present e1, removed gone, renewed present e1'
prove 'nor what was never a row' rebuilds "$(remove listed 2)" "(false, 'listed', 'e1')" 'listed gone, old present e1, removed present e1, renewed present e1'
prove 'what is in doubt stays so' rebuilds "select told('old', '2', 'version')" "(true, 'old', null)" 'old unverified e1, removed present e1, renewed present e1'
prove 'what was removed and created anew is the new one' rebuilds "$(remove renewed 2); $(create renewed 3 e3)" "(true, 'renewed', null)" 'old present e1, removed present e1, renewed present e3'
prove 'of all else the listing tells' rebuilds "$(create new 2 e2)" "(true, 'old', null), (false, 'more', 'e9')" 'more present e9, new present e2, removed present e1, renewed present e1'
# direct: an empty cache, into which a rebuild copies what it lists.
copies() {
    sql "$db" -v worker="$worker" -f - <<SQL | tail -n 1 | same <(echo "$2") -
select fresh() \g /dev/null
select s3cache.rebuild() as job \gset
select token from s3cache.claim_jobs(:worker, 10, false) where id = :job \gset
select pg_current_snapshot() as fence \gset
$1 \g /dev/null
select s3cache.may_copy(:job, :token, 1, :'fence');
SQL
}
prove 'after a removal nothing is copied straight into an empty cache' copies "$(remove gone 1)" f
prove 'without one it is' copies 'select 1' t
prune() {
    sql "$db" -c 'select fresh()' -c "insert into s3cache.tombstone (cache_id, filename, deleted_at, event_sequencer) values
        (1, 'job 2d', clock_timestamp() - interval '2 days', null), (1, 'event 2d', clock_timestamp() - interval '2 days', '1'), (1, 'event 16d', clock_timestamp() - interval '16 days', '1')" -o /dev/null &&
        answers "$db" 2 'select pruned from s3cache.prune_tombstones(10)' && answers "$db" 'event 2d' "select string_agg(filename, ',') from s3cache.tombstone"
}
prove 'what events told of removals is remembered for as long as queues hold events' prune

# --- a storm: four sessions, each with all events in an order of its own, in portions
sql "$db" -c 'select fresh()' -f - -o /dev/null <<'SQL'
create table storm as
select o, n, jsonb_build_object('eventName', case when (o * 7 + n) % 3 = 0 then 'ObjectRemoved:Delete' else 'ObjectCreated:Put' end,
    'eventTime', to_char(timestamptz '2024-01-01 00:00:00Z' + n * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    's3', jsonb_build_object('bucket', '{"name": "shop"}'::jsonb, 'object', jsonb_build_object('key', 'o' || o, 'size', n, 'eTag', 'e' || n, 'sequencer', lpad(to_hex(n), 4, '0')))) as record
from generate_series(1, 40) o, generate_series(1, 12) n;
create procedure storm(seed double precision) language plpgsql as $$
declare portion jsonb;
begin
    perform setseed(seed);
    for portion in
        select jsonb_agg(record) from (select record, row_number() over (order by random()) / 7 as p from storm) s group by p
    loop
        perform s3cache.ingest_event(jsonb_build_object('Records', portion));
        commit;
    end loop;
end $$;
SQL
weathered() {
    local pids=() seed
    for seed in 0.1 0.2 0.3 0.4; do sql "$db" -c "call storm($seed)" & pids+=($!); done
    for seed in "${pids[@]}"; do wait "$seed" || return 1; done
    answers "$db" 40 "select count(*) from (select distinct on (o) 'o' || o as name, n, record from storm order by o, n desc) s
        left join s3cache.object r on r.cache_id = 1 and r.filename = s.name
        where case when record ->> 'eventName' ~ 'Created' then r.state = 'present' and r.etag = 'e' || n and r.size = n else r.id is null end"
}
prove 'four sessions with all events in orders of their own end with what the newest say' weathered

close_sessions
finish
