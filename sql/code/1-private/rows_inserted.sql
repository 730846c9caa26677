-- object: function s3cache.rows_inserted()
create or replace function s3cache.rows_inserted() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    refused text;
    problem text;
begin
    -- Workers write rows through the parent table, which does not fire this trigger; a restored dump does fire it,
    -- and may hold listed names that nobody may write: only unverified rows of this very transaction are looked at.
    select i.filename, s3cache.filename_problem(i.filename, coalesce(octet_length(c.prefix), 0))
    into refused, problem
    from inserted i
    left join s3cache.cache_setting c on c.cache_id = i.cache_id
    where i.state = 'unverified' and i.touched_xid = pg_current_xact_id()
        and (i.filename ~ '[\u0001-\u001f\u007f-\u009f]' or i.filename ~ '(^|/)\.\.?(/|$)'
            or octet_length(i.filename) + coalesce(octet_length(c.prefix), 0) > 1024)
    limit 1;
    if found then
        raise exception using
            errcode = 'check_violation',
            message = format('Cannot add %s to %s: %s.', to_json(left(refused, 200)), quote_ident(tg_table_name), problem);
    end if;
    if exists (select from inserted i where i.state = 'unverified') then
        perform s3cache.wake_workers();
    end if;
    return null;
end
$$;
comment on function s3cache.rows_inserted() is
    'Trigger of every cache table, once a statement: refuses names that may not be written and wakes a parked worker, which then verifies the new rows.';
