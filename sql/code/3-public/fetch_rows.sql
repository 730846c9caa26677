-- object: function s3cache.fetch_rows(text)
create or replace function s3cache.fetch_rows(binding text) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    plan record;
    args jsonb;
begin
    select p.* into plan from s3cache.binding_plan(binding) p;
    if plan.source_column is null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('The binding %I does not say where files are fetched from.', plan.name),
            hint = 'SELECT s3cache.on_insert(table, ''fetch'', source_column => …);';
    end if;
    args := jsonb_build_object('binding', plan.name);
    return s3cache.enqueue('fetch_rows', plan.cache_id, args, format('fetch_rows/%s/%s', plan.cache_id, args),
        format('fetch_rows/%s', plan.name), 10::smallint);
end
$$;
comment on function s3cache.fetch_rows(text) is
    'Fetches the files of bound rows whose url_column is NULL from the URLs in the source_column of s3cache.on_insert(), which does this unasked when rows are inserted; gives a job id. The job enqueues a fetch for each row, except those that one is on its way for, and those whose URL failed and is not to be asked for again yet. Its result is {"rows", "enqueued", "pending", "backing_off", "problems"}.';
