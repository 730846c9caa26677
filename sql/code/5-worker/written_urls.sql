-- object: function s3cache.written_urls(text, text[])
create or replace function s3cache.written_urls(binding text, filenames text[]) returns text[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    located record;
begin
    select b.url_style, c.id, c.name, c.bucket, c.prefix into located
    from s3cache.binding_row b
    join s3cache.cache c on c.id = b.cache_id
    where b.name = binding;
    return array(
        select case
            when located.url_style = 'key' then located.prefix || f.name
            -- What is private has no URL for everyone.
            when located.bucket is not null and (located.url_style = 's3' or s3cache.is_private(located.id, f.name)) then 's3://' || located.bucket || '/' || located.prefix || f.name
            else s3cache.public_url(f.name, located.name)
        end
        from unnest(filenames) with ordinality as f (name, place)
        order by f.place);
end
$$;
comment on function s3cache.written_urls(text, text[]) is
    'What the URL column of a binding is to say of files, by its url_style; in the embedded store, which may have no bucket, s3 is the ordinary URL. Never a presigned one: of private files that of the style s3.';
