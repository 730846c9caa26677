-- object: function s3cache.images_at(text, text, boolean, bigint, text, timestamptz)
create or replace function s3cache.images_at(
    prefix text, cache text, force_refresh boolean, limit_rows bigint, after text, moment timestamptz) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    looked_in integer := s3cache.cache_id(cache);
    -- The caller's column may have a collation of its own.
    wanted text collate "C" := coalesce(prefix, '');
    behind text collate "C" := after;
    plan s3cache.url_plan;
    problem text;
    items jsonb;
begin
    if limit_rows < 0 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('limit_rows cannot be %s: it takes 0 or more, or NULL for no limit.', limit_rows);
    end if;
    select u.* into plan from s3cache.url_plan u where u.cache_id = looked_in;
    plan.prefix := coalesce(plan.prefix, (select s.prefix from s3cache.cache_setting s where s.cache_id = looked_in), '');
    problem := s3cache.signing_problem(looked_in, 'presign');
    select jsonb_agg(s3cache.image_item(plan.prefix, o.filename, o.url, problem) order by o.filename)
    into items
    from (
        select i.filename, s3cache.url_at(cache, i.filename, moment, false, fresh => force_refresh) as url
        from s3cache.object i
        where i.cache_id = looked_in and i.state <> 'missing'
            and i.filename >= wanted and i.filename ^@ wanted
            and (s3cache.prefix_end(wanted) is null or i.filename < s3cache.prefix_end(wanted))
            and right(i.filename, 1) <> '/'
            and (behind is null or i.filename > behind)
        order by i.filename
        limit limit_rows
    ) o;
    if items is null and plan.default_image is not null and images_at.after is null and limit_rows is distinct from 0 then
        items := jsonb_build_array(s3cache.image_item(
            plan.prefix, plan.default_image,
            s3cache.url_at(cache, plan.default_image, moment, false, fresh => force_refresh), problem)
            || '{"is_default": true}');
    end if;
    return coalesce(items, '[]');
exception
    when program_limit_exceeded then
        raise exception using
            errcode = 'program_limit_exceeded',
            message = format('The images under %L do not fit into one jsonb value.', images_at.prefix),
            hint = 'Read them in parts: s3cache.images(…, limit_rows => 100000, after => the last filename of the part before).';
end
$$;
comment on function s3cache.images_at(text, text, boolean, bigint, text, timestamptz) is
    's3cache.images() as of a moment, for that function and for tests.';
