-- object: function s3cache.archive_plan(bigint, bigint)
create or replace function s3cache.archive_plan(job_id bigint, token bigint)
returns table (total bigint, batch_size integer, is_dry_run boolean, root text, environment text, state jsonb)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    asked record;
    plan record;
begin
    select j.* into asked from s3cache.archive_job(job_id, token) j;
    select p.* into plan from s3cache.binding_plan(asked.args ->> 'binding') p;
    if asked.state is null then
        execute format('select least(count(*), $1) from %s r where %s', plan.bound,
            case when (asked.args ->> 'force')::boolean then 'true' else format('r.%I is null', plan.url_column) end)
        into total
        using coalesce((asked.args ->> 'limit')::bigint, 9223372036854775807);
    end if;
    batch_size := (asked.args ->> 'batch_size')::integer;
    is_dry_run := (asked.args ->> 'dry_run')::boolean;
    root := plan.root;
    environment := (select c.environment from s3cache.cache c where c.id = plan.cache_id);
    state := asked.state;
    return next;
end
$$;
comment on function s3cache.archive_plan(bigint, bigint) is
    'What an archive job is to do; total is the number of rows where it has not begun, and state how far it is where it has. Reads the bound table with the worker''s own rights. Raises S3C01 if the claim is void.';
