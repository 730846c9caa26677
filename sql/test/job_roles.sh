#!/usr/bin/env bash
# Members of each role log in and try all that they were not given around jobs: every function and every table, the jobs, bytes
# and claims of others, and what would make them more than they are.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

db=${tag}_job_roles
new_database "$db" && sql "$db" -c 'create extension s3cache' || exit 1
# shellcheck source=sql/test/support/role_users.sh
. sql/test/support/role_users.sh
all=("$nobody" "$reader" "$writer" "$admin" "$worker")

# --- everything there is, called and touched by everybody who may not

# tries_all USER QUERY: what the query gives, a statement a row, is refused to the user; there is a lot of it.
tries_all() {
    local statements
    mapfile -t statements < <(sql "$db" -v "user=$1" <<<"$2")
    [ "${#statements[@]}" -gt 10 ] || { printf 'only: %s\n' "${statements[@]}" && return 1; }
    refused "$1" "$db" "${statements[@]}"
}
# shellcheck disable=SC2016  # psql's quotes
functions="select format('select %s.%I(%s)', p.pronamespace::regnamespace, p.proname,
        (select string_agg(format('null::%s', format_type(t, null)), ', ' order by o) from unnest(p.proargtypes) with ordinality as a (t, o)))
    from pg_proc p join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
    where d.refobjid = (select oid from pg_extension where extname = 's3cache') and p.prorettype <> 'trigger'::regtype
        and not has_function_privilege(:'user', p.oid, 'execute')"
relations="select format(v.statement, c.oid::regclass, (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = 1))
    from pg_class c, (values ('select', 'rpv', 'select %2\$I from %1\$s'), ('insert', 'rp', 'insert into %1\$s (%2\$I) values (null)'),
        ('update', 'rp', 'update %1\$s set %2\$I = null'), ('delete', 'rp', 'delete from %1\$s'), ('truncate', 'rp', 'truncate %1\$s'),
        ('usage', 'S', 'select nextval(''%1\$s'')'), ('update', 'S', 'select setval(''%1\$s'', 1)'),
        ('select', 'S', 'select last_value from %1\$s')) v (privilege, kinds, statement)
    where (c.relnamespace = 's3cache'::regnamespace or c.oid = 's3_image_cache'::regclass) and strpos(v.kinds, c.relkind::text) > 0
        and not case c.relkind when 'S' then has_sequence_privilege(:'user', c.oid, v.privilege) else has_table_privilege(:'user', c.oid, v.privilege) end
        and not (c.relkind <> 'S' and v.privilege in ('select', 'insert', 'update') and has_any_column_privilege(:'user', c.oid, v.privilege)
            and has_column_privilege(:'user', c.oid, 1::smallint, v.privilege))"
for user in "${all[@]}"; do
    prove "each function that is not for ${user#"$tag"_} is refused" tries_all "$user" "$functions"
    prove "each table and sequence, too" tries_all "$user" "$relations"
done
# What tells how a claim is proven, what was asked for, or what is in a file, is in no column that anybody can read.
shown() {
    answers "$db" '' "select string_agg(c.oid::regclass || '.' || a.attname, ' ')
        from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 's3cache'::regnamespace and c.relkind in ('r', 'p', 'v') and a.attnum > 0
            and a.attname ~ '^(args|claim_token|content|merge_key|serial_key|defaults|error_detail|inner_pad|outer_pad)\$'
            and (has_column_privilege('$1', c.oid, a.attnum, 'select') or has_column_privilege('$1', c.oid, a.attnum, 'update'))"
}
for user in "${all[@]}"; do prove "no column shows ${user#"$tag"_} arguments, bytes or tokens" shown "$user"; done

