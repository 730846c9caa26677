-- object: function s3cache.key_of(text, text)
create or replace function s3cache.key_of(url text, cache text default 's3_image_cache')
returns text
language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
-- A plan made for one value holds that value, and debug_print_plan would show the keys in it to the caller.
set plan_cache_mode = force_generic_plan
as $$
declare
    looked_in integer := s3cache.cache_id(cache);
    plan s3cache.url_plan;
    parts text[] := regexp_match(url, '^(https?)://([^/?#]*)(/[^?#]*)(?:[?#]|$)', 'i');
    located text;
    key text;
begin
    select u.* into plan from s3cache.url_plan u where u.cache_id = looked_in;
    -- Of an object that S3 has not taken yet.
    select plan.prefix || c.filename into key
    from s3cache.local_copy c
    where c.url = key_of.url and c.cache_id = looked_in and c.ended_at is null;
    if found then
        return key;
    end if;
    if plan.store = 'file' and url ~* '^file:' then
        located := regexp_replace(regexp_replace(url, '[?#].*$', ''), '^file:(//(localhost)?)?(?=/)', 'file://', 'i');
        -- A slash that is none in the URL would be one in the path.
        located := case when located !~* '%2f' then s3cache.percent_decoded(located) end;
        key := s3cache.file_key(substr(located, length(plan.key_bases[1]) + 1));
        return case when located ^@ plan.key_bases[1] and key ^@ plan.prefix and length(key) > length(plan.prefix) then key end;
    end if;
    located := regexp_replace(lower(parts[2]), case lower(parts[1]) when 'https' then ':443$' else ':80$' end, '') || parts[3];
    -- The longest, for one form may be the beginning of another.
    select s3cache.percent_decoded(substr(located, length(b) + 1)) into key
    from unnest(plan.key_bases) as b
    where located ^@ b
    order by length(b) desc
    limit 1;
    return case when key ^@ plan.prefix and length(key) > length(plan.prefix) then key end;
end
$$;
comment on function s3cache.key_of(text, text) is
    'The key behind a URL of the cache''s, be it the CDN''s, a public or a presigned one; NULL for foreign ones, and for keys that do not start with the cache''s prefix. Asks nobody: there need not be such an object.';
