-- object: function s3cache.images(text, text, boolean, bigint, text)
create or replace function s3cache.images(
    prefix text, cache text default 's3_image_cache', force_refresh boolean default false,
    limit_rows bigint default null, after text default null) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    looked_in integer := s3cache.cache_id(cache);
    key_prefix text := coalesce((select s.prefix from s3cache.cache_setting s where s.cache_id = looked_in), '');
    items jsonb;
begin
    if force_refresh then
        perform s3cache.refuse_argument('s3cache.images', 'force_refresh');
    end if;
    if limit_rows < 0 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('limit_rows cannot be %s: it takes 0 or more, or NULL for no limit.', limit_rows);
    end if;
    select jsonb_agg(
        jsonb_build_object(
            'url', null, 'filename', regexp_replace(o.filename, '^.*/', ''), 'key', key_prefix || o.filename,
            'expires_at', null, 'error', 'this version of s3cache cannot make URLs yet')
        order by o.filename)
    into items
    from (
        select i.filename
        from s3cache.object i
        where i.cache_id = looked_in and i.state <> 'missing'
            and i.filename >= coalesce(images.prefix, '') and i.filename ^@ coalesce(images.prefix, '')
            and (s3cache.prefix_end(coalesce(images.prefix, '')) is null
                or i.filename < s3cache.prefix_end(coalesce(images.prefix, '')))
            and right(i.filename, 1) <> '/'
            and (images.after is null or i.filename > images.after)
        order by i.filename
        limit limit_rows
    ) o;
    return coalesce(items, '[]');
exception
    when program_limit_exceeded then
        raise exception using
            errcode = 'program_limit_exceeded',
            message = format('The images under %L do not fit into one jsonb value.', images.prefix),
            hint = 'Read them in parts: s3cache.images(…, limit_rows => 100000, after => the last filename of the part before).';
end
$$;
comment on function s3cache.images(text, text, boolean, bigint, text) is
    'The files whose name starts with prefix, literally, as a jsonb array in byte order: [{"url", "filename", "key", "expires_at", "error"}, …]; filename is the last path segment, key the whole key. Missing ones and names ending in a slash are left out. after: only filenames greater than this; limit_rows: at most so many. This version gives url and expires_at as null and says so in error.';
