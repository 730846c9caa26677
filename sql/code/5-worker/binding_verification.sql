-- object: function s3cache.binding_verification(bigint, bigint)
create or replace function s3cache.binding_verification(job_id bigint, token bigint)
returns table (verify_s3 boolean, check_local boolean, total bigint, root text, state jsonb)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    asked record;
    plan record;
    limited constant bigint := 9223372036854775807;
begin
    select j.* into asked from s3cache.archive_job(job_id, token) j;
    select p.* into plan from s3cache.binding_plan(asked.args ->> 'binding') p;
    verify_s3 := (asked.args ->> 'verify_s3')::boolean;
    check_local := (asked.args ->> 'check_local')::boolean;
    root := plan.root;
    state := asked.state;
    if state is null then
        execute format('select case when $1 then least(count(%s), $3) else 0 end + case when $2 then least(count(*), $3) else 0 end from %s r',
            case when plan.url_column is null then plan.key_sql else format('r.%I', plan.url_column) end, plan.bound)
        into total
        using verify_s3, check_local, coalesce((asked.args ->> 'limit')::bigint, limited);
    end if;
    return next;
end
$$;
comment on function s3cache.binding_verification(bigint, bigint) is
    'What a job that verifies a binding is to do; total is the number of objects and files to look for where it has not begun, and state how far it is where it has. Reads the bound table with the worker''s own rights. Raises S3C01 if the claim is void.';
