-- object: function s3cache.archive_stats(text)
create or replace function s3cache.archive_stats(binding text)
returns table (media_type text, total bigint, archived bigint, not_archived bigint, archived_percent numeric)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    plan record;
    kind text;
begin
    select p.* into plan from s3cache.binding_plan(binding) p;
    if plan.url_column is null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('The binding %I has no url_column, so nothing tells what is archived.', plan.name),
            hint = 'Bind the table again with url_column => ….';
    end if;
    kind := case when plan.type_column is null then 'null::text' else format('coalesce(r.%I::text, ''unknown'')', plan.type_column) end;
    for media_type, total, archived, not_archived, archived_percent in execute format(
        'select c.kind, c.total, c.archived, c.total - c.archived, coalesce(round(100.0 * c.archived / nullif(c.total, 0), 1), 0.0) '
        'from (select %1$s as kind, count(*) as total, count(r.%2$I) as archived, grouping(%1$s) as is_total '
        'from %3$s r group by grouping sets ((), (%1$s))) c '
        'where %4$L or c.is_total = 1 '
        'order by c.is_total desc, array_position(array[''image'', ''video'', ''document''], c.kind), c.kind',
        kind, plan.url_column, plan.bound, plan.type_column is not null)
    loop
        return next;
    end loop;
end
$$;
comment on function s3cache.archive_stats(text) is
    'Archived and other rows of a bound table, by the type that type_column says; the row with media_type NULL is the total, and comes first. A row is archived if its url_column is not NULL. Counts the rows, with the caller''s right to SELECT from the table.';
