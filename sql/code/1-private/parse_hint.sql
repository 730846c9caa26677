-- object: function s3cache.parse_hint(text)
create or replace function s3cache.parse_hint(hint text) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    parsed jsonb;
begin
    if hint ~ '^\s*\{' then
        parsed := hint::jsonb;
        if exists (select from jsonb_each(parsed) m where jsonb_typeof(m.value) <> 'string') then
            return null;
        end if;
        return parsed;
    elsif hint ~ '^add .' then
        return jsonb_build_object('do', 'add', 'filename', substr(hint, 5));
    elsif hint ~ '^(rebuild|verify)( .+)?$' then
        return jsonb_strip_nulls(jsonb_build_object('do', substring(hint from '^[a-z]+'), 'cache', substring(hint from ' (.+)$')));
    end if;
    return null;
exception
    when others then
        return null;
end
$$;
comment on function s3cache.parse_hint(text) is
    'What a notification on the channel s3cache asks for: an object of texts with do (rebuild, verify or add) and perhaps cache, prefix and filename; NULL if it is no hint. Anybody may have written it.';
