-- object: function s3cache.archive(text, bigint, integer, boolean, boolean)
create or replace function s3cache.archive(
    binding text,
    limit_rows bigint default null,
    batch_size integer default 50,
    dry_run boolean default false,
    force boolean default false)
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    plan record;
    args jsonb;
begin
    if limit_rows < 0 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('limit_rows cannot be %s: it takes 0 or more, or NULL for no limit.', limit_rows),
            hint = 'The oldest rows come first.';
    elsif batch_size is null or batch_size not between 1 and 1000 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('batch_size cannot be %s: it takes 1 to 1000.', coalesce(batch_size::text, 'NULL')),
            hint = 'So many URLs are written at once; 50 is usual.';
    end if;
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
        'binding', plan.name, 'limit', limit_rows, 'batch_size', batch_size, 'dry_run', coalesce(dry_run, false),
        'force', coalesce(force, false)));
    return s3cache.enqueue('archive', plan.cache_id, args, format('archive/%s/%s', plan.cache_id, args),
        format('archive/%s', plan.name), 10::smallint);
end
$$;
comment on function s3cache.archive(text, bigint, integer, boolean, boolean) is
    'Uploads the files of bound rows whose url_column is NULL, the oldest first, and writes their URLs there; gives a job id. A row''s file is the one that path_column names, else root/images, root/videos or root/documents and its MD5 with the extension of its media type, else with any other: all below the worker''s S3CACHE_FILE_ROOTS. What does not have the MD5 of md5_column, or is not what mime_column says, is not uploaded. A file that is missing or fails leaves its row as it was, and the others go on. limit_rows: at most so many rows; batch_size: so many URLs are written at once; dry_run: uploads and writes nothing, and the result tells what would be; force: also rows that have a URL. The result is {"total", "found", "missing", "attempted", "successful", "failed", "rows_updated", "problems"}, of a dry run with "files".';
