-- object: function s3cache.with_environment(text, text)
create or replace function s3cache.with_environment(filename text, environment text) returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    suffix constant text := '-' || ltrim(environment, '-');
    stem constant text := regexp_replace(filename, '([^/])\.[^./]*$', '\1');
begin
    if coalesce(environment, '') in ('', 'prod', 'production') or right(stem, length(suffix)) = suffix then
        return filename;
    end if;
    return stem || suffix || substring(filename from length(stem) + 1);
end
$$;
comment on function s3cache.with_environment(text, text) is
    'The name of an upload outside production: logo.png becomes logo-dev.png where the setting environment is dev. A name that has the suffix keeps it, and prod and production are no suffix.';
