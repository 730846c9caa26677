-- object: function s3cache.check_defaults(jsonb)
create or replace function s3cache.check_defaults(defaults jsonb) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    given record;
    duration interval;
begin
    if jsonb_typeof(defaults) is distinct from 'object' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'A worker''s defaults are a JSON object of strings.';
    end if;
    for given in select d.name, d.value, d.value #>> '{}' as said from jsonb_each(defaults) as d (name, value) loop
        if given.name not in ('bucket', 'endpoint', 'region', 'cdn_url', 'presign_ttl', 'presign_reuse') then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('A worker cannot publish a default of %s: only bucket, endpoint, region, cdn_url, presign_ttl and presign_reuse.',
                    to_json(left(given.name, 200)));
        end if;
        if jsonb_typeof(given.value) <> 'string' or octet_length(given.said) > 2048 then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('A worker''s default of %s is no string of at most 2048 bytes.', given.name);
        end if;
        continue when given.name not like 'presign%';
        begin
            duration := given.said::interval;
        exception when data_exception then
            duration := null;
        end;
        if extract(epoch from duration) between 1 and 604800 is not true then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('A worker''s default of %s cannot be %s: it takes 1 second to 7 days.', given.name,
                    to_json(left(given.said, 200)));
        end if;
    end loop;
end
$$;
comment on function s3cache.check_defaults(jsonb) is
    'Raises invalid_parameter_value for defaults that a worker may not publish. What contradicts a cache''s settings is not refused here: there it does not apply.';
