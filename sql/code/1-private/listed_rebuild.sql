-- object: function s3cache.listed_rebuild(s3cache.job)
create or replace function s3cache.listed_rebuild(lister s3cache.job) returns bigint
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return case lister.kind when 'rebuild_part' then (lister.args ->> 'rebuild')::bigint else lister.id end;
end
$$;
comment on function s3cache.listed_rebuild(s3cache.job) is
    'The rebuild that a job lists for: itself, or the one that it helps.';
