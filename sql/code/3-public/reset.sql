-- object: function s3cache.reset(text, text)
create or replace function s3cache.reset(cache text, setting text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    reset_id integer := s3cache.cache_id(cache);
    source_before text := s3cache.cache_source(reset_id);
begin
    if not exists (select from s3cache.setting s where s.name = setting) then
        raise exception using
            errcode = 'undefined_parameter',
            message = format('There is no setting %L.', setting),
            hint = 'TABLE s3cache.setting lists the settings.';
    end if;
    -- The name was just found among ours, and format quotes it.
    execute format('update s3cache.cache_setting set %I = null where cache_id = $1', setting) using reset_id;
    perform s3cache.check_settings(reset_id);
    if s3cache.cache_source(reset_id) <> source_before then
        perform s3cache.restart_jobs(reset_id);
    end if;
end
$$;
comment on function s3cache.reset(text, text) is
    'Puts one setting of a cache back to its default. Refused where the default would contradict another setting.';
