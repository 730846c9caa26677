-- object: function s3cache.url_sources_changed()
create or replace function s3cache.url_sources_changed() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_table_name = 'signing_key' then
        perform s3cache.supersede_signing_keys();
    end if;
    -- Workers must wait for nobody's transaction: they come again every minute.
    perform s3cache.refresh_url_plans(tg_table_name <> 'worker');
    return null;
end
$$;
comment on function s3cache.url_sources_changed() is
    'Trigger of the tables that URLs are made from: brings s3cache.url_plan up to date.';
