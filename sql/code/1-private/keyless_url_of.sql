-- object: function s3cache.keyless_url_of(integer, text, bigint, timestamptz)
create or replace function s3cache.keyless_url_of(cache_id integer, filename text, version bigint, moment timestamptz) returns text
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    plan record;
    row_version bigint := coalesce(version, 0);
begin
    select u.store, u.presign_mode, u.margin, u.epoch into plan
    from s3cache.url_plan u
    where u.cache_id = keyless_url_of.cache_id;
    if plan.store = 'file' then
        return s3cache.file_url_of(cache_id, filename);
    elsif plan.presign_mode = 'worker' then
        return (
            select p.url
            from s3cache.presigned_row p
            where p.owner = s3cache.caller() and p.cache_id = keyless_url_of.cache_id and p.filename = keyless_url_of.filename
                and p.version = row_version and p.epoch = plan.epoch
                and p.expires_at > moment + plan.margin * interval '1 second');
    end if;
    return null;
end
$$;
comment on function s3cache.keyless_url_of(integer, text, bigint, timestamptz) is
    'The URL of a file where SQL signs none: its own in a directory, else in presign_mode worker what a worker signed for the caller; NULL without.';
