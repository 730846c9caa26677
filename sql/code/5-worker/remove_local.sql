-- object: function s3cache.remove_local(text, bigint, bigint, boolean)
create or replace function s3cache.remove_local(binding text, worker bigint, file_limit bigint, dry_run boolean) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    plan record;
    args jsonb;
begin
    select p.* into plan from s3cache.binding_plan(binding) p;
    if plan.url_column is null or (plan.path_column is null and (plan.md5_column is null or plan.root is null)) then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = case
                when plan.url_column is null then format('The binding %I has no url_column, so nothing tells what is archived.', plan.name)
                else format('The binding %I does not say where files are.', plan.name)
            end,
            hint = 'Bind the table again with url_column, and path_column or md5_column and root.';
    end if;
    args := jsonb_strip_nulls(jsonb_build_object(
        'binding', plan.name, 'verify_s3', true, 'check_local', true, 'file_limit', file_limit, 'dry_run', coalesce(dry_run, true)));
    return s3cache.pin_job(
        -- An archive of the binding runs before or after it.
        s3cache.enqueue('remove_local', plan.cache_id, args, null, format('archive/%s', plan.name), 10::smallint), worker);
end
$$;
comment on function s3cache.remove_local(text, bigint, bigint, boolean) is
    'Has one worker, the command s3cache archive --remove-local, remove the local files of rows whose objects it reads and finds to be the same; gives a job id. Other workers remove no file, whoever asks them. file_limit: at most so many files are compared; NULL for no limit. Raises object_not_in_prerequisite_state for a binding without a URL column or without a place of files.';
