#!/usr/bin/env bash
# pg_dump and pg_restore keep everything, of both ways to install, and a restored copy runs nothing until it is told to.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh
# shellcheck source=sql/test/support/server.sh
. sql/test/support/server.sh

app=${tag}_app
new_user "$app"
"$sqlbundle" migration --sql sql --schema public >"$work/migrate.sql" || exit 1
new_server "$work/pg" && offer "$work/pg" sql || exit 1
other=$work/pg
on "$other" sql postgres -c "create role $app" || exit 1

kept() { sql "$1" -v app="$app" -f sql/test/support/user_data_kept.sql -f "$work/bytes_kept.sql"; }
# Uploads that have not ended, one of them running and one failed, who is behind whom, and what a read fetched.
cat >"$work/bytes.sql" <<'SQL'
select s3cache.create_cache('bytes'), s3cache.configure(paused => true), s3cache.configure('second', paused => true) \g /dev/null
select s3cache.register_worker('bytes', 'here', 1, s3cache.version(), '1 hour', '{}') as worker,
    s3cache.upload('failed.bin', '\xffd8ff01', cache => 'bytes') as failed, s3cache.read('read.bin', cache => 'bytes') as read,
    s3cache.upload('running.bin', '\xffd8ff00', metadata => '{"a": "b"}', cache => 'bytes') as running, s3cache.delete_object('running.bin', 'bytes') as behind,
    s3cache.upload('freed.bin', '\xffd8ff04', cache => 'bytes') as ended, s3cache.upload('freed.bin', '\xffd8ff05', cache => 'bytes') as freed \gset
create temporary table claimed_bytes as select * from s3cache.claim_jobs(:worker, 10, false);
select s3cache.fail_job(id, token, 'No.', '{}') from claimed_bytes where id in (:failed, :ended) \g /dev/null
select s3cache.complete_read(id, token, '\x02', 'e', null) from claimed_bytes where id = :read \g /dev/null
insert into s3cache.private_file (job_id, cache_id, filename) values (-1, 1, 'private.bin');
select s3cache.configure('bytes', paused => true), s3cache.configure(paused => false), s3cache.reset('second', 'paused') \g /dev/null
create table bound (id int primary key, url text, at timestamp, path text);
create table unbound (id int primary key);
select s3cache.bind('bound', key => '{at:YYYY}/{id}', cache => 'second', url_column => 'url', url_style => 's3', path_column => 'path'),
    s3cache.bind('unbound', key => '{id}/'), s3cache.on_insert('bound', 'archive') \g /dev/null
drop table unbound;
SQL
cat >"$work/bytes_kept.sql" <<'SQL'
select 'staged', job_id, content, staged_at from s3cache.staged_content order by 2;
select 'content', job_id, first_byte, content, kept_at from s3cache.kept_content order by 2, 3;
select 'private', job_id, cache_id, filename from s3cache.private_file order by 2;
select 'behind', id, behind from s3cache.job order by 2;
select 'freed', job_id, serial_key from s3cache.freed_key order by 2;
select 'binding', name, table_id, cache, key, url_column, url_style, path_column, on_insert, problem from s3cache.binding where problem is null order by 2;
select 'trigger', tgrelid::regclass, tgfoid::regprocedure, obj_description(oid, 'pg_trigger') from pg_trigger where tgname = 's3cache_on_insert';
select 'granted', has_table_privilege('s3cache_worker', 'bound', 'select'), has_column_privilege('s3cache_worker', 'bound', 'url', 'update'),
    has_column_privilege('s3cache_worker', 'bound', 'path', 'update');
SQL
catalog() { sql "$1" -f sql/test/support/catalog.sql; }
as_before() { kept "$1" >"$work/after" && same "$work/before" "$work/after"; }
catalog_as_before() { catalog "$1" >"$work/catalog_after" && same "$work/catalog_before" "$work/catalog_after"; }
restore() {
    local database=$1
    shift
    silent timeout 120 pg_restore --exit-on-error -d "$database" "$@"
}

