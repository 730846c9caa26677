-- object: function s3cache.percent_decoded(text)
create or replace function s3cache.percent_decoded(given text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    bytes bytea;
begin
    if given is null or given ~ '%(?![0-9A-Fa-f]{2})' or given like '%\%00%' then
        return null;
    end if;
    bytes := (
        select coalesce(string_agg(
            case when m[1] ^@ '%' then decode(replace(m[1], '%', ''), 'hex') else convert_to(m[1], 'UTF8') end, '' order by n), '')
        from regexp_matches(given, '((?:%..)+|[^%]+)', 'g') with ordinality as r (m, n));
    -- Well-formed UTF-8, as RFC 3629 has it. Catching an error instead would take a subtransaction, which parallel workers refuse.
    if encode(bytes, 'hex') !~ ('^(?:[0-7].|(?:c[2-9a-f]|d.)[89ab].|(?:e0[ab].|e[1-9a-cef][89ab].|ed[89].)[89ab].'
        || '|(?:f0[9ab].|f[123][89ab].|f48.)[89ab].[89ab].)*$')
    then
        return null;
    end if;
    return convert_from(bytes, 'UTF8');
end
$$;
comment on function s3cache.percent_decoded(text) is
    'The text that a percent-encoded one stands for; NULL where it is not well formed, or stands for no text of a database.';
