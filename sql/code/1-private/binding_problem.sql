-- object: function s3cache.binding_problem(regclass, jsonb, name[], boolean)
create or replace function s3cache.binding_problem(bound regclass, parts jsonb, columns name[], needs_key boolean) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    lost text;
begin
    if not exists (select from pg_catalog.pg_class c where c.oid = bound) then
        return 'its table was dropped';
    end if;
    select string_agg(quote_ident(w.name), ', ' order by w.name) into lost
    from (
        select u.name::text from unnest(columns) as u (name) where u.name is not null
        union
        select p.part ->> 'column' from jsonb_array_elements(parts) as p (part) where p.part ? 'column'
    ) w
    where not exists (
        select from pg_catalog.pg_attribute a
        where a.attrelid = bound and a.attname = w.name and a.attnum > 0 and not a.attisdropped);
    if lost is not null then
        return format('%s has no column %s any more', bound, lost);
    elsif needs_key and not exists (select from pg_catalog.pg_index i where i.indrelid = bound and i.indisprimary) then
        return format('%s has no primary key', bound);
    end if;
    return null;
end
$$;
comment on function s3cache.binding_problem(regclass, jsonb, name[], boolean) is
    'Why a binding cannot be used, as the second half of a sentence; NULL if it can. Tables change after they were bound.';
