-- object: function s3cache.verify(text, text, bigint)
create or replace function s3cache.verify(
    cache text default 's3_image_cache', prefix text default null, limit_rows bigint default null) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    verified integer := s3cache.cache_id(cache);
    arguments jsonb := jsonb_strip_nulls(jsonb_build_object('prefix', prefix, 'limit', limit_rows));
begin
    if limit_rows < 1 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('limit_rows cannot be %s: it takes 1 or more, or NULL for no limit.', limit_rows);
    end if;
    return s3cache.enqueue('verify', verified, arguments, format('verify/%s/%s', verified, arguments), null, 10::smallint);
end
$$;
comment on function s3cache.verify(text, text, bigint) is
    'Asks the bucket for single objects with HEAD and sets their rows'' state to present or missing; gives a job id. Without prefix: the unverified rows (workers do that unasked too); with one, also '''': all rows whose filename starts with it. limit_rows: at most so many. The result is {"checked", "present", "missing", "errors"}; a row whose HEAD failed otherwise than with 404 stays as it was.';