# --- the jobs of a writer: one of each state, with bytes, content and a signed URL
as() { PGUSER=$1 sql "$db" -c "$2"; }
as "$worker" "select s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 hour', '{}'), s3cache.register_worker('x', 'h', 2, s3cache.version(), '1 hour', '{}')" >"$work/registered" || exit 1
IFS='|' read -r w x <"$work/registered"
read_job=$(as "$writer" "select s3cache.read('secret-name')")
as "$worker" "select s3cache.complete_read(c.id, c.token, 'secret-content', 'e', null) from s3cache.claim_jobs($w, 1, false) c" >/dev/null
sql "$db" -c "select s3cache.configure(allowed_types => '{text}')" -o /dev/null
failed=$(as "$writer" "select s3cache.upload('secret-failed', 'secret-bytes')")
as "$worker" "select s3cache.fail_job(c.id, c.token, 'x', '{\"code\": \"x\", \"retryable\": false}') from s3cache.claim_jobs($w, 1, false) c" >/dev/null
presign=$(as "$writer" "select s3cache.presign(array['secret-url'])")
as "$worker" "select s3cache.complete_presign(c.id, c.token, array['secret-url'], array['https://secret'], array[now() + interval '1 h']) from s3cache.claim_jobs($w, 1, false) c" >/dev/null
running=$(as "$writer" "select s3cache.upload('secret-running', 'secret-bytes')")
token=$(as "$worker" "select token from s3cache.claim_jobs($w, 1, false)")
queued=$(as "$writer" "select s3cache.upload('secret-queued', 'secret-bytes')")
states="select string_agg(state, ' ' order by id) from s3cache.jobs"
prove 'the writer has a job of each kind' answers_as "$writer" "$db" 'done failed done running queued' "$states"
for user in "$reader" "$other"; do
    prove "${user#"$tag"_} sees none of them" answers_as "$user" "$db" '0' \
        "select (select count(*) from s3cache.jobs) + (select count(*) from s3cache.presigned) + (select count(*) from s3cache.jobs where id in ($read_job, $failed, $presign, $running, $queued))"
    for job in $read_job $failed $presign $running $queued; do
        for call in wait cancel retry content; do
            prove "and may not $call($job)" fails "There is no job $job, or it is not yours." as "$user" "select s3cache.$call($job)"
        done
    done
done
prove 'an administrator sees them, and no bytes' answers_as "$admin" "$db" '5' 'select count(*) from s3cache.jobs'
for job in $read_job $failed; do
    prove "nor may they call content($job)" fails "There is no job $job, or it is not yours." as "$admin" "select s3cache.content($job)"
done
# What each may read, all of it: nothing secret is in there.
tells() {
    local view
    for view in jobs presigned workers metrics setting cache orphan; do as "$1" "select v::text from s3cache.$view v"; done >"$work/told"
    fails '' grep -n 'secret-bytes\|secret-content' "$work/told" && [ -s "$work/told" ]
}
for user in "$reader" "$writer" "$other" "$admin"; do prove "no view tells ${user#"$tag"_} bytes" tells "$user"; done
others_tell() { tells "$1" && fails '' grep -n 'secret-[a-z]\|//secret' "$work/told"; }
for user in "$reader" "$other"; do prove "nor ${user#"$tag"_} names or URLs of others" others_tell "$user"; done
prove 'after all that the jobs are as they were' answers "$db" 'done failed done running queued' "$states"

# --- a worker: what it does needs the claim
wrong=$((token + 1))
for call in "hold_claim($running, $wrong)" "staged_bytes($running, $wrong)" "staged_bytes($queued, $token)" "report_progress($running, $wrong, 1, 1)" \
    "complete_upload($running, $wrong, 'e', 1, null, null, null, null)" "complete_deletion($running, $wrong)" \
    "complete_read($read_job, $token, 'x', 'e', null)" "complete_rebuild($running, $wrong, '{}')" "complete_presign($presign, $token, '{}', '{}', '{}')" \
    "rows_to_verify($running, $wrong, null, 1)" "apply_slice($running, $wrong)" "listing_plan($running, $wrong)" "ranges_to_list($running, $wrong)" "ask_for_ranges($running, $wrong)" \
    "hand_over_ranges($running, $wrong, '{}', '{}')" "invite_helpers($running, $wrong)" "list_serially($running, $wrong)" "distrust_listing($running, $wrong)" "trust_listing($running, $wrong)" "rebuild_totals($running, $wrong)" "hold_claim($queued, null)"; do
    prove "$call needs the claim" fails 'is void' as "$worker" "select s3cache.$call"
