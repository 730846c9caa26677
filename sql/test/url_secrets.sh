#!/usr/bin/env bash
# Whoever may only make URLs never sees a key: what they might try, over connections of their own.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

db=${tag}_urls
new_database "$db" && "$sqlbundle" migration --sql sql --schema public | sql "$db" -o /dev/null || exit 1
for role in reader writer admin worker; do
    new_user "${tag}_$role" "in role s3cache_$role"
done
new_user "${tag}_other" "in role s3cache_writer"
reader=${tag}_reader writer=${tag}_writer admin=${tag}_admin worker=${tag}_worker other=${tag}_other
sql "$db" -c "grant create, temporary on database $db to $reader, $writer, $admin, $worker, $other" \
    -c "insert into s3_image_cache (filename) select g || '.jpg' from generate_series(1, 500) g" \
    -c "select s3cache.configure(bucket => 'examplebucket', region => 'eu-central-1')" -o /dev/null
{ cat sql/test/support/signing.sql && echo "
    call pg_temp.publish((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + 2);
    call pg_temp.publish((now() at time zone 'UTC')::date, (now() at time zone 'UTC')::date + 2, purpose => 'upload', secret => 'other');"; } | sql "$db"
# Any eight bytes of any pad or key, as they look in hexadecimal digits or in a dump of a plan.
sql "$db" -c "with k as (
        select encode(p, 'hex') as h from s3cache.signing_key k, lateral (values (k.inner_pad), (k.outer_pad)) v (p)
    ), piece as (select distinct substr(h, 1 + 2 * o, 16) as h from k, generate_series(0, 24, 4) o where substr(h, 1 + 2 * o, 16) !~ '^(36|5c)+\$')
    select h from piece union all
    select string_agg(case when b > 127 then b - 256 else b end::text, ' ' order by i) from (select h, i, get_byte(decode(h, 'hex'), i) as b from piece, generate_series(0, 7) i) x group by h" >"$work/secrets"
prove 'there is something to look for' test "$(wc -l <"$work/secrets")" -gt 50

for user in "$reader" "$writer" "$admin" "$worker"; do
    prove "${user#"$tag"_}: no table with keys can be read or changed" refused "$user" "$db" 'table s3cache.signing_key' 'table s3cache.url_plan' \
        'select inner_pad from s3cache.signing_key' 'select u from s3cache.url_plan u' 'table s3cache.presigned_row' 'table s3cache.published_default' \
        'delete from s3cache.signing_key' "update s3cache.url_plan set origin = 'https://evil.example'" 'truncate s3cache.signing_key' \
        "insert into s3cache.signing_key select * from s3cache.signing_key" 'copy s3cache.url_plan to stdout' 'do $$ begin lock table s3cache.url_plan; end $$' \
        'insert into s3cache.signing_key (profile) values (null) returning inner_pad' 'set role s3cache_owner' \
        'create temporary table copied as select * from s3cache.url_plan' 'create rule r as on select to s3cache.signing_key do instead nothing' \
        'create trigger t after insert on s3cache.signing_key execute function s3cache.url_sources_changed()'
    prove "${user#"$tag"_}: nothing that takes a key or a moment can be called" refused "$user" "$db" \
        "select s3cache.url_at('s3_image_cache', 'a', now(), true)" "select s3cache.presigned_url_at('a', null, 'GET', null, null, false, 's3_image_cache', now() + '1 day')" \
        "select s3cache.handed_out_url_at('a', 's3_image_cache', now() + '1 day')" "select s3cache.images_at('', 's3_image_cache', false, null, null, now())" \
        "select s3cache.upload_url_at('a', null, '1 min', 's3_image_cache', now())" "select s3cache.upload_form_at('a', null, 1, '1 min', 's3_image_cache', now())" \
        "select s3cache.signature('x', '', '')" "select s3cache.keyless_url_of(1, 'a', 0, now())" 'select s3cache.refresh_url_plans()' \
        "select s3cache.upload_plan('a', null, 's3_image_cache', 0, 0)" "select s3cache.with_signing_keys(null, 'presign')" 'select s3cache.supersede_signing_keys()' \
        "select s3cache.signed_policy(null, '', '', '', 0, 0)" "select s3cache.url_place(1, null, '{}')"
done
prove 'a reader signs no upload' refused "$reader" "$db" "select s3cache.upload_url('a.jpg')" "select s3cache.upload_form('a.jpg')" \
    "select s3cache.presign(array['a'])" "select s3cache.invalidate('a')" 'select s3cache.wanted_signing_keys()'

# Every call that makes a URL, and what the session can see meanwhile: plans, errors, cursors, views, statistics.
calls="select s3cache.url('1.jpg'), s3cache.presigned_url('a b.jpg'), s3cache.public_url('1.jpg'), s3cache.images('1'), s3cache.primary_image('1'), s3cache.key_of('https://x/y')"
cat >"$work/look.sql" <<SQL
set client_min_messages = debug5; set debug_print_parse = on; set debug_print_rewritten = on; set debug_print_plan = on; set debug_pretty_print = off; set log_statement_stats = off;
$calls;
explain (verbose, analyze, settings) $calls from s3_image_cache limit 3;
begin;
declare c cursor for $calls from s3_image_cache;
fetch 2 from c; table pg_cursors; commit;
prepare p as $calls; execute p; table pg_prepared_statements;
select pid, query, state from pg_stat_activity;
table pg_stats; select * from pg_stats_ext; select prosrc, pg_get_functiondef(oid) from pg_proc where pronamespace = 's3cache'::regnamespace;
select name, setting from pg_settings; table s3cache.cache; table s3cache.presigned; table s3cache.jobs; table s3cache.metrics;
select s3cache.presigned_url(repeat('x', 5000)); select s3cache.presigned_url('a', expires => '8 days'); select s3cache.presigned_url('a', method => 'PUT');
select s3cache.presigned_url('a', cache => 'none'); select s3cache.images('', limit_rows => -1);
set statement_timeout = '20ms'; select count(s3cache.presigned_url(g || '.jpg')) from generate_series(1, 1000000) g; reset statement_timeout;
do \$\$ declare d text; c text; begin
    perform s3cache.presigned_url('a', expires => '0 s');
exception when others then get stacked diagnostics d = pg_exception_detail, c = pg_exception_context; raise notice '% %', d, c; end \$\$;
set work_mem = '64kB'; set max_stack_depth = '100kB'; $calls; reset max_stack_depth;
-- After an error inside an expression PL/pgSQL plans it for the values that it has, as long as the transaction lasts.
begin;
$calls;
savepoint s; select s3cache.presigned_url('1.jpg', response_content_type => repeat('x', 4000)); rollback to s;
savepoint s; select s3cache.presigned_url('1.jpg', response_content_disposition => repeat('é', 1025)); rollback to s;
savepoint s; select s3cache.presigned_url(repeat('/', 4000)); rollback to s;
savepoint s; select s3cache.presigned_url('1.jpg', expires => '-1 s'); rollback to s;
savepoint s; set local statement_timeout = '30ms'; select count(s3cache.presigned_url(g || '.jpg')) from generate_series(1, 1000000) g; rollback to s;
savepoint s; set local max_stack_depth = '100kB'; select s3cache.presigned_url(g || '.jpg') from generate_series(1, 3) g; rollback to s;
$calls;
commit;
set plan_cache_mode = force_custom_plan; $calls; reset plan_cache_mode;
SQL
sees_nothing() {
    PGUSER=$1 timeout 120 psql -XAt -d "$db" -f "$work/look.sql" >"$work/seen" 2>&1
    if ! grep -q 'X-Amz-Signature=' "$work/seen" || ! grep -q 'PLANNEDSTMT' "$work/seen"; then
        echo 'saw nothing at all'
        return 1
    fi
    # Dumps of plans are broken into lines anywhere.
    ! tr -s '\n ' ' ' <"$work/seen" | grep -F -m 3 -o -f "$work/secrets"
}
for user in "$reader" "$writer" "$admin"; do
    prove "${user#"$tag"_} sees no key: plans, debug_print_plan, errors, cursors, statistics, sources" sees_nothing "$user"
done
# The same for those who may sign uploads: each that fails, and then one that does not, in one transaction.
uploads="select s3cache.upload_url('a.jpg', 'image/jpeg'), s3cache.upload_form('a.jpg', 'image/jpeg', 1000)"
cat >>"$work/look.sql" <<SQL
begin;
savepoint s; select s3cache.upload_form('a.jpg', expires => '-1 s'); rollback to s;
savepoint s; select s3cache.upload_url('a.jpg', expires => '-1 s'); rollback to s;
savepoint s; select s3cache.upload_form('a.jpg', max_bytes => 0); rollback to s;
savepoint s; select s3cache.upload_form('a.jpg', E'a\\nb'); rollback to s;
savepoint s; select s3cache.upload_url(repeat('x', 5000)); rollback to s;
savepoint s; set local statement_timeout = '30ms'; select count(s3cache.upload_form(g || '.jpg')) from generate_series(1, 1000000) g; rollback to s;
$uploads;
commit;
set plan_cache_mode = force_custom_plan; $uploads; reset plan_cache_mode;
SQL
for user in "$writer" "$admin"; do
    prove "${user#"$tag"_} sees none where uploads are signed" sees_nothing "$user"
done
cat >>"$work/look.sql" <<SQL
select s3cache.configure(presign_ttl => '2 hours'), s3cache.invalidate(null), s3cache.create_cache('looked'), s3cache.upload_url('a.jpg'), s3cache.upload_form('a.jpg');
select s3cache.reset('s3_image_cache', 'presign_ttl'); select s3cache.drop_cache('looked');
SQL
prove 'nor does an administrator who changes settings' sees_nothing "$admin"

sql "$db" -c "select s3cache.create_cache('shadowed'), s3cache.configure('shadowed', bucket => 'shadowed', region => 'eu-central-1')" -o /dev/null
# An error in the middle of anything, and then the same calls in the same transaction: what failed is planned anew, for the
# values at hand. A missing table stands for all errors; a user has cancellations and time-outs.
{
    echo "set client_min_messages = debug5; set debug_print_plan = on; set debug_pretty_print = off; set plan_cache_mode = force_custom_plan;"
    all="$calls, s3cache.upload_url('a.jpg', 'image/jpeg'), s3cache.upload_form('a.jpg'), s3cache.url('a', 'shadowed'), s3cache.presigned_url('a', response_content_type => 'a/b')"
    for table in signing_key url_plan object presigned_row published_default created_cache cache_setting; do
        echo "begin; set local role $admin; $all; reset role;"
        for call in "url('1.jpg')" "presigned_url('a b.jpg')" "public_url('1.jpg')" "images('1')" "key_of('https://x/y')" "upload_url('a.jpg', 'image/jpeg')" "upload_form('a.jpg')" "url('a', 'shadowed')"; do
            echo "savepoint s; alter table s3cache.$table rename to gone; set local role $admin; select s3cache.$call; rollback to s;"
        done
        echo "set local role $admin; $all; commit;"
    done
} >"$work/broken.sql"
sees_nothing_after_errors() {
    timeout 120 psql -XAt -d "$db" -f "$work/broken.sql" >"$work/seen" 2>&1
    if [ "$(grep -c 'does not exist' "$work/seen")" -lt 20 ] || [ "$(grep -c 'X-Amz-Signature=' "$work/seen")" -lt 14 ]; then
        echo 'nothing failed, or all did'
        return 1
    fi
    ! grep -F -m 3 -o -f "$work/secrets" "$work/seen"
}
prove 'nor is any key in a plan that is made after an error' sees_nothing_after_errors

# Names: what lies first in the path, or among the temporary objects, neither runs as the owner nor changes a URL.
sql "$db" -c "create schema evil; create table evil.ran (who text); grant all on schema evil to public; grant all on evil.ran to public" -o /dev/null
cat >"$work/evil.sql" <<'SQL'
set search_path = pg_temp, evil, pg_catalog, public;
create function evil.note() returns boolean language plpgsql as $$ begin
    if current_user in ('s3cache_owner', 'postgres') then insert into evil.ran values (current_user); end if; return true; end $$;
do $$
declare
    f record;
begin
    -- Every function that has a part in it, with the very arguments; and better fitting operators.
    for f in
        select p.oid::regprocedure as identity, p.proname, pg_get_function_identity_arguments(p.oid) as arguments, pg_get_function_result(p.oid) as result
        from pg_proc p
        where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f' and not p.proretset
            and p.proname in ('sha256', 'convert_to', 'encode', 'statement_timestamp', 'to_char', 'to_timestamp', 'date_part', 'extract', 'substr', 'substring', 'floor', 'hashtextextended', 'octet_length', 'timezone', 'lower', 'replace', 'upper', 'left', 'md5', 'regexp_replace', 'format')
            and pg_get_function_result(p.oid) !~ 'any' and pg_get_function_identity_arguments(p.oid) !~ '"any"'
    loop
        execute format('create function evil.%I(%s) returns %s language sql as ''select case when evil.note() then null::%s end''', f.proname, f.arguments, f.result, f.result);
    end loop;
    for f in select * from (values ('||', 'text', 'text', 'text'), ('||', 'bytea', 'bytea', 'bytea'), ('=', 'integer', 'integer', 'boolean'), ('=', 'text', 'text', 'boolean'),
        ('<>', 'text', 'text', 'boolean'), ('~', 'text', 'text', 'boolean'), ('%', 'bigint', 'bigint', 'bigint'), ('-', 'bigint', 'bigint', 'bigint'), ('+', 'bigint', 'bigint', 'bigint'), ('/', 'bigint', 'integer', 'bigint'), ('>', 'bigint', 'integer', 'boolean'),
        ('<', 'bigint', 'integer', 'boolean'), ('-', 'integer', 'bigint', 'bigint'), ('-', 'integer', 'integer', 'integer'), ('>', 'integer', 'integer', 'boolean'),
        ('>=', 'integer', 'integer', 'boolean'), ('<=', 'integer', 'integer', 'boolean'), ('>=', 'interval', 'interval', 'boolean'), ('<=', 'interval', 'interval', 'boolean'), ('||', 'text', 'bigint', 'text')) v (name, l, r, result)
    loop
        execute format('create function evil.%I(a %s, b %s) returns %s language sql as ''select case when evil.note() then null::%s end''', concat_ws('_', 'op', ascii(f.name), length(f.name), f.l, f.r), f.l, f.r, f.result, f.result);
        execute format('create operator evil.%s (leftarg = %s, rightarg = %s, function = evil.%I)', f.name, f.l, f.r, concat_ws('_', 'op', ascii(f.name), length(f.name), f.l, f.r));
    end loop;
end $$;
create domain evil.text as pg_catalog.text check (evil.note());
create domain pg_temp.text as pg_catalog.text check (evil.note());
create domain pg_temp.bytea as pg_catalog.bytea check (evil.note());
create temporary table url_plan (cache_id integer, origin pg_catalog.text);
create temporary table object (cache_id integer, filename pg_catalog.text);
create function pg_temp.statement_timestamp() returns timestamptz language sql as $$ select '2099-01-01'::timestamptz $$;
select s3cache.presigned_url('1.jpg', expires => '1 hour', response_content_type => 'a/b'), s3cache.url('a ü.jpg', 'shadowed');
select s3cache.presigned_url('1.jpg'), s3cache.url('2.jpg'), s3cache.public_url('3.jpg'), s3cache.images('4'), s3cache.primary_image('5'), s3cache.key_of('https://x/y');
SQL
parts() { sed 's/[|,]/\n/g' | sort -u; }
# Windows may end meanwhile: each URL is what it was before, or what it is after.
honest() {
    local call="select s3cache.presigned_url('1.jpg'), s3cache.url('2.jpg'), s3cache.public_url('3.jpg'), s3cache.images('4'), s3cache.primary_image('5'), s3cache.key_of('https://x/y')"
    PGUSER=$reader sql "$db" -c "$call" >"$work/before.out" && PGUSER=$reader sql "$db" -f "$work/evil.sql" >"$work/evil.out" &&
        PGUSER=$reader sql "$db" -c "$call" >"$work/after.out" && tail -n 1 "$work/evil.out" | parts >"$work/evil.parts" &&
        grep -q X-Amz-Signature "$work/evil.parts" &&
        same /dev/null <(comm -13 <(cat "$work/before.out" "$work/after.out" | parts) "$work/evil.parts")
}
prove 'shadowed functions, operators, types and tables change no URL' honest
prove 'and none of them runs as the owner' answers "$db" 0 'select count(*) from evil.ran'
# The same in a function that looks names up: it falls for each of these.
sql "$db" -o /dev/null <<'SQL'
create schema naive; grant usage on schema naive to public;
create function naive.f() returns text language plpgsql security definer as $$ begin return encode(sha256('x'), 'hex'); end $$;
create function naive.o() returns text language plpgsql security definer as $$ declare a pg_catalog.text := 'x'; begin return a || a; end $$;
create function naive.t() returns text language plpgsql security definer as $$ declare a text; begin a := 'x'; return a; end $$;
grant execute on all functions in schema naive to public;
SQL
for one in f o t; do
    caught() {
        sed "s/^select s3cache.*/select naive.$one();/" "$work/evil.sql" >"$work/naive.sql" && PGUSER=$reader sql "$db" -o /dev/null -f "$work/naive.sql" &&
            answers "$db" t 'select count(*) > 0 from evil.ran' && sql "$db" -c 'truncate evil.ran'
    }
    sql "$db" -c 'drop schema evil cascade' -c "create schema evil; create table evil.ran (who text); grant all on schema evil to public; grant all on evil.ran to public" 2>"$work/dropped"
    prove "which a function with unqualified names does ($one)" caught
done

# The worker's way in: binary COPY, also of what is refused.
sql "$db" -c '\copy s3cache.signing_key to '"$work/keys"' with (format binary)' \
    -c '\copy (select profile, purpose, region, day, null::text, session_token, obtained_at, expires_at, inner_pad, outer_pad, published_at from s3cache.signing_key) to '"$work/bad"' with (format binary)'
copies_in() { PGUSER=$worker sql "$db" -c '\copy s3cache.signing_key from '"$1"' with (format binary)'; }
prove 'a worker publishes by COPY' copies_in "$work/keys"
refused_silently() { copies_in "$work/bad" >"$work/refusal" 2>&1; grep -q 'A signing key is refused' "$work/refusal" && ! grep -F -f "$work/secrets" "$work/refusal"; }
prove 'what is refused is not shown' refused_silently
if [ -r "$PGHOST/server.log" ]; then
    logged_nothing() { ! grep -F -m 1 -o -f "$work/secrets" "$PGHOST/server.log"; }
    prove 'nor logged' logged_nothing
fi

# What workers signed is for who asked.
job=$(PGUSER=$writer sql "$db" -c "select s3cache.presign(array['1.jpg'])")
sql "$db" -c "select s3cache.complete_presign(c.id, c.token, array['1.jpg'], array['https://signed.example/1'], array[now() + interval '1 hour'])
    from s3cache.claim_jobs(s3cache.register_worker('w', 'h', 1, s3cache.version(), '1 minute', '{}'), 10, false) c where c.id = $job" -o /dev/null
prove 's3cache.presigned shows one'\''s own' answers_as "$writer" "$db" https://signed.example/1 'select url from s3cache.presigned'
prove 'and not those of others' answers_as "$other" "$db" 0 'select count(*) from s3cache.presigned'
leaks_nothing() {
    PGUSER=$other sql "$db" -c "set client_min_messages = notice; create function pg_temp.leak(text) returns boolean language plpgsql cost 0.0000001 as
        \$\$ begin raise notice 'leaked %', \$1; return true; end \$\$; select 1 from s3cache.presigned where pg_temp.leak(url)" >"$work/leaks" 2>&1
    ! grep leaked "$work/leaks"
}
prove 'also not to a function in WHERE' leaks_nothing
finish
