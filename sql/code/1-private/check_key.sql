-- object: function s3cache.check_key(text, integer)
create or replace function s3cache.check_key(filename text, cache_id integer) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    bytes integer := octet_length(filename) + coalesce(
        (select octet_length(s.prefix) from s3cache.cache_setting s where s.cache_id = check_key.cache_id), 0);
begin
    if coalesce(filename, '') = '' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('The filename is %s.', case when filename is null then 'NULL' else 'empty' end),
            hint = 'Give the object''s key without the cache''s prefix.';
    end if;
    if bytes > 1024 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Prefix and filename have %s bytes of UTF-8: S3 keys have at most 1024.', bytes),
            hint = 'Give the object''s key without the cache''s prefix.';
    end if;
end
$$;
comment on function s3cache.check_key(text, integer) is
    'Raises invalid_parameter_value for a filename that no object can have. Others may exist whatever they look like, for not only s3cache writes into buckets.';
