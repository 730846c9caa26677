-- object: function s3cache.may_run()
create or replace function s3cache.may_run() returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    home constant text := (
        select string_agg(format('%s/%s', i.system_identifier, i.database_oid), ' ') from s3cache.installation i);
begin
    -- A session stays in its database, so that one look into the control file is enough for it.
    if home is null or current_setting('s3cache.home', true) is distinct from home then
        if not s3cache.at_home() then
            return false;
        end if;
        perform set_config('s3cache.home', home, false);
    end if;
    return true;
end
$$;
comment on function s3cache.may_run() is
    's3cache.at_home(), which a session asks once and remembers.';
