#!/usr/bin/env bash
# What members of each role may and may not do, over connections of their own, and what they cannot trick s3cache into.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

db=${tag}_roles
new_database "$db" && sql "$db" -c 'create extension s3cache' || exit 1
# shellcheck source=sql/test/support/role_users.sh
. sql/test/support/role_users.sh
sql "$db" -c "grant create on database $db to $nobody, $reader, $writer, $admin, $worker, $other" \
    -c "select s3cache.create_cache('second')" -c "select s3cache.configure(bucket => 'shop')" \
    -c "insert into s3_image_cache (filename) values ('seed.jpg')" -o /dev/null

# --- the whole matrix, written down once more
executable() {
    answers "$db" "$2" "select string_agg(distinct p.proname::text, ' ' order by p.proname::text)
        from pg_proc p
        where (p.pronamespace = 's3cache'::regnamespace or p.proname ~ '_s3_cache\$|^get_s3_image_filename\$')
            and has_function_privilege('$1', p.oid, 'execute')"
}
prove 'nobody may call nothing' executable "$nobody" ''
prove 'a reader may call what reads, makes URLs, or is about jobs of one'\''s own' executable "$reader" \
    "archive_stats at_home binding_plan binding_problem bound_key cache_id cache_name caller cancel content enqueued_here filename_of get_s3_image_filename image_named images images_of is_admin key_of local_copy_of prefix_end presigned_url primary_image primary_image_of public_url refuse_argument retry same_release stats store_settings url version wait worker_lives"
prove 'a writer may also add, upload, fetch, read and verify' executable "$writer" \
    "add_file_to_s3_cache archive_stats at_home attach attach_job binding_plan binding_problem bound_key cache_id cache_name caller cancel content enqueued_here fetch fetch_logo filename_of get_s3_image_filename image_named images images_of is_admin key_of local_copy_of prefix_end presign presigned_url primary_image primary_image_of public_url read refuse_argument retry same_release stats store_settings upload upload_data_uri upload_file upload_form upload_url url verify version wait worker_lives"
prove 'an administrator may also rebuild, delete, configure and bind' executable "$admin" \
    "add_file_to_s3_cache archive archive_stats at_home attach attach_job bind binding_plan binding_problem bound_key bound_rows_inserted cache_id cache_name caller cancel clear_s3_cache configure content create_cache delete_object drop_cache enqueued_here fetch fetch_logo fetch_rows filename_of forget_binding get_s3_image_filename image_named images images_of ingest_event invalidate is_admin key_of local_copy_of on_insert prefix_end presign presigned_url primary_image primary_image_of public_url read rebuild rebuild_s3_cache refuse_argument remember_binding remember_on_insert remove_file_from_s3_cache rename_object reset resume retry same_release stats store_settings unbind upload upload_data_uri upload_file upload_form upload_url url verify verify_binding version wait worker_lives"
