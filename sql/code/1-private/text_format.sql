-- object: function s3cache.text_format(text)
create or replace function s3cache.text_format(body text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    trimmed constant text := ltrim(body, E' \t\n\f\r');
    -- Nothing but white space, declarations and comments before the first element.
    root constant text := substring(
        trimmed from '^(?:[ \t\n\r]+|<\?xml [^?>]*\?>|<!--(?:[^-]|-[^-])*-->)*<(?:[A-Za-z_][A-Za-z0-9_]*:)?([A-Za-z_][A-Za-z0-9_]*)[ \t\n\r/>]');
begin
    return case
        when body ^@ '#!' or trimmed ~* '^<(\?php|\?=|%@)' then 'script'
        when trimmed ~ '^[{\[][ \t\n\f\r]*["{}\[\]0-9tfn-]' then 'json'
        when trimmed !~ '^<' then 'text'
        when root in ('svg', 'html') then root
        when trimmed ~* '^<(html|head|script|iframe|h1|div|font|table|style|title|body|img|form|meta|link|object|embed)[ \t\n\f\r/>]' then 'html'
        when trimmed ~* '^<!doctype html[ \t\n\f\r/>]' and trimmed !~* '<([a-z0-9_]+:)?svg' then 'html'
    end;
end
$$;
comment on function s3cache.text_format(text) is
    'What the beginning of a text is: text, json, html, svg, script; NULL for markup that it takes a parser to tell.';
