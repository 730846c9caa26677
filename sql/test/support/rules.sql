-- What must hold of every object of ours; a line for each that breaks a rule. Run where plpgsql_check is installed.

-- The first thing in a PL/pgSQL body that would be looked up in a path; NULL if there is none.
create function pg_temp.unqualified(body text) returns text language sql as $$
    select substring(
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            body, '--[^\n]*', '', 'g'), '''[^'']*''', ' literal ', 'g'), 'operator\(pg_catalog\.[^a-z)]+\)', ',', 'g'), ':=', ' ', 'g'),
        -- An operator or cast; a function; a relation; a variable's type; a word that stands for an operator.
        '[-+*/<>=~!@#%^&|`?]+|::|(?<![a-z0-9_.])(?!(?:coalesce|greatest|least|row)\()[a-z_0-9]+\('
            || '|\m(?:from|join)\s+[a-z_0-9]+\M(?!\.)|\n {4}(?!end |return |perform |if )[a-z_0-9]+ (?!boolean|integer|bigint)[a-z_0-9]+(?:\[\])?(?=;| +[a-z_0-9]+)'
            || '|\m(?:between|in|like|ilike|similar|distinct|nullif|using|any|all|some)\M|\mcase\s+(?!when)')
$$;
select 'the rule on qualified names misses', body
from unnest(array[
    'begin return a || b; end', 'begin return a = 1; end', 'begin return a::text; end', 'begin return sha256(a); end',
    'begin select o.x into y from object o; end', E'declare\n    n text;\nbegin return n; end',
    E'declare\n    n timestamptz := s3cache.f(1);\nbegin end',
    'begin return a between b and c; end', 'begin return case a when b then c end; end', 'begin return a is distinct from b; end',
    'begin return a in (b); end', 'begin return nullif(a, b); end', 'begin return operator(evil.=) b; end']) as body
where pg_temp.unqualified(body) is null;

create temporary table routine as
select p.oid, p.oid::regprocedure::text as name, p.proname, p.proowner, p.proconfig, p.prorettype, p.prosrc, p.prosqlbody, p.proacl,
    l.lanname
from pg_proc p
join pg_language l on l.oid = p.prolang
where p.oid in (
    select to_regprocedure(substr(c.identity, 10)) from s3cache.code_object c where c.identity like 'function %');

create temporary table relation as
select c.oid, c.oid::regclass::text as name, c.relkind, c.relacl, c.relowner
from pg_class c
where c.relkind in ('r', 'p', 'v', 'S', 'm', 'f')
    and (c.relnamespace = 's3cache'::regnamespace
        or c.oid in (select i.inhrelid from pg_inherits i where i.inhparent = 's3cache.object'::regclass));

select 'undeclared function', p.oid::regprocedure::text
from pg_proc p
where p.pronamespace = 's3cache'::regnamespace and p.oid not in (select oid from routine)
union all
select 'function without comment', r.name from routine r where obj_description(r.oid, 'pg_proc') is null
union all
select 'relation without comment', r.name from relation r where obj_description(r.oid, 'pg_class') is null
union all
select 'schema without comment', 's3cache' where obj_description('s3cache'::regnamespace, 'pg_namespace') is null
union all
select 'column without comment', r.name || '.' || a.attname
from relation r
join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
where r.relkind in ('r', 'p', 'v') and col_description(r.oid, a.attnum) is null
union all
select 'trigger without comment', r.name || '.' || t.tgname
from relation r
join pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal
where obj_description(t.oid, 'pg_trigger') is null
union all
select concat('search_path not pinned: ', pg_temp.unqualified(r.prosrc)), r.name
from routine r
-- In a body that was parsed when the function was made, names mean what they meant then.
where not coalesce('search_path=pg_catalog, pg_temp' = any (r.proconfig), false) and r.prosqlbody is null
    -- Settings cost as much as signing does: a body may do without that leaves nothing to any path.
    and (r.lanname <> 'plpgsql' or pg_temp.unqualified(r.prosrc) is not null)
union all
-- PL/pgSQL plans an expression for the values at hand once it has failed in a transaction; and such a plan is shown to who asks.
select 'keys may be shown in a plan', r.name
from routine r
where r.lanname = 'plpgsql' and r.prosrc || pg_get_function_arguments(r.oid) ~ 's3cache\.(url_plan|signing_plan|signing_key)(;|,| :=|$)'
    and not coalesce('plan_cache_mode=force_generic_plan' = any (r.proconfig), false)
    -- Its comments say why not.
    and r.proname <> 'url_at'
union all
-- Such a plan costs so much, by the planner's count, that it starts the compiler: a hundred milliseconds for a look.
select 'a kind of plan is off, but jit is not', r.name
from routine r
where exists (select from unnest(r.proconfig) c where c ~ '^enable_.*=off$') and not 'jit=off' = any (r.proconfig)
union all
-- A literal in a body is read by the caller's setting, unless the function brings its own; E'' is the same under each.
select 'standard_conforming_strings not pinned', r.name
from routine r
where r.prosqlbody is null
    and regexp_replace(regexp_replace(r.prosrc, '--[^\n]*', '', 'g'), '\mE''([^''\\]|\\.|'''')*''', '', 'g') ~ '\\'
    and not coalesce('standard_conforming_strings=on' = any (r.proconfig), false)
union all
select 'not of s3cache_owner', r.name from routine r where r.proowner <> 's3cache_owner'::regrole
union all
select 'not of s3cache_owner', r.name from relation r where r.relowner <> 's3cache_owner'::regrole
union all
select 'PUBLIC has ' || a.privilege_type, r.name
from routine r, aclexplode(coalesce(r.proacl, acldefault('f', r.proowner))) a
where a.grantee = 0
union all
select 'PUBLIC has ' || a.privilege_type, r.name
from relation r, aclexplode(coalesce(r.relacl, acldefault(case r.relkind when 'S' then 's' else 'r' end::"char", r.relowner))) a
where a.grantee = 0
union all
select 'PUBLIC has ' || a.privilege_type, r.name || '.' || c.attname
from relation r
join pg_attribute c on c.attrelid = r.oid, aclexplode(c.attacl) a
where a.grantee = 0
union all
select 'PUBLIC has ' || a.privilege_type, 'schema s3cache'
from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
where n.nspname = 's3cache' and a.grantee = 0
union all
-- Only what its users have a right to is ever written or triggered by others.
select 'role ' || a.grantee::regrole || ' has ' || a.privilege_type, r.name
from relation r, aclexplode(r.relacl) a
where a.grantee <> r.relowner
    and (a.privilege_type in ('UPDATE', 'TRIGGER', 'REFERENCES')
        or (a.privilege_type = 'INSERT' and a.grantee <> 's3cache_worker'::regrole))
union all
select 'SQL body: ' || c.message, r.name
from routine r, lateral plpgsql_check_function_tb(
    r.oid,
    case
        when r.prorettype = 'trigger'::regtype then (
            select i.inhrelid from pg_inherits i where i.inhparent = 's3cache.object'::regclass limit 1)
        else 0
    end::regclass,
    newtable => case when r.proname in ('rows_inserted', 'bound_rows_inserted') then 'inserted'::name end,
    extra_warnings => true) c
where r.lanname = 'plpgsql'
    -- What is declared and not supported yet has no body to look at.
    and not (c.level = 'warning extra' and r.prosrc ~ 'is not supported yet by this version');

-- The names in SQL functions resolve through their pinned path too: making them again checks them.
set client_min_messages = warning;
set check_function_bodies = on;
begin;
select pg_get_functiondef(r.oid) from routine r where r.lanname = 'sql' \gexec
rollback;
