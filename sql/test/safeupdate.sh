#!/usr/bin/env bash
# Everything works where the server refuses UPDATE and DELETE without WHERE, as the module safeupdate makes it do. Debian
# does not have that module, so one that does the same is built here.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh

cat >"$work/safe.c" <<'C'
#include "postgres.h"

#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"

PG_MODULE_MAGIC;

void _PG_init(void);
static post_parse_analyze_hook_type previous;

/* Looks into CTEs and subqueries too. */
static bool
refuse(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		Query	   *query = (Query *) node;

		if ((query->commandType == CMD_UPDATE || query->commandType == CMD_DELETE) && query->jointree->quals == NULL)
			ereport(ERROR, (errcode(ERRCODE_CARDINALITY_VIOLATION),
							errmsg("%s requires a WHERE clause", query->commandType == CMD_UPDATE ? "UPDATE" : "DELETE")));
		return query_tree_walker(query, refuse, context, 0);
	}
	return expression_tree_walker(node, refuse, context);
}

static void
analyzed(ParseState *state, Query *query, JumbleState *jumble)
{
	if (previous)
		previous(state, query, jumble);
	refuse((Node *) query, NULL);
}

void
_PG_init(void)
{
	previous = post_parse_analyze_hook;
	post_parse_analyze_hook = analyzed;
}
C
config=${PG_CONFIG:-pg_config}
timeout 60 cc -O1 -w -fPIC -shared -I"$("$config" --includedir-server)" -o "$work/safe.so" "$work/safe.c" || exit 1
chmod a+r "$work/safe.so"

for way in extension migrate; do
    db=${tag}_safe_$way
    new_database "$db" && sql "$db" -c "alter database $db set session_preload_libraries = '$work/safe.so'" || exit 1
    if [ $way = extension ]; then
        prove 'the module refuses DELETE without WHERE' fails 'DELETE requires a WHERE clause' \
            sql "$db" -c 'create table t (a int)' -c 'delete from t'
        prove 'also in a CTE' fails 'UPDATE requires a WHERE clause' \
            sql "$db" -c 'create table u (a int)' -c 'with x as (update u set a = 1 returning a) select a from x'
        prove 'also in a function' fails 'DELETE requires a WHERE clause' \
            sql "$db" -c 'do $$ begin delete from u; end $$'
        prove 'CREATE EXTENSION' sql "$db" -c 'create extension s3cache'
    else
        prove 'the migration' eval "\"$sqlbundle\" migration --sql sql --schema public >$work/migrate.sql && sql $db -f $work/migrate.sql"
        prove 'and again' sql "$db" -f "$work/migrate.sql"
    fi
    prove "$way: facade, caches, settings and the cycle of a worker" sql "$db" -f sql/test/support/usage.sql
    prove "$way: clear_s3_cache() gives the number of rows" answers "$db" 3 'select clear_s3_cache()'
    prove "$way: remove_file_from_s3_cache()" answers "$db" SUCCESS \
        "insert into s3_image_cache (filename) values ('x'); select split_part(remove_file_from_s3_cache('x'), ':', 1)"
    prove "$way: rebuild, slice by slice, dry run, retry, cancel, rescue, waiting and merging" sql "$db" -f sql/test/support/worker_cycle.sql
    copy=${tag}_safe_copy_$way
    databases+=("$copy")
    timeout 60 createdb --template "$db" "$copy" && sql "$copy" -c "alter database $copy set session_preload_libraries = '$work/safe.so'" || exit 1
    prove "$way: a copy is held" answers "$copy" f 'select s3cache.at_home()'
    prove "$way: until resume()" answers "$copy" t 'with r as materialized (select s3cache.resume()) select from r; select s3cache.at_home()'
    prove "$way: dropping it all" sql "$db" -c "$([ $way = extension ] && echo 'drop extension s3cache' || echo 'drop schema s3cache cascade')"
done

finish
