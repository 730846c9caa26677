-- object: function s3cache.refuse_signing(text, text, text)
create or replace function s3cache.refuse_signing(filename text, cache text, purpose text default 'presign') returns text
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    looked_in integer := s3cache.cache_id(cache);
begin
    if filename is null then
        return null;
    end if;
    perform s3cache.check_key(filename, looked_in);
    raise exception using
        errcode = 'object_not_in_prerequisite_state',
        message = s3cache.signing_problem(looked_in, purpose),
        hint = case when s3cache.worker_lives()
            then 'A worker is running: its log and s3cache doctor say why it publishes no key.'
            else 'No worker is running: s3cache worker publishes signing keys, two days ahead.'
        end;
end
$$;
comment on function s3cache.refuse_signing(text, text, text) is
    'Raises object_not_in_prerequisite_state: why no URL of a cache can be signed, and what to do. NULL for the filename NULL.';