# held DATABASE: the copy knows that it is one, and gives a worker nothing.
held() {
    answers "$1" f 'select s3cache.at_home()' &&
        answers "$1" 0 "select count(*) from (select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 minute', '{}') as id) w,
            s3cache.claim_jobs(w.id, 10, false)" &&
        answers "$1" held "select distinct state from s3cache.workers where name = 'w'"
}
# fresh_ids DATABASE: what is made in the copy collides with nothing that came with the dump.
fresh_ids() {
    answers "$1" t "with new as (insert into s3_image_cache (filename) values ('after.jpg') returning id)
        select id > (select max(o.id) from s3cache.object o) from new" &&
        answers "$1" t "with old as materialized (select max(id) as id from s3cache.jobs)
            select s3cache.verify(prefix => 'fresh') > old.id from old" &&
        answers "$1" t "select w.id > 1 from s3cache.workers w where name = 'w'" &&
        sql "$1" -c "select s3cache.create_cache('third')" -o /dev/null &&
        answers "$1" 4 "select id from s3cache.cache where name = 'third'"
}
# resumes DATABASE: after resume() the worker gets the jobs that were queued, and the one that was running elsewhere.
resumes() {
    # Three of user_data.sql, three of bytes.sql and one of fresh_ids(); a claim adds the verification of new rows for each
    # of two caches. The cache of bytes.sql is paused.
    sql "$1" -c "delete from s3cache.worker where name in ('old', 'bytes')" &&
        answers "$1" 7 'select s3cache.resume()' && answers "$1" t 'select s3cache.at_home()' &&
        answers "$1" 'rebuild:queued/,rebuild:running/,verify:,verify:,verify:,verify:fresh' "
            select string_agg(c.kind || ':' || coalesce(c.args ->> 'prefix', ''), ',' order by c.kind, c.args ->> 'prefix' nulls first)
            from s3cache.workers w, s3cache.claim_jobs(w.id, 10, false) c where w.name = 'w' and w.state <> 'dead'" &&
        answers "$1" '1|1' "select attempt, rescues from s3cache.job where args ->> 'prefix' = 'running/'" &&
        answers "$1" 0 'select (select count(*) from s3cache.rebuild_listing) + (select count(*) from s3cache.rebuild_part) + (select count(*) from s3cache.rebuild_range)
            + (select count(*) from s3cache.rebuild_slice) + (select count(*) from s3cache.rebuild_change)
            + (select count(*) from s3cache.inventory_row) + (select count(*) from s3cache.rebuild_listed)' &&
        answers "$1" 9 'select s3cache.resume()'
}
# uploads DATABASE: its unfinished uploads go on with their bytes, in order, and what a read had fetched is there.
uploads() {
    # What the lost worker of the original was writing is written again after a while, which is over here.
    sql "$1" -c "select s3cache.configure('bytes', paused => false)" -c "select s3cache.claim_jobs(id, 0, false) from s3cache.workers where name = 'w' and state <> 'dead'" \
        -c "update s3cache.late_write set until = clock_timestamp()" -c "update s3cache.job set run_at = clock_timestamp() where args ->> 'filename' = 'running.bin'" -o /dev/null &&
        answers "$1" 'freed.bin \xffd8ff05,running.bin \xffd8ff00' "
            select string_agg((c.args ->> 'filename') || ' ' || s3cache.staged_bytes(c.id, c.token), ',' order by c.args ->> 'filename')
            from s3cache.workers w, s3cache.claim_jobs(w.id, 10, false) c where w.name = 'w' and w.state <> 'dead' and c.cache = 'bytes'" &&
        answers "$1" '\x02' "select s3cache.content(id) from s3cache.jobs where kind = 'read'" &&
        sql "$1" -c "select s3cache.retry(h.id) from s3cache.job_history h where h.args ->> 'filename' = 'failed.bin'" -o /dev/null &&
        answers "$1" '\xffd8ff01' "select s.content from s3cache.job j join s3cache.staged_content s on s.job_id = j.id where j.args ->> 'filename' = 'failed.bin'" &&
        answers "$1" 4 "select count(*) from s3cache.staged_content"
}

