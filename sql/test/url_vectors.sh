#!/usr/bin/env bash
# SQL signs every request and policy that it can express of the corpora in the directory that S3CACHE_TEST_VECTORS names as
# botocore did. Without that variable there is nothing to compare with, which is said.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

if [ -z "${S3CACHE_TEST_VECTORS:-}" ]; then
    echo 'ok no further vectors: S3CACHE_TEST_VECTORS is not set'
    exit
fi
db=${tag}_vectors
new_database "$db" && "$sqlbundle" migration --sql sql --schema public | sql "$db" -o /dev/null || exit 1
{
    cat sql/test/support/signing.sql sql/test/support/corpus.sql
    for file in "$S3CACHE_TEST_VECTORS"/corpus/*.jsonl; do
        kind=request
        [[ $file != *post* ]] || kind=post
        printf "%s raw from '%s' with (format csv, delimiter E'%s', quote E'%s')\ncall pg_temp.take('%s');\n" '\copy' "$file" '\x01' '\x02' "$kind"
    done
    cat <<'SQL'
create temporary table compared as
select 'request' as kind, r ->> 'method' as method, r ->> 'id' as id, substring(u from 'X-Amz-Signature=(.*)$') as ours, r #>> '{expect,signature}' as theirs
from pg_temp.expressible, lateral (select pg_temp.signed_again(r) as u offset 0) again
union all
select 'policy', 'POST', record ->> 'id', (f ->> 'policy') || (f ->> 'x-amz-signature'), (record #>> '{expect,fields,policy}') || (record #>> '{expect,fields,x-amz-signature}')
from line, lateral (select pg_temp.policy_again(record) as f offset 0) again
where kind = 'post' and record ->> 'key' not like '%${filename}%';
select kind || ' ' || method || ' ' || count(*) from compared group by kind, method order by 1;
select kind || ' ' || coalesce(id, '') || ' differs' from compared where ours is distinct from theirs;
SQL
} >"$work/compare.sql"
compared() { sql "$db" -f "$work/compare.sql" >"$work/compared"; }
prove 'every record of the vectors can be read' compared
equal() { ! grep differs "$work/compared"; }
prove 'SQL signs as botocore did' equal
enough() { awk '{ n[$1] += $3 } END { exit !(n["request"] >= 100 && n["policy"] >= 20) }' "$work/compared"; }
prove "in many cases: $(paste -s -d , "$work/compared")" enough
finish