worker_calls() {
    sql "$db" -c "select p.proname from pg_proc p where p.pronamespace = 's3cache'::regnamespace
        and has_function_privilege('$worker', p.oid, 'execute')" >"$work/calls"
    fails '' grep -xE 'configure|reset|rebuild|verify|create_cache|drop_cache|resume|cancel|retry|enqueue|end_jobs|rescue_jobs|dress_partition|upload|delete_object|content' "$work/calls" &&
        [ "$(wc -l <"$work/calls")" -gt 15 ]
}
prove 'a worker may call what the worker needs, and nothing that asks for work' worker_calls
relations() {
    sql "$db" -c "select c.oid::regclass || ' ' || string_agg(p.name || case p.whole when true then '' else '(filename)' end, ',' order by p.name)
        from pg_class c, lateral (
            select v.name, case when c.relkind = 'S' then has_sequence_privilege('$1', c.oid, v.name) else has_table_privilege('$1', c.oid, v.name) end as whole,
                case when c.relkind = 'S' then false else (select bool_or(has_column_privilege('$1', c.oid, a.attname, v.name)) and bool_and(
                    has_column_privilege('$1', c.oid, a.attname, v.name) = (a.attname = 'filename')) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
                    and v.name in ('INSERT', 'UPDATE')) end as part
            from (select unnest(case c.relkind when 'S' then array['USAGE', 'SELECT', 'UPDATE']
                else array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'] end) as name) v
        ) p
        where (c.relnamespace = 's3cache'::regnamespace or c.relname in ('s3_image_cache', 'second'))
            and c.relkind in ('r', 'p', 'v', 'S') and (p.whole or p.part)
        group by c.oid order by c.oid::regclass::text collate \"C\"" | sort >"$work/relations"
    sort | same - "$work/relations"
}
prove 'nobody may touch no table' relations "$nobody" </dev/null
views='s3cache.binding SELECT
s3cache.cache SELECT
s3cache.jobs SELECT
s3cache.metrics SELECT
s3cache.object SELECT
s3cache.orphan SELECT
s3cache.presigned SELECT
s3cache.setting SELECT
s3cache.workers SELECT'
prove 'a reader may read the caches and the public views' relations "$reader" <<SQL
$views
s3_image_cache SELECT
second SELECT
SQL
prove 'a writer may also insert filenames' relations "$writer" <<SQL
$views
s3_image_cache INSERT(filename),SELECT
second INSERT(filename),SELECT
s3cache.object_id_seq USAGE
SQL
prove 'an administrator may also delete and truncate' relations "$admin" <<SQL
$views
s3_image_cache DELETE,INSERT(filename),SELECT,TRUNCATE
second DELETE,INSERT(filename),SELECT,TRUNCATE
s3cache.object_id_seq USAGE
SQL
prove 'a worker may read caches and copy rows in' relations "$worker" <<SQL
s3cache.cache SELECT
s3cache.inventory_row INSERT
s3cache.object INSERT,SELECT
s3cache.object_id_seq USAGE
s3cache.rebuild_change INSERT
s3cache.signing_key INSERT
SQL

# --- and that the server enforces it
private='table s3cache.job;table s3cache.job_history;table s3cache.installation;table s3cache.cache_setting;table s3cache.created_cache
table s3cache.cache_state;table s3cache.worker;select defaults from s3cache.worker;select args from s3cache.job;table s3cache.tombstone
table s3cache.orphan_row;table s3cache.staged_content;table s3cache.kept_content;table s3cache.private_file;table s3cache.freed_key;table s3cache.fetch_failure;table s3cache.late_write;table s3cache.signing_key;table s3cache.url_plan;table s3cache.presigned_row;table s3cache.published_default;table s3cache.rebuild_listing;table s3cache.rebuild_part;table s3cache.rebuild_range;table s3cache.rebuild_slice;table s3cache.rebuild_change;table s3cache.inventory_row;table s3cache.rebuild_listed;table s3cache.job_progress;table s3cache.code_object;table s3cache.schema_history;table s3cache.binding_row;table s3cache.archive_state'
IFS=$';\n' read -rd '' -a private_tables <<<"$private" || true
forged=("insert into s3_image_cache (filename, state) values ('f', 'present')" "insert into s3_image_cache (filename, cache_id) values ('f', 2)"
    "insert into s3_image_cache (id, filename) values (1, 'f')" "insert into s3_image_cache (filename, touched_xid) values ('f', '3')"
    "insert into s3_image_cache (filename, created_at) values ('f', now())" "insert into s3_image_cache values (1, 'f')"
    "insert into s3cache.object (cache_id, filename) values (1, 'f')" "insert into s3cache.object (filename) values ('f')"
    "insert into s3_image_cache (filename) values ('seed.jpg') on conflict (filename) do update set state = 'present'"
    "update s3_image_cache set filename = 'x'" "update s3_image_cache set state = 'present'" "update s3cache.object set cache_id = 2"
    "create trigger t before insert on s3_image_cache for each row execute function suppress_redundant_updates_trigger()"
    "create rule r as on insert to s3_image_cache do instead nothing" "alter table s3_image_cache disable trigger all"
    "alter table s3_image_cache add column x int" "create index on s3_image_cache (state)" "drop table second" "comment on table second is 'x'"
    "create table mine partition of s3cache.object for values in (99)" "select setval('s3cache.object_id_seq', 1)"
    "create table referring (filename text references s3_image_cache (filename))")
everyone() {
    local user status=0
    for user in "$nobody" "$reader" "$writer" "$admin" "$worker"; do
        refused "$user" "$db" "$@" || status=1
    done
    return $status
}
prove 'no role may read jobs, settings or workers behind the views' everyone "${private_tables[@]}"
not_the_worker() {
    local user status=0
    for user in "$nobody" "$reader" "$writer" "$admin"; do refused "$user" "$db" "${forged[@]}" || status=1; done
    return $status
}
prove 'no role may forge a column, update, or put a trigger, rule, column or lock on a cache' not_the_worker
prove 'a worker may not either, nor update, delete or truncate' refused "$worker" "$db" "${forged[@]:8}" \
    'delete from s3_image_cache' 'truncate s3_image_cache' 'delete from s3cache.object' "insert into s3_image_cache (filename) values ('f')"
prove 'nobody may call the inner functions' everyone "select s3cache.enqueue('rebuild', 1, '{}', null, null, 0::smallint)" \
    "select s3cache.end_jobs(array[1], 'done')" 'select s3cache.rescue_jobs()' 'select s3cache.enqueue_verifications()' 'select s3cache.verification_is_due(1)' \
    "select s3cache.dress_partition('s3_image_cache')" 'select s3cache.check_settings(1)' 'select s3cache.merge_duplicates(null)' \
    "select s3cache.require_own_job(1)" 'select s3cache.settle_claim(1, 1)' 'select s3cache.merge_into(1)' "select s3cache.merge_flood('{}')" 'select s3cache.next_jobs(1, 1, 1)' \
    "select s3cache.forget_listings('{}')" "select s3cache.take_ranges(1, 1, '{}', '{}')" 'select s3cache.hold_part(1, 1)' 'select s3cache.forget_unfinished_slice(1, 1)' 'select s3cache.listed_rebuild(null)' "select s3cache.written_since('3', '1:1:')" \
    'select s3cache.release_next_jobs()' "select s3cache.expect_late_writes('{}', 'dead')" "select s3cache.enqueue_for_object('read', 1, 'x', '{}')" "select s3cache.object_key(1, 'x')" \
    "select s3cache.check_upload(1, 'x', 1, null)" "select s3cache.enqueue_upload(1, 'x', 'x', null, null, null, null, null, null)" "select s3cache.enqueue_write('upload', 1, 'x', '{}', null)" \
    "select s3cache.check_content(1, 'x', 'jpeg', null, null)" "select s3cache.first_job(1, 'k')" "select s3cache.merge_repeated('{}')" "select s3cache.crosses(1, 'x', null)" \
    "select s3cache.data_uri_content('data:,', 1)" "select s3cache.check_upload_headers(null, '{}', null)" "select s3cache.check_key('x', 1)" \
    "select s3cache.fetchable_url('https://example.com')" "select s3cache.url_origin('https://example.com/')" 'select s3cache.settle_fetch(null)' \
    "select s3cache.remember_fetch_failure(null, '{}')" 'select s3cache.fallback_image(1)' \
    "select s3cache.key_parts('s3_image_cache', '{id}')" "select s3cache.key_expression('s3_image_cache', '[]')" 'select s3cache.check_binding(null)' \
    "select s3cache.check_defaults('{}')" "select s3cache.doubt_row(1, 'x')" 'select s3cache.wake_workers()' "select s3cache.settle_local_row(1, 'x', false)" \
    "select s3cache.end_local_copies('{1}')" 'select s3cache.hasten_pushes(1)' "select s3cache.write_uploaded(1, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')" "select s3cache.local_url_of(1, 'x')" "select s3cache.read_serial_key(1, 'x')" "select s3cache.partition_of('s3_image_cache')"
not_workers() {
    local user status=0
    for user in "$nobody" "$reader" "$writer" "$admin"; do
        refused "$user" "$db" "select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 minute', '{}')" 'select s3cache.claim_jobs(1, 1, false)' 'select s3cache.next_due()' \
            'select s3cache.complete_jobs(null, null, null)' "select s3cache.fail_job(1, 1, '', '{}')" 'select s3cache.apply_slice(1, 1)' \
            'select s3cache.unregister_worker(1)' 'select s3cache.cancel_claimed_job(1, 1)' 'select s3cache.staged_bytes(1, 1)' 'select s3cache.staged_piece(1, 1, 0, 1)' \
            "select s3cache.complete_upload(1, 1, '', 1, 1, '', '', '')" 'select s3cache.complete_deletion(1, 1)' 'select s3cache.note_absence(1, 1)' "select s3cache.age_of_first_attempt(1, 1, '', '')" \
            "select s3cache.complete_uploads('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')" \
            "select s3cache.note_copy(1, 1, '', '')" "select s3cache.note_purge(1, 1, 'done')" "select s3cache.name_upload(1, 1, 1, '', '', '')" "select s3cache.complete_rename(1, 1, '', 1, 1, '', '')" \
            "select s3cache.upload_checkpoint(1, 1, '')" "select s3cache.save_checkpoint(1, 1, '', '', '{}')" 'select s3cache.leftover_uploads(1, 1)' \
            "select s3cache.forget_upload(1, '', '')" \
            "select s3cache.complete_read(1, 1, '', '', '')" "select s3cache.keep_piece(1, 1, 0, '')" 'select s3cache.prune_content(1)' 'select s3cache.prune_listings(1)' 'select s3cache.prune_tombstones(1)' \
            "select s3cache.complete_presign(1, 1, '{}', '{}', '{}')" 'select s3cache.prune_presigned(1)' 'select s3cache.wanted_signing_keys()' \
            'select s3cache.prune_signing_keys()' "insert into s3cache.signing_key (profile) values ('')" \
            'select s3cache.archive_job(1, 1)' 'select s3cache.archive_plan(1, 1)' 'select s3cache.rows_to_archive(1, 1, null, null, 1)' \
            "select s3cache.written_urls('b', '{}')" "select s3cache.record_archived(1, 1, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')" \
            "select s3cache.write_urls('b', '{}', '{}')" "select s3cache.save_archive(1, 1, '{}')" 'select s3cache.bound_upload(1)' 'select s3cache.write_back(1)' \
            'select s3cache.binding_verification(1, 1)' 'select s3cache.bound_rows(1, 1, true, null, 1)' "select s3cache.bound_filenames('b', '{}', '{}')" \
            'select s3cache.fetch_next_rows(1, 1, null, 1)' "select s3cache.enqueue_row_fetches(1, 1, '{}', '{}', '{}')" \
            'select s3cache.make_dry_run(1, 1)' \
            'select s3cache.begin_fetch(1, 1)' "select s3cache.plan_copy(1, 1, '', false)" "select s3cache.keep_copy(1, 1, '', '', 1, 1, '', '')" \
            "select s3cache.ended_copies('0', 0, 1)" "select s3cache.forget_copy(1, '')" 'select s3cache.read_places(1, 1)' 'select s3cache.prune_fetch_failures(1)' \
            'select s3cache.begin_inventory(1, 1, 1)' 'select s3cache.sort_inventory(1, 1)' 'select s3cache.discard_inventory(1, 1, 1)' 'select s3cache.listed_rows(1, 1, null, 1)' || status=1
    done
    return $status
}
prove 'only a worker may act as one' not_workers
prove 'a reader may not write or ask for work' refused "$reader" "$db" "insert into s3_image_cache (filename) values ('f')" \
    'delete from s3_image_cache' 'truncate s3_image_cache' "select add_file_to_s3_cache('f')" 'select s3cache.verify()' \
    'select s3cache.rebuild()' 'select rebuild_s3_cache()' 'select clear_s3_cache()' "select s3cache.upload('f', 'x')" \
    "select s3cache.read('f')" "select s3cache.delete_object('f')"
prove 'a writer may not rebuild, delete or configure' refused "$writer" "$db" 'delete from s3_image_cache' 'truncate s3_image_cache' \
    'select s3cache.rebuild()' 'select rebuild_s3_cache()' 'select clear_s3_cache()' "select remove_file_from_s3_cache('f')" \
    'select s3cache.configure(max_bytes => 1)' "select s3cache.reset('s3_image_cache', 'bucket')" "select s3cache.create_cache('c')" \
    "select s3cache.drop_cache('second')" 'select s3cache.resume()' "select s3cache.delete_object('f')" \
    'do $$ begin lock table s3_image_cache in access exclusive mode; end $$'
prove 'a reader can read' allowed "$reader" "$db" 'table s3_image_cache' "select * from s3cache.store_settings('s3_image_cache')" 'table second' 'table s3cache.object' 'table s3cache.cache' \
    'table s3cache.setting' 'table s3cache.jobs' 'table s3cache.workers' 'table s3cache.orphan' 'table s3cache.metrics' \
    "select get_s3_image_filename('SEED.jpg')" "select s3cache.images('')" "select s3cache.primary_image('')" 'select * from s3cache.stats()'
prove 'a writer can add, insert as the README does, copy and verify' allowed "$writer" "$db" "select add_file_to_s3_cache('w.jpg')" \
    "insert into s3_image_cache (filename) values ('file1.jpg'), ('file2.jpg') on conflict (filename) do nothing" \
    "insert into second (filename) values ('a') returning id" 'select s3cache.verify()'
copies() { printf 'c1.jpg\nc2.jpg\n' | PGUSER=$writer sql "$db" -c 'copy s3_image_cache (filename) from stdin'; }
prove 'and COPY' copies
up=$(PGUSER=$writer sql "$db" -c "select s3cache.upload('up.jpg', '\\xffd8ff', metadata => '{\"a\": \"b\"}')")
prove 'and upload, under one'\''s own name' answers_as "$writer" "$db" "upload|queued|$writer" "select kind, state, owner from s3cache.jobs where id = $up"
prove 'without a right to the staged bytes, one'\''s own included' refused "$writer" "$db" 'table s3cache.staged_content' \
    "insert into s3cache.staged_content (job_id, content) values (0, 'x')" "update s3cache.staged_content set content = 'x'" 'delete from s3cache.staged_content'
prove 'an administrator can do the rest' allowed "$admin" "$db" "delete from s3_image_cache where filename = 'w.jpg'" 'truncate table second' \
    "select s3cache.create_cache('third')" "select s3cache.drop_cache('third')" 'select s3cache.configure(max_bytes => 1000)' \
    "select s3cache.reset('s3_image_cache', 'max_bytes')" 'select rebuild_s3_cache()' "select remove_file_from_s3_cache('c1.jpg')" \
    'select s3cache.resume()' 'select s3cache.cancel(max(id)) from s3cache.jobs'
prove 'a worker can work' allowed "$worker" "$db" "select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 minute', '{}')" \
    "select s3cache.complete_upload(c.id, c.token, 'e', 2, null, null, null, s3cache.staged_bytes(c.id, c.token)) from s3cache.claim_jobs(1, 10, true) c where c.kind = 'upload'" \
    'select s3cache.claim_jobs(1, 10, true)' 'select s3cache.next_due()' "select s3cache.prune_content(1)" 'select s3cache.prune_listings(1)' 'select s3cache.prune_tombstones(1)' "select * from s3cache.store_settings('s3_image_cache')" "select s3cache.heartbeat(1, 'running')" 'table s3cache.cache' 'table s3cache.object' \
    "insert into s3cache.object (cache_id, filename, state) values (1, 'seen.jpg', 'present')" 'select s3cache.unregister_worker(1)'

prove 'the upload of the writer was done by the worker' answers_as "$writer" "$db" 'done|present' \
    "select j.state, o.state from s3cache.jobs j, s3_image_cache o where j.id = $up and o.filename = 'up.jpg'"

# --- tables of users' own, bound to objects
PGUSER=$admin sql "$db" -o /dev/null -c 'create schema shop' -c 'create table shop.posts (id int primary key, title text, image_url text, hidden text)' \
    -c "insert into shop.posts values (1, 'one'), (2, 'two')" -c "grant usage on schema shop to $other" \
    -c "create function shop.note() returns trigger language plpgsql as \$\$ begin new.title := current_user; return new; end \$\$" \
    -c 'create trigger note before update on shop.posts for each row execute function shop.note()'
sql "$db" -c 'create table public.foreign_posts (id int primary key, image_url text)' -c "grant all on public.foreign_posts to $admin"
prove 'who does not own a table may not bind it' fails 'public.foreign_posts is not yours to bind.' \
    eval "PGUSER=$admin sql $db -c \"select s3cache.bind('public.foreign_posts', key => '{id}.jpg', url_column => 'image_url')\""
prove 'its owner may, and unbind it' allowed "$admin" "$db" "select s3cache.bind('shop.posts', key => '{id}.jpg')" "select s3cache.unbind('shop.posts')" \
    "select s3cache.bind('shop.posts', key => '{id}.jpg', url_column => 'image_url')"
prove 'nobody else may unbind it' fails 'shop.posts is not yours to unbind.' eval "sql $db -c 'grant s3cache_admin to $other' &&
    PGUSER=$other sql $db -c \"select s3cache.unbind('shop.posts')\"; status=\$?; sql $db -c 'revoke s3cache_admin from $other'; (exit \$status)"
prove 'who may not read a bound table sees nothing of it' refused "$writer" "$db" "select s3cache.images_of('posts', '1')" "select s3cache.primary_image_of('posts', '1')" \
    "select s3cache.archive_stats('posts')" "select s3cache.attach('posts', '1', content => '\xffd8ff')"
sql "$db" -c "grant usage on schema shop to $writer" -c "grant select on shop.posts to $writer"
prove 'who may read it can ask for its images' allowed "$writer" "$db" "select s3cache.images_of('posts', '1')" "select * from s3cache.archive_stats('posts')"
prove 'but have no URL written there' fails 'may not write the URL column that the binding posts has.' \
    eval "PGUSER=$writer sql $db -c \"select s3cache.attach('posts', '1', content => '\\\\xffd8ff')\""
sql "$db" -c "grant update (image_url) on shop.posts to $writer"
prove 'who may write it itself can attach files' allowed "$writer" "$db" "select s3cache.attach('posts', '1', content => '\xffd8ff')"
prove 'a worker may write the URL column of a bound table, and no other' refused "$worker" "$db" "update shop.posts set title = 'x'" "update shop.posts set id = 3" \
    'delete from shop.posts' "insert into shop.posts values (3)" 'truncate shop.posts' 'update public.foreign_posts set image_url = null' 'table public.foreign_posts'
prove 'and writes it as itself, its triggers included' allowed "$worker" "$db" "select s3cache.register_worker('b', 'h', 1, s3cache.version(), '1 minute', '{}')" \
    "select s3cache.complete_upload(c.id, c.token, 'e', 3, null, null, 'image/jpeg', null), s3cache.write_back(c.id)
        from s3cache.claim_jobs((select 2::bigint), 10, false) c where c.kind = 'upload'"
prove 'never as the owner of s3cache' answers "$db" "$worker|https://s3.amazonaws.com/shop/1.jpg||two|" "select string_agg(concat_ws('|', title, coalesce(image_url, '')), '||' order by id) from shop.posts"

# New rows, whoever inserts them: what is enqueued looks at none of them, so that nothing of the table's owner runs as the owner of s3cache.
PGUSER=$admin sql "$db" -o /dev/null -c "create type shop.part as (name text)" -c 'create table shop.ran (by_role text)' -c 'grant insert on shop.ran to public' \
    -c "create function shop.told(shop.part) returns text language plpgsql as \$\$ begin insert into shop.ran values (current_user); return (\$1).name; end \$\$" \
    -c 'create cast (shop.part as text) with function shop.told(shop.part) as implicit' \
    -c 'create table shop.parts (id int primary key, part shop.part, source shop.part, image_url text)' -c "grant insert on shop.parts to $nobody" -c "grant usage on schema shop to $nobody" \
    -c "select s3cache.bind('shop.parts', key => '{part}.jpg', url_column => 'image_url')"
prove 'who does not own a table may not say what is done with its new rows' refused "$writer" "$db" "select s3cache.on_insert('shop.parts', 'fetch', 'source')"
sql "$db" -c "grant s3cache_admin to $other"
prove 'an administrator neither' refused "$other" "$db" "select s3cache.on_insert('shop.parts', 'fetch', 'source')"
sql "$db" -c "revoke s3cache_admin from $other"
prove 'its owner may' allowed "$admin" "$db" "select s3cache.on_insert('shop.parts', 'fetch', 'source')"
prove 'and who may insert rows needs no right on s3cache' allowed "$nobody" "$db" "insert into shop.parts values (1, row('p'), row('https://example.com/1.png'))"
prove 'the job is theirs' answers "$db" "fetch_rows|$nobody" "select kind, owner from s3cache.jobs where kind = 'fetch_rows'"
prove 'and nothing of the table ran' answers "$db" 0 'select count(*) from shop.ran'
sql "$db" -c "grant usage on schema shop to $worker"
prove 'a worker reads it as itself' allowed "$worker" "$db" \
    "select s3cache.fetch_next_rows(c.id, c.token, null, 10) from s3cache.claim_jobs(s3cache.register_worker('f', 'h', 1, s3cache.version(), '1 minute', '{}'), 10, false) c where c.kind = 'fetch_rows'"
prove 'never as the owner of s3cache' answers "$db" "$worker" "select string_agg(distinct by_role, ',') from shop.ran"
prove 'and the fetch is theirs too' answers "$db" "p.jpg|$nobody" "select j.args ->> 'filename', j.owner from s3cache.job j where j.kind = 'fetch' and j.args ->> 'row' = '1'"

# --- jobs of others
sql "$db" -c 'delete from s3cache.job' -c 'delete from s3cache.job_history'
mine=$(PGUSER=$writer sql "$db" -c "select s3cache.verify(prefix => 'mine')")
prove 'one sees one'\''s own jobs' answers_as "$writer" "$db" "$mine|$writer" 'select id, owner from s3cache.jobs'
prove 'others do not see them' answers_as "$other" "$db" 0 'select count(*) from s3cache.jobs'
prove 'nor does a worker have a way to' refused "$worker" "$db" 'table s3cache.jobs'
prove 'administrators see all' answers_as "$admin" "$db" "$mine" 'select id from s3cache.jobs'
for call in wait cancel retry; do
    prove "$call() of another's job is refused as if there were none" fails "There is no job $mine, or it is not yours." \
        eval "PGUSER=$other sql $db -c 'select s3cache.$call($mine)'"
    prove "$call() of an unknown job is refused in the same words" fails 'There is no job 999999, or it is not yours.' \
        eval "PGUSER=$other sql $db -c 'select s3cache.$call(999999)'"
done
leaks() {
    PGUSER=$1 sql "$db" -c "set client_min_messages = notice; create function pg_temp.leak(text) returns boolean language plpgsql cost 0.0000001 as
        \$\$ begin raise notice 'leaked %', \$1; return true; end \$\$; select 1 from s3cache.jobs where pg_temp.leak(owner) and pg_temp.leak(id::text)" 2>&1
}
leaks_nothing() { leaks "$1" >"$work/leaks" && fails '' grep leaked "$work/leaks"; }
prove 'a function in WHERE is not shown the jobs of others' leaks_nothing "$other"
leaks_own() { leaks "$1" >"$work/leaks" && grep "leaked $2" "$work/leaks"; }
prove 'though it is shown one'\''s own' leaks_own "$writer" "$mine"
duplicate=$(PGUSER=$other sql "$db" -c "select s3cache.verify(prefix => 'mine')")
sql "$db" -c "select s3cache.claim_jobs(s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 minute', '{}'), 10, false)" -o /dev/null
prove 'whose job was merged into another'\''s sees both' answers_as "$other" "$db" "running,superseded" \
    "select string_agg(state, ',' order by id) from s3cache.jobs where id in ($mine, $duplicate)"
prove 'and wait() follows it to the survivor' answers_as "$other" "$db" "$mine" "select (s3cache.wait($duplicate, '0 s')).id"
prove 'but may not cancel that' fails 'not yours' eval "PGUSER=$other sql $db -c 'select s3cache.cancel($mine)'"
prove 'an administrator may cancel any' answers_as "$admin" "$db" t "select s3cache.cancel($mine)"
read_job=$(PGUSER=$writer sql "$db" -c "select s3cache.read('config.json')")
sql "$db" -c "select s3cache.complete_read(c.id, c.token, 'bytes', 'e', null) from s3cache.claim_jobs((select max(id) from s3cache.worker), 10, false) c where c.kind = 'read'" -o /dev/null
prove 'content() is for the owner of the job' answers_as "$writer" "$db" bytes "select encode(s3cache.content($read_job), 'escape')"
for user in "$other" "$admin" postgres; do
    prove "not for ${user#"$tag"_}" fails "There is no job $read_job, or it is not yours." eval "PGUSER=$user sql $db -c 'select s3cache.content($read_job)'"
done

# --- whose name a job carries
prove 'SET ROLE labels jobs' answers_as "$admin" "$db" s3cache_admin \
    "set role s3cache_admin; with asked as materialized (select s3cache.verify(prefix => 'role')) select from asked;
    select owner from s3cache.jobs order by id desc limit 1"
prove 'the label cannot be set by hand' eval "refused $other $db \"select set_config('role', 's3cache_admin', false)\" 'set session authorization $writer' 'set role $writer'"
PGUSER=$admin sql "$db" -c 'create schema offered' -c 'create function offered.rebuild() returns bigint language sql security definer as $$ select s3cache.rebuild() $$' \
    -c "grant usage on schema offered to $nobody"
prove 'a definer function of an administrator lets others rebuild, under their own name' eval "
    PGUSER=$nobody sql $db -c 'select offered.rebuild()' && answers $db $nobody 'select owner from s3cache.job order by id desc limit 1'"

# --- tricks with names: whatever lies first in the search path, or in pg_temp, is not run
tricks="
create schema evil;
create table evil.ran (who text);
grant all on schema evil to public; grant all on evil.ran to public;
create function evil.note() returns boolean language plpgsql as \$\$ begin
    if current_user = 's3cache_owner' or current_user = 'postgres' then insert into evil.ran values (current_user); end if; return true; end \$\$;
create function evil.lower(text) returns text language sql as \$\$ select case when evil.note() then 'x' end \$\$;
create function evil.format(text, variadic text[]) returns text language sql as \$\$ select case when evil.note() then 'x' end \$\$;
create function evil.octet_length(text) returns int language sql as \$\$ select case when evil.note() then 1 end \$\$;
create function evil.clock_timestamp() returns timestamptz language sql as \$\$ select case when evil.note() then now() end \$\$;
create function evil.pg_notify(text, text) returns void language sql as \$\$ select evil.note() \$\$;
create function evil.nextval(regclass) returns bigint language sql as \$\$ select case when evil.note() then 1 end \$\$;
create function evil.pg_current_xact_id() returns xid8 language sql as \$\$ select case when evil.note() then '3'::xid8 end \$\$;
create function evil.eq(a text, b text) returns boolean language sql as \$\$ select evil.note() \$\$;
create operator evil.= (leftarg = text, rightarg = text, function = evil.eq);
create operator evil.<> (leftarg = text, rightarg = text, function = evil.eq);
create function evil.eq4(a int, b int) returns boolean language sql as \$\$ select evil.note() \$\$;
create operator evil.= (leftarg = int, rightarg = int, function = evil.eq4);
create function evil.cat(a text, b text) returns text language sql as \$\$ select case when evil.note() then 'x' end \$\$;
create operator evil.|| (leftarg = text, rightarg = text, function = evil.cat);
set search_path = evil, pg_temp, public, pg_catalog;
create temporary table s3_image_cache (id bigint, filename text);
create temporary table job (id bigint, owner text);
create temporary table created_cache (id int, name text);
create function pg_temp.lower(text) returns text language sql as \$\$ select case when evil.note() then 'x' end \$\$;
create function pg_temp.caller() returns text language sql as \$\$ select 'postgres'::text \$\$;
select public.add_file_to_s3_cache('trick.jpg'), public.get_s3_image_filename('TRICK.jpg'), public.rebuild_s3_cache(),
    s3cache.verify(), s3cache.upload('trick.jpg', '\\xffd8ff', content_type => 'image/jpeg', metadata => '{\"a\": \"b\"}'), s3cache.delete_object('trick.jpg'),
    s3cache.read('trick.jpg'), s3cache.images(''), s3cache.create_cache('tricked', prefix => 'p'), s3cache.configure(max_bytes => 9);
select * from s3cache.stats();
insert into public.s3_image_cache (filename) values ('trick2.jpg');
insert into public.tricked (filename) values ('trick2.jpg');
select * from s3cache.jobs; select * from s3cache.cache;
select s3cache.cancel(s3cache.verify(prefix => 'trick'));
select public.remove_file_from_s3_cache('trick2.jpg'), public.clear_s3_cache(), s3cache.drop_cache('tricked'), s3cache.reset('s3_image_cache', 'max_bytes');"
prove 'functions call what they mean, whatever search_path and pg_temp hold' allowed "$admin" "$db" "$tricks"
prove 'nothing of the caller ran as the owner' answers "$db" 0 'select count(*) from evil.ran'
prove 'and the real table was meant' answers "$db" 0 'select count(*) from s3_image_cache'

finish
