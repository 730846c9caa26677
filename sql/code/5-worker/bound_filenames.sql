-- object: function s3cache.bound_filenames(text, text[], text[])
create or replace function s3cache.bound_filenames(binding text, urls text[], keys text[]) returns text[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    located record;
begin
    select b.url_column is not null as is_written, b.url_style, c.name, c.bucket, c.prefix, c.environment into located
    from s3cache.binding_row b
    join s3cache.cache c on c.id = b.cache_id
    where b.name = binding;
    if not located.is_written then
        return array(
            select case
                when k.key !~ '(^|[^{])(\{\{)*\{[a-z]' then
                    s3cache.with_environment(replace(replace(k.key, '{{', '{'), '}}', '}'), located.environment)
            end
            from unnest(keys) with ordinality as k (key, place)
            order by k.place);
    end if;
    return array(
        select case when k.key ^@ located.prefix then nullif(substr(k.key, length(located.prefix) + 1), '') end
        from unnest(urls) with ordinality as u (url, place)
        cross join lateral (
            select case
                when u.url ^@ 's3://' then
                    case when u.url ^@ ('s3://' || located.bucket || '/') then substr(u.url, length(located.bucket) + 7) end
                when u.url ~* '^(https?|file):' then s3cache.key_of(u.url, located.name)
                when located.url_style = 'key' then u.url
            end as key) k
        order by u.place);
end
$$;
comment on function s3cache.bound_filenames(text, text[], text[]) is
    'The filenames of bound rows: behind what the URL column says, whatever the url_style that it was written with, and NULL for what is none of the cache''s; without a URL column behind the keys that the template gave, and NULL where it leaves a placeholder. The arrays belong together by position.';
