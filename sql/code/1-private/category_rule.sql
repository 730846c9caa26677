-- object: function s3cache.category_rule(text)
create or replace function s3cache.category_rule(category text) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    case
        when category is null then
            return jsonb '{}';
        when category = 'PublicAsset' then
            return jsonb '{"access": "public", "cache_control": "public, max-age=86400", "types": []}';
        when category = 'PublicData' then
            return jsonb '{"access": "public", "cache_control": "public, max-age=300", "types": ["json", "text", "csv", "markdown"]}';
        when category = 'PrivateData' then
            return jsonb '{"access": "private", "cache_control": "private, no-store", "types": ["json", "text", "csv", "markdown", "pdf"]}';
        when category = 'Html' then
            return jsonb '{"access": "public", "cache_control": "public, max-age=0, must-revalidate", "types": []}';
        else
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('category cannot be %s: it takes PublicAsset, PublicData, PrivateData or Html.', to_json(left(category, 200))),
                hint = 'NULL is none: then the cache''s settings alone apply.';
    end case;
end
$$;
comment on function s3cache.category_rule(text) is
    'What a category of uploads means: who may read them, where the cache has an ACL; their Cache-Control; and the types that are taken besides the default ones, where the cache has no allowed_types of its own. Raises invalid_parameter_value for an unknown one.';
