-- object: function s3cache.verify_binding(text, boolean, boolean, bigint)
create or replace function s3cache.verify_binding(
    binding text, verify_s3 boolean default true, check_local boolean default false, limit_rows bigint default null)
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    plan record;
    problem text;
    advice text;
    args jsonb;
begin
    if limit_rows < 1 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('limit_rows cannot be %s: it takes 1 or more, or NULL for no limit.', limit_rows),
            hint = 'Rows come in the order of the primary key.';
    elsif (verify_s3 or check_local) is not true then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'There is nothing to verify.',
            hint = 'Say verify_s3 => true, check_local => true, or both.';
    end if;
    select p.* into plan from s3cache.binding_plan(binding) p;
    if plan.row_order is null then
        problem := format('%s has no primary key, so that its rows cannot be told apart.', plan.bound);
        advice := format('ALTER TABLE %s ADD PRIMARY KEY (…);', plan.bound);
    elsif verify_s3 and plan.url_column is null and plan.is_folder then
        problem := format('The binding %I gives each row a folder, not an object.', plan.name);
        advice := format('SELECT s3cache.verify(%L, prefix => ''''); looks at all objects of its cache.', plan.cache);
    elsif verify_s3 and plan.url_column is null and not plan.is_derived then
        problem := format('The binding %I has no url_column, and its key template does not tell a row''s object.', plan.name);
        advice := 'Bind the table again with url_column => ….';
    elsif check_local and plan.path_column is null and (plan.md5_column is null or plan.root is null) then
        problem := format('The binding %I does not say where files are.', plan.name);
        advice := 'Bind the table again with path_column, or md5_column and root.';
    end if;
    if problem is not null then
        raise exception using errcode = 'object_not_in_prerequisite_state', message = problem, hint = advice;
    end if;
    args := jsonb_strip_nulls(jsonb_build_object(
        'binding', plan.name, 'verify_s3', coalesce(verify_s3, false), 'check_local', coalesce(check_local, false),
        'limit', limit_rows));
    return s3cache.enqueue('verify_binding', plan.cache_id, args, format('verify_binding/%s/%s', plan.cache_id, args), null,
        10::smallint);
end
$$;
comment on function s3cache.verify_binding(text, boolean, boolean, bigint) is
    'Looks whether the objects of bound rows are there; gives a job id. verify_s3: asks the bucket with HEAD for the object of each row whose url_column is not NULL, or, without a url_column, that the key template gives the row; 404 is missing, and everything else that fails, a URL that is none of the cache''s among it, is an error. check_local: looks for each row''s file as archive() does, below the worker''s S3CACHE_FILE_ROOTS. limit_rows: at most so many rows for each of the two. The result is {"checked", "present", "missing", "errors", "problems"}, with check_local also "local_checked", "local_present" and "local_missing"; problems tells of the first 100 rows, the worker''s log of all. The cache''s own rows of these objects become present or missing; the bound table is only read.';
