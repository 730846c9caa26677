-- object: function s3cache.is_private(integer, text)
create or replace function s3cache.is_private(cache_id integer, filename text) returns boolean
language plpgsql stable parallel safe
-- No settings, as in s3cache.url_at().
as $$
begin
    return exists (
        select
        from s3cache.private_file p
        where p.cache_id operator(pg_catalog.=) is_private.cache_id and p.filename operator(pg_catalog.=) is_private.filename);
end
$$;
comment on function s3cache.is_private(integer, text) is
    'Whether a file was, or is being, uploaded as PrivateData.';
