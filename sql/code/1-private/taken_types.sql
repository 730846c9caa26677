-- object: function s3cache.taken_types(integer, text)
create or replace function s3cache.taken_types(cache_id integer, category text) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    rule constant jsonb := s3cache.category_rule(category);
    configured text[];
begin
    select s.allowed_types into configured from s3cache.cache_setting s where s.cache_id = taken_types.cache_id;
    return coalesce(configured, (select c.allowed_types from s3cache.cache c where c.id = taken_types.cache_id)
        || array(select jsonb_array_elements_text(coalesce(rule -> 'types', '[]'))));
end
$$;
comment on function s3cache.taken_types(integer, text) is
    'The types that an upload of a category may have: allowed_types where that is configured, else its default and those of the category.';
