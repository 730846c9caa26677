-- object: function s3cache.unsigned_url_of(integer, text, text, text, boolean)
create or replace function s3cache.unsigned_url_of(
    cache_id integer, filename text, cdn_base text, public_base text, versioned boolean) returns text
language plpgsql stable parallel safe
-- A plan for one cache alone would be made for each URL. Else nothing is set, as in s3cache.url_at().
set plan_cache_mode = force_generic_plan
as $$
declare
    etag pg_catalog.text;
    content_type pg_catalog.text;
begin
    -- As s3cache.is_private() says, which would cost more than the look itself.
    if exists (
        select
        from s3cache.private_file p
        where p.cache_id operator(pg_catalog.=) unsigned_url_of.cache_id
            and p.filename operator(pg_catalog.=) unsigned_url_of.filename)
    then
        return null;
    end if;
    select o.etag, o.content_type into etag, content_type
    from s3cache.object o
    where o.cache_id operator(pg_catalog.=) unsigned_url_of.cache_id and o.filename operator(pg_catalog.=) unsigned_url_of.filename;
    return s3cache.open_url(cdn_base, public_base, versioned, filename, etag, content_type);
end
$$;
comment on function s3cache.unsigned_url_of(integer, text, text, text, boolean) is
    'What of a file''s URLs takes no signature and is handed out: the CDN''s, unless the file is JSON, else the public one; NULL if there is neither, or the file is private.';
