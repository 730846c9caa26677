-- object: function s3cache.bound_rows_inserted()
create or replace function s3cache.bound_rows_inserted() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    mark constant text := format(' %s ', tg_relid::oid);
    told constant text := coalesce(current_setting('s3cache.inserted_into', true), '');
    bound s3cache.binding_row;
    args jsonb;
begin
    -- The rows themselves are the worker's to read: what casts of their types would run here, would run as the owner of s3cache.
    if position(mark in told) > 0 or not exists (select from inserted) then
        return null;
    end if;
    select b.* into bound from s3cache.binding_row b where b.table_id = tg_relid and b.on_insert is not null;
    if not found then
        return null;
    end if;
    if bound.on_insert = 'archive' then
        -- As s3cache.archive() has it, with which it becomes one.
        args := jsonb_build_object('binding', bound.name, 'batch_size', 50, 'dry_run', false, 'force', false);
        perform s3cache.enqueue('archive', bound.cache_id, args, format('archive/%s/%s', bound.cache_id, args),
            format('archive/%s', bound.name), 10::smallint);
    else
        args := jsonb_build_object('binding', bound.name);
        perform s3cache.enqueue('fetch_rows', bound.cache_id, args, format('fetch_rows/%s/%s', bound.cache_id, args),
            format('fetch_rows/%s', bound.name), 10::smallint);
    end if;
    -- Undone with the job where a savepoint is.
    perform set_config('s3cache.inserted_into', told || mark, true);
    return null;
end
$$;
comment on function s3cache.bound_rows_inserted() is
    'Trigger s3cache_on_insert of bound tables, once a statement: enqueues what s3cache.on_insert() asked for, once in a transaction. Looks at no column of the rows.';