done
prove 'so does ending a job' answers_as "$worker" "$db" '{}' "select s3cache.complete_jobs(array[$running, $queued], array[$wrong, $token], array['{}', '{}']::jsonb[])"
prove 'uploads too' answers_as "$worker" "$db" '{}' "select s3cache.complete_uploads(array[$running, $queued], array[$wrong, $token], '{e,e}', '{1,1}', '{0,0}', '{null,null}', '{null,null}', '{null,null}', '{null,null}', '{null,null}', '{f,f}')"
prove 'or failing it' answers_as "$worker" "$db" '' "select s3cache.fail_job($running, $wrong, 'x', '{\"retryable\": false}')"
prove 'or stopping it' answers_as "$worker" "$db" f "select s3cache.cancel_claimed_job($running, $wrong)"
prove 'another worker gets what is free, not what runs' answers_as "$worker" "$db" "$queued" "select id from s3cache.claim_jobs($x, 10, false)"
prove 'who is not registered gets nothing' fails 'may not claim' as "$worker" 'select s3cache.claim_jobs(999, 1, false)'
prove 'with the claim it gets the bytes' answers_as "$worker" "$db" secret-bytes "select encode(s3cache.staged_bytes($running, $token), 'escape')"

# --- and becomes no more than it is
more=('set role s3cache_owner' 'set role s3cache_admin' 'set session authorization postgres' "alter role $worker superuser" "alter role $worker createrole"
    "grant s3cache_admin to $worker" "grant execute on function s3cache.rescue_jobs() to $worker" "create table s3cache.mine (id int)"
    'create function s3cache.mine() returns int language sql as $$ select 1 $$'
    'create or replace function s3cache.wake_workers() returns void language plpgsql as $$ begin end $$'
    "alter function s3cache.claim_jobs(bigint, integer, boolean, bigint[], integer) owner to $worker" 'drop function s3cache.heartbeat(bigint, text, bigint[])'
    'alter function s3cache.at_home() reset search_path' 'alter schema s3cache rename to mine' 'drop extension s3cache' 'create extension file_fdw'
    'alter table s3cache.object disable trigger all' 'create trigger t before insert on s3cache.rebuild_change for each row execute function suppress_redundant_updates_trigger()'
    "create rule r as on insert to s3cache.signing_key do also select 1" 'alter table s3cache.signing_key disable row level security'
    'do $$ begin lock table s3cache.job in access exclusive mode; end $$' 'do $$ begin lock table s3cache.object in access exclusive mode; end $$' "comment on table s3cache.job is 'x'"
    "copy s3cache.object to program 'true'" "copy s3cache.rebuild_change from '/etc/hostname'" "copy s3cache.signing_key to stdout" "copy s3cache.job to stdout"
    "select pg_read_file('postgresql.conf')" "select lo_import('/etc/hostname')" "select pg_ls_dir('.')" 'select pg_reload_conf()' 'alter system set fsync = off' "load 'auto_explain'"
    "set session_replication_role = replica" "set log_statement = 'none'" 'create publication p for table s3cache.job' 'create event trigger e on ddl_command_start execute function s3cache.at_home()')
may_become() {
    local user=$1 own=() one
    for one in "${more[@]}"; do
        # An administrator is one.
        [[ $user == "$admin" && $one == "set role s3cache_admin" ]] || own+=("${one//$worker/$user}")
    done
    refused "$user" "$db" "${own[@]}"
}
for user in "${all[@]}"; do prove "${user#"$tag"_} becomes no more" may_become "$user"; done
prove 'a worker may put signing keys down, and never look at them' refused "$worker" "$db" \
    "insert into s3cache.signing_key (profile) values ('p') returning profile" \
    "insert into s3cache.signing_key (profile) values ('p') on conflict do nothing returning *" \
    "update s3cache.signing_key set profile = 'p'" 'select count(*) from s3cache.signing_key' \
    "insert into s3cache.rebuild_change (job_id) values (1) returning job_id"
end_other() {
    # In the name of the other writer: the attempt must not come from who owns the backend.
    local pid
    pid=$(as postgres "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1")
    refused "$worker" "$db" "select pg_terminate_backend($pid)" "select pg_cancel_backend($pid)"
}
psql -XqAt -d "$db" -c 'select pg_sleep(60)' >"$work/sleeper" 2>&1 &
sleeper=$!
prove 'nor does a worker end the sessions of others' eval "
    sql $db -c \"do \\\$\\\$ begin for i in 1..6000 loop
        perform pg_stat_clear_snapshot();
        if exists (select from pg_stat_activity where wait_event = 'PgSleep' and query ~ 'pg_sleep.60') then return; end if;
        perform pg_sleep(0.005); end loop; raise exception 'nobody sleeps'; end \\\$\\\$\" && end_other"
kill "$sleeper"
wait "$sleeper" 2>/dev/null

finish
