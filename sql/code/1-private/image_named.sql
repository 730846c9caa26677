-- object: function s3cache.image_named(text, text)
create or replace function s3cache.image_named(filename text, cache text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
-- A plan made for one value holds that value, and debug_print_plan would show it to the caller.
set plan_cache_mode = force_generic_plan
as $$
declare
    looked_in integer := s3cache.cache_id(cache);
    moment constant timestamptz := statement_timestamp();
    plan s3cache.url_plan;
    shown text;
    -- Outside production uploads have names of their own.
    wanted constant text := s3cache.with_environment(
        filename, (select s.environment from s3cache.cache_setting s where s.cache_id = looked_in));
begin
    select u.* into plan from s3cache.url_plan u where u.cache_id = looked_in;
    shown := (
        select o.filename from s3cache.object o
        where o.cache_id = looked_in and o.filename = wanted and o.state <> 'missing');
    if coalesce(shown, plan.default_image) is null then
        return jsonb '[]';
    end if;
    return jsonb_build_array(
        s3cache.image_item(
            coalesce(plan.prefix, (select s.prefix from s3cache.cache_setting s where s.cache_id = looked_in), ''),
            coalesce(shown, plan.default_image), s3cache.url_at(cache, coalesce(shown, plan.default_image), moment, false),
            s3cache.signing_problem(looked_in, 'presign'))
        || case when shown is null then '{"is_default": true}' else '{}' end::jsonb);
end
$$;
comment on function s3cache.image_named(text, text) is
    'One file as s3cache.images() gives it; the cache''s default_image, else an empty array, where there is none or it is missing.';
