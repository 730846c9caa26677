-- object: function s3cache.key_expression(regclass, jsonb)
create or replace function s3cache.key_expression(bound regclass, parts jsonb) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select string_agg(
            case
                when p.part ? 'text' then quote_literal(replace(replace(p.part ->> 'text', '{', '{{'), '}', '}}'))
                when p.part ? 'special' then quote_literal('{' || (p.part ->> 'special') || '}')
                when p.part ? 'format' then
                    format('coalesce(to_char(r.%I%s, %L), %L)', p.part ->> 'column',
                        case a.atttypid when 'timestamptz'::regtype then ' at time zone ''UTC''' else '::timestamp' end,
                        replace(p.part ->> 'format', 'HH', 'HH24'), format('{mtime:%s}', p.part ->> 'format'))
                else format('replace(replace(r.%I::text, ''{'', ''{{''), ''}'', ''}}'')', p.part ->> 'column')
            end, ' || ' order by p.place)
        from jsonb_array_elements(parts) with ordinality as p (part, place)
        left join pg_catalog.pg_attribute a on a.attrelid = bound and a.attname = p.part ->> 'column' and not a.attisdropped);
end
$$;
comment on function s3cache.key_expression(regclass, jsonb) is
    'SQL for the key of a row r: what its columns say, with placeholders left for what they do not: those of uploads, {file}, and {mtime:YYYY} where a time is NULL. NULL where a column is.';
