-- object: function s3cache.caller()
create or replace function s3cache.caller() returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return coalesce(nullif(current_setting('role', true), 'none'), session_user::text);
end
$$;
comment on function s3cache.caller() is
    'The role that the session acts as, also inside SECURITY DEFINER functions: the label in jobs.owner, by which jobs and content are their owner''s. Who may do what is for grants to say.';
