#!/usr/bin/env bash
# A rebuild that writes what it has listed, and the HEADs of a verification, beside others who write the same rows at that very
# moment: what they wrote stays. And what is left of a listing.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

db=${tag}_rebuild_races
new_database "$db" && sql "$db" -c 'create extension s3cache' -c "select s3cache.configure(bucket => 'shop')" -o /dev/null || exit 1
worker=$(sql "$db" -c "select s3cache.register_worker('r', 'h', 1, s3cache.version(), '1 hour', '{}')")
# shellcheck source=sql/test/support/sessions.sh
. sql/test/support/sessions.sh

# list CHANGES: rows a, b, c; and a rebuild that has listed everything and found (remove, filename, etag)…. Sets job and token.
list() {
    local said
    said=$(sql "$db" -v worker="$worker" -f - <<SQL
\o $work/list.log
delete from s3cache.job;
truncate s3_image_cache;
insert into s3cache.object (cache_id, filename, size, etag, state) select 1, n, 1, 'old', 'present' from unnest(array['a', 'b', 'c']) n;
select s3cache.rebuild() as job \gset
select token from s3cache.claim_jobs(:worker, 10, false) where id = :job \gset
select from s3cache.listing_plan(:job, :token);
select pg_current_snapshot() as fence \gset
begin;
insert into s3cache.rebuild_change (job_id, part, slice, remove, filename, size, etag)
select :job, 0, 0, c.remove, c.filename, 1, c.etag from (values $1) c (remove, filename, etag);
select from s3cache.record_pages(:job, :token, 0, :'fence', array[null], array[null], array[3,0,0,0,0,1,0,1,0,0,0,0], 0);
commit;
\o
\echo :job :token
SQL
    ) || return 1
    read -r job token <<<"$said"
}
rows() { answers "$db" "$1" "select string_agg(filename || ' ' || etag, ', ' order by filename) from s3_image_cache where state = 'present'"; }

# meanwhile CHANGES WRITE ROWS: while the rebuild waits for row a, somebody who came later than it writes another row.
meanwhile() {
    list "$1" && tell A begin && tell A "select from s3_image_cache where filename = 'a' for update" && send B "select s3cache.apply_slice($job, $token)" &&
        until_blocked B && sql "$db" -c "$2" && tell A rollback && hear B >/dev/null && rows "$3"
}
prove 'a row that was written while the rebuild writes is not overwritten' meanwhile "(false, 'a', 'listed'), (false, 'b', 'listed'), (false, 'c', 'listed')" \
    "update s3_image_cache set etag = 'newer' where filename = 'b'" 'a listed, b newer, c listed'
prove 'nor is it removed' meanwhile "(true, 'a', null), (true, 'b', null), (true, 'c', null)" \
    "update s3_image_cache set etag = 'newer' where filename = 'b'" 'b newer'
prove 'nor one that was forgotten and added anew' meanwhile "(true, 'a', null), (true, 'b', null), (true, 'c', null)" \
    "delete from s3_image_cache where filename = 'b'; insert into s3cache.object (cache_id, filename, etag, state) values (1, 'b', 'newer', 'present')" 'b newer'

# verified: likewise a verification, which has asked the bucket before.
verified() {
    local token fence job
    list "(false, 'a', 'listed')" || return 1
    job=$(sql "$db" -c "select s3cache.verify()") || return 1
    token=$(sql "$db" -c "select token from s3cache.claim_jobs($worker, 10, false) where id = $job") && fence=$(sql "$db" -c 'select pg_current_snapshot()') &&
        tell A begin && tell A "select from s3_image_cache where filename = 'a' for update" &&
        send B "select s3cache.record_verified($job, $token, '$fence', array['a', 'b'], array[true, false], array[1, null], array['seen', null], array[0, null], array['', ''], array['', ''])" &&
        until_blocked B && sql "$db" -c "update s3_image_cache set etag = 'newer' where filename = 'b'" && tell A rollback && hear B >/dev/null &&
        rows 'a seen, b newer, c old'
}
prove 'a row that was written while a verification writes is left alone' verified

# --- what is left to list
# takes RANGES TAKEN LEFT: of these ranges, 'after-upto' each, a slice has listed others; LEFT is what is left, or the error.
takes() {
    local said
    list "(false, 'a', 'listed')" || return 1
    said=$(sql "$db" -v VERBOSITY=sqlstate -v job="$job" -v token="$token" -v ranges="$1" -v taken="$2" -f - 2>&1 <<'SQL'
insert into s3cache.rebuild_range (job_id, part, after, upto)
select :job, 0, nullif(split_part(r, '-', 1), ''), nullif(split_part(r, '-', 2), '') from unnest(string_to_array(:'ranges', ' ')) r;
select pg_current_snapshot() as fence \gset
\o /dev/null
select from s3cache.record_pages(:job, :token, 1, :'fence',
    array(select nullif(split_part(r, '-', 1), '') from unnest(string_to_array(:'taken', ' ')) r),
    array(select nullif(split_part(r, '-', 2), '') from unnest(string_to_array(:'taken', ' ')) r), array[0,0,0,0,0,1,0,1,0,0,0,0], 0);
\o
select coalesce(string_agg(concat(r.after, '-', r.upto), ' ' order by r.after nulls first), 'none') from s3cache.rebuild_range r where r.job_id = :job;
SQL
    )
    [[ $said == *"$3" ]] || { echo "$said" && return 1; }
}
prove 'a range is taken out of the middle' takes '-' 'c-f' '-c f-'
prove 'at its begin, and at its end' takes '-c f-' '-b g-' 'b-c f-g'
prove 'several at once' takes 'a-z' 'b-c d-e y-z' 'a-b c-d e-y'
prove 'one that reaches over two neighbours' takes '-c c-' 'b-d' '-b d-'
prove 'and over three, to the very end' takes 'a-c c-e e-' 'b-' 'a-b'
prove 'all of them' takes '-c c-e e-' '-' none
for wrong in '-c d- b-e' '-c d- c-d' 'b-c a-c' 'b- -c' '-b a-' 'b-c c-d'; do
    prove "what is not left cannot be taken: $wrong" takes "${wrong% *}" "${wrong##* }" 'S3C02'
done

# --- a rebuild from an inventory that begins while tombstones are forgotten
# begins FIRST: a rebuild that is to read an inventory of two days ago, and a tombstone of yesterday. Sets job and token; begin, prune.
begins() {
    list "(false, 'a', 'listed')" && sql "$db" -c "delete from s3cache.tombstone" -c "update s3cache.cache_state set deletions_forgotten_at = null" \
        -c "insert into s3cache.tombstone (cache_id, filename, deleted_at) values (1, 'deleted', clock_timestamp() - interval '25 hours')" &&
        begin="select s3cache.begin_inventory($job, $token, (extract(epoch from clock_timestamp() - interval '2 days') * 1000000)::bigint)" &&
        prune='select pruned from s3cache.prune_tombstones(10)'
}
prunes_first() {
    local said
    begins && tell A begin && tell A "$prune" | same <(echo 1) - && send B "$begin" && until_blocked B && tell A commit && said=$(hear B) && [ "$said" = outdated ]
}
begins_first() {
    begins && tell A begin && tell A "$begin" | same <(echo empty) - && answers "$db" 0 "$prune" && tell A commit && answers "$db" 0 "$prune" &&
        answers "$db" 1 'select count(*) from s3cache.tombstone'
}
prove 'an inventory does not begin by what is being forgotten' prunes_first
prove 'and what it needs is not forgotten once it begins' begins_first

close_sessions
finish
