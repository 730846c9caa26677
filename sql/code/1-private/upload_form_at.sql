-- object: function s3cache.upload_form_at(text, text, bigint, interval, text, timestamptz)
create or replace function s3cache.upload_form_at(
    filename text, content_type text, max_bytes bigint, expires interval, cache text, moment timestamptz) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
-- A plan made for one value holds that value, and debug_print_plan would show it to the caller.
set plan_cache_mode = force_generic_plan
as $$
declare
    n bigint := floor(date_part('epoch', moment));
    largest bigint := coalesce(max_bytes, (select c.max_bytes from s3cache.cache c where c.name = upload_form_at.cache));
    life integer := s3cache.checked_expiry(expires);
    plan s3cache.url_plan;
    bucket text;
begin
    if largest < 1 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('max_bytes cannot be %s: it takes 1 or more, or NULL for the cache''s setting.', largest);
    end if;
    plan := s3cache.upload_plan(filename, content_type, cache, coalesce(largest, 0), n);
    if position('${filename}' in plan.prefix || filename) > 0 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'The key holds ${filename}, which stores replace by what the browser says.',
            hint = 'Choose another name, or prefix of the cache.';
    end if;
    select coalesce(s.bucket, d.defaults ->> 'bucket') into bucket
    from (values (1)) as one
    left join s3cache.cache_setting s on s.cache_id = plan.cache_id
    left join s3cache.published_default d on true;
    return jsonb_build_object(
        'url', plan.post_base,
        'fields', s3cache.signed_policy(
            plan, bucket, plan.prefix || filename,
            coalesce('{"Content-Type": ' || s3cache.json_ascii(content_type) || '}, ', '')
                || format('["content-length-range", 0, %s], ', largest),
            n, life)
            || case when content_type is null then '{}' else jsonb_build_object('Content-Type', content_type) end);
end
$$;
comment on function s3cache.upload_form_at(text, text, bigint, interval, text, timestamptz) is
    's3cache.upload_form() as of a moment, for that function and for tests.';
