-- object: function s3cache.upload_args(text, text, jsonb, text, text, text)
create or replace function s3cache.upload_args(
    template text, content_type text, metadata jsonb, cache_control text, category text, if_exists text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    rule constant jsonb := s3cache.category_rule(category);
    is_generated constant boolean := coalesce(template ~ '(^|[^{])(\{\{)*\{(unix|uuid|sha256|md5)(:[0-9]+)?\}', false);
    given jsonb := coalesce(metadata, '{}');
begin
    perform s3cache.check_upload_headers(content_type, given, cache_control);
    if is_generated and not exists (select from jsonb_object_keys(given) as m (name) where lower(m.name) = 'generated-date') then
        given := given || jsonb_build_object('generated-date',
            to_char(statement_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
        perform s3cache.check_upload_headers(null, given, null);
    end if;
    return jsonb_strip_nulls(jsonb_build_object(
        'content_type', content_type, 'metadata', given, 'if_exists', if_exists, 'category', category,
        'types', nullif(rule -> 'types', '[]'), 'access', rule ->> 'access',
        'cache_control', coalesce(cache_control,
            -- What has a name of its own never changes.
            case when is_generated and category = 'PublicAsset' then 'public, max-age=31536000, immutable' end,
            rule ->> 'cache_control'),
        'fallback_cache_control', case when is_generated and category is null then 'max-age=31536000, immutable' end,
        'by_content', case when template ~ '(^|[^{])(\{\{)*\{(sha256|md5)(:[0-9]+)?\}' then true end));
end
$$;
comment on function s3cache.upload_args(text, text, jsonb, text, text, text) is
    'What a worker needs to know of an upload beside its name and its bytes; raises an error, one sentence with a hint, for what cannot be sent. Names with {unix}, {uuid} or a hash in them are of files that never change.';
