-- object: function s3cache.percent_decoded(text)
create or replace function s3cache.percent_decoded(given text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    if given is null or given ~ '%(?![0-9A-Fa-f]{2})' or given like '%\%00%' then
        return null;
    end if;
    return convert_from(
        (select coalesce(string_agg(
            case when m[1] ^@ '%' then decode(replace(m[1], '%', ''), 'hex') else convert_to(m[1], 'UTF8') end, '' order by n), '')
        from regexp_matches(given, '((?:%..)+|[^%]+)', 'g') with ordinality as r (m, n)), 'UTF8');
exception when character_not_in_repertoire or untranslatable_character then
    return null;
end
$$;
comment on function s3cache.percent_decoded(text) is
    'The text that a percent-encoded one stands for; NULL where it is not well formed, or stands for no text of a database.';
