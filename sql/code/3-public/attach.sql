-- object: function s3cache.attach(text, text, bytea, text, text, text, text, text, jsonb, text, text, text, text)
create or replace function s3cache.attach(
    binding text,
    row_id text,
    content bytea default null,
    path text default null,
    data_uri text default null,
    url text default null,
    filename text default null,
    content_type text default null,
    metadata jsonb default '{}',
    cache_control text default null,
    category text default null,
    if_exists text default null,
    idempotency_key text default null)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    bound record;
    own_name constant text := coalesce(filename, substring(coalesce(path, regexp_replace(url, '[?#].*$', '')) from '[^/]+$'));
    template text;
    attached bigint;
begin
    if num_nonnulls(content, path, data_uri, url) <> 1 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'Give exactly one of content, path, data_uri and url.',
            hint = 'SELECT s3cache.attach(''posts'', ''17'', url => ''https://example.com/logo.png'');';
    elsif url is not null and (content_type is not null or metadata <> '{}' or cache_control is not null or if_exists is not null) then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'What is fetched by its URL takes no content_type, metadata, cache_control or if_exists.',
            hint = 'Give a category, or configure the cache.';
    end if;
    select b.* into bound from s3cache.bound_key(binding, row_id) b;
    -- A worker writes the URL: not for those who may not.
    if not bound.may_write then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('Role %I may not write the URL column that the binding %I has.', current_user, bound.name),
            hint = 'Its table''s owner can GRANT UPDATE of that column.';
    elsif not bound.is_there then
        raise exception using
            errcode = 'no_data_found',
            message = format('%I has no row %s.', bound.name, coalesce(to_json(left(row_id, 200))::text, 'NULL')),
            hint = 'row_id is the value of the key template''s column, or of the primary key.';
    elsif bound.key is null then
        raise exception using
            errcode = 'null_value_not_allowed',
            message = format('The row %s of %I has no key: a column of the key template is NULL.', to_json(left(row_id, 200)), bound.name),
            hint = 'Set the column first.';
    end if;
    template := regexp_replace(bound.key, '\{mtime:([A-Z]+)\}', '{date:\1}', 'g') || case when bound.is_folder then '{file}' else '' end;
    if template ~ '\{file\}' and own_name is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('The key template of %I leaves the file''s own name open.', bound.name),
            hint = 'Give it as filename => ….';
    end if;
    template := replace(template, '{file}', coalesce(replace(replace(own_name, '{', '{{'), '}', '}}'), ''));
    attached := case
        when content is not null then s3cache.upload(
            template, content, content_type, metadata, cache_control, category, if_exists, idempotency_key, bound.cache)
        when path is not null then s3cache.upload_file(
            template, path, content_type, metadata, cache_control, category, if_exists, idempotency_key, bound.cache)
        when data_uri is not null then s3cache.upload_data_uri(
            template, data_uri, content_type, metadata, cache_control, category, if_exists, idempotency_key, bound.cache)
        else s3cache.fetch(url, template, category, idempotency_key, bound.cache)
    end;
    if bound.row_key is not null then
        perform s3cache.attach_job(attached, bound.name, bound.row_key);
    end if;
    return attached;
end
$$;
comment on function s3cache.attach(text, text, bytea, text, text, text, text, text, jsonb, text, text, text, text) is
    'Uploads or fetches through a binding: the file gets the name that the key template makes of the row, and when it is stored, its URL is written into the row''s url_column, no other column, in the transaction that ends the job. Gives a job id. Exactly one of content (as for s3cache.upload()), path (s3cache.upload_file()), data_uri (s3cache.upload_data_uri()) and url (s3cache.fetch()); filename: the file''s own name, where the template has {file} or is of a folder, else that of path or url. row_id is as for s3cache.images_of(). Takes the right to SELECT from the table, and where it has a URL column, to UPDATE that.';
