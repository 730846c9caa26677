-- object: function s3cache.write_back(bigint)
create or replace function s3cache.write_back(job_id bigint) returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    ended record;
begin
    select u.* into ended from s3cache.bound_upload(job_id) u;
    if not found then
        return 0;
    end if;
    return s3cache.write_urls(ended.binding, array[ended.row_key], array[ended.filename]);
end
$$;
comment on function s3cache.write_back(bigint) is
    'Writes the URL of what an upload or fetch stored into its bound row, and gives the number of rows: 1, or 0 where there is none. To be called in the transaction that ends the job, with the worker''s own rights. Raises an error where the binding cannot be used any more.';