# Keys that sign, for a bucket of the default cache and one of another. What they sign is the same wherever they are.
keys() {
    { cat sql/test/support/signing.sql && echo "
        call pg_temp.publish((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + 2, region => 'us-east-1');
        call pg_temp.publish((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + 2, region => 'eu-west-1');"; } | sql "$1"
}
# urls DATABASE: once a worker publishes keys, what the original signs, at one moment.
urls() {
    local at calls
    at=$(date -u +%FT%TZ)
    calls="select s3cache.handed_out_url_at('new.jpg', 's3_image_cache', '$at'), s3cache.handed_out_url_at('a b+c%&.jpg', 'second', '$at'),
        s3cache.images_at('present', 's3_image_cache', false, null, null, '$at')"
    keys "$1" && sql "$source" -c "$calls" >"$work/urls" && sql "$1" -c "$calls" >"$work/urls_after" && same "$work/urls" "$work/urls_after" &&
        grep -q '^https://shop\.s3\.us-east-1.*|https://second-bucket\.s3\.eu-west-1.*X-Amz-Signature' "$work/urls"
}
for way in extension migrate; do
    source=${tag}_$way
    new_database "$source"
    if [ $way = extension ]; then
        sql "$source" -c 'create extension s3cache' || exit 1
    else
        sql "$source" -f "$work/migrate.sql" || exit 1
    fi
    sql "$source" -v app="$app" -f sql/test/support/user_data.sql -f "$work/bytes.sql" || exit 1
    # A rebuild had got somewhere.
    sql "$source" -c "insert into s3cache.rebuild_listing (job_id, direct) select id, false from s3cache.job where state = 'running';
        insert into s3cache.rebuild_part (job_id, part, holder) select id, 0, id from s3cache.job where state = 'running';
        insert into s3cache.rebuild_range (job_id, part, after) select id, 0, 'm' from s3cache.job where state = 'running';
        insert into s3cache.rebuild_slice (job_id, part, slice, fence)
            select id, 0, 0, pg_current_snapshot() from s3cache.job where state = 'running';
        insert into s3cache.rebuild_change (job_id, part, slice, remove, filename)
            select id, 0, 0, true, 'x' from s3cache.job where state = 'running';
        insert into s3cache.inventory_row (job_id, filename, size, etag, last_modified) select id, 'x', 1, 'e', now() from s3cache.job where state = 'running';
        insert into s3cache.rebuild_listed (job_id, filename, size, etag, last_modified) select id, 'x', 1, 'e', now() from s3cache.job where state = 'running'" || exit 1
    keys "$source"
    kept "$source" >"$work/before" && catalog "$source" >"$work/catalog_before"
    dump() { silent timeout 120 pg_dump "$@" "$source"; }
    prove "$way: pg_dump in custom format says nothing" dump -Fc -f "$work/$way.dump"
    prove "$way: nor in plain format" dump -Fp -f "$work/$way.plain"
    chmod a+r "$work/$way".dump "$work/$way".plain

    copy=${source}_custom
    new_database "$copy"
    prove "$way: pg_restore into a fresh database says nothing" restore "$copy" "$work/$way.dump"
    prove "$way: settings, caches, rows of all states and names, bindings, jobs, history, tombstones, views and grants are kept" as_before "$copy"
    prove "$way: and the catalog" catalog_as_before "$copy"
    if [ $way = extension ]; then
        prove "$way: no key that signs is in the dump" answers "$copy" 0 "select (select count(*) from s3cache.signing_key) + (select count(*) from s3cache.url_plan where heads is not null)"
    fi
    prove "$way: URLs are those of the original once a worker publishes keys" urls "$copy"
    prove "$way: the copy is held" held "$copy"
    prove "$way: ids go on" fresh_ids "$copy"
    prove "$way: until resume(), and then runs everything" resumes "$copy"
    prove "$way: unfinished uploads with their bytes, too" uploads "$copy"

    copy=${source}_plain
    new_database "$copy"
    prove "$way: the plain dump through psql says nothing" eval "sql $copy -f $work/$way.plain >$work/psql 2>&1 && ! grep -v '^[0-9]*\$' $work/psql"
    prove "$way: with the same rows" as_before "$copy"
    prove "$way: and catalog" catalog_as_before "$copy"
    prove "$way: and held too" held "$copy"

    copy=${source}_again
    new_database "$copy"
    restore "$copy" "$work/$way.dump" >/dev/null
    sql "$copy" -c "select s3cache.create_cache('later'), s3cache.configure(max_bytes => 5)" -c 'truncate s3_image_cache' -o /dev/null
    prove "$way: pg_restore --clean --if-exists over an installed database" restore "$copy" --clean --if-exists "$work/$way.dump"
    prove "$way: gives back what was dumped" as_before "$copy"
    if [ $way = extension ]; then
        prove "$way: and the catalog" catalog_as_before "$copy"
    fi
    prove "$way: the original restored over itself with --clean is at home" eval "
        restore $source --clean --if-exists $work/$way.dump && as_before $source && answers $source t 'select s3cache.at_home()'"

    # Another cluster: an extension brings its roles, plain SQL does not.
    there() { on "$other" "$@"; }
    there timeout 60 createdb --template template0 --encoding UTF8 elsewhere
    [ $way = extension ] || { [ "$(there sql postgres -c "select count(*) from pg_roles where rolname like 's3cache\\_%'")" = 5 ] || exit 1; }
    prove "$way: pg_restore into another cluster says nothing" there restore elsewhere "$work/$way.dump"
    prove "$way: with the same rows" there as_before elsewhere
    prove "$way: and catalog" there catalog_as_before elsewhere
    prove "$way: held there" there held elsewhere
    prove "$way: ids go on there" there fresh_ids elsewhere
    prove "$way: until resume() there" there resumes elsewhere
    prove "$way: and uploads go on there" there uploads elsewhere
    there timeout 60 dropdb elsewhere

    # Data alone, into a database with a fresh install.
    copy=${source}_data
    new_database "$copy"
    if [ $way = extension ]; then
        sql "$copy" -c 'create extension s3cache'
    else
        sql "$copy" -f "$work/migrate.sql"
    fi
    prove "$way: pg_restore --data-only of the default cache's rows, names and states included" eval "
        restore $copy --data-only --table s3_image_cache $work/$way.dump &&
        sql $source -c 'select id, filename, state, touched_xid from s3_image_cache order by 1' >$work/one &&
        sql $copy -c 'select id, filename, state, touched_xid from s3_image_cache order by 1' >$work/other && same $work/one $work/other"
done

finish
