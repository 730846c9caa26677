-- object: function s3cache.bound_upload(bigint)
create or replace function s3cache.bound_upload(job_id bigint) returns table (binding text, row_key text, filename text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
        select h.args ->> 'binding', h.args ->> 'row', h.result ->> 'filename'
        from s3cache.job_history h
        where h.id = job_id and h.state = 'done' and h.args ? 'row' and h.result ? 'filename';
end
$$;
comment on function s3cache.bound_upload(bigint) is
    'The row that an ended upload or fetch was made for through a binding, and the file; none where there was no binding.';
