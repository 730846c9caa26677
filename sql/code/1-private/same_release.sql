-- object: function s3cache.same_release(text)
create or replace function s3cache.same_release(version text) returns boolean
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return split_part(same_release.version, '.', 1) = split_part(s3cache.version(), '.', 1)
        and split_part(same_release.version, '.', 2) = split_part(s3cache.version(), '.', 2);
end
$$;
comment on function s3cache.same_release(text) is
    'Whether a program of this version may work on this database: major and minor number are the installed version''s.';
