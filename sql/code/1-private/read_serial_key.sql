-- object: function s3cache.read_serial_key(integer, text)
create or replace function s3cache.read_serial_key(cache_id integer, filename text) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
    key constant text := format('object:%s:%s', cache_id, filename);
    kept bigint;
begin
    select c.job_id into kept
    from s3cache.local_copy c
    where c.cache_id = read_serial_key.cache_id and c.filename = read_serial_key.filename and c.ended_at is null
        and c.kept_at is not null
    limit 1;
    if not found
        or exists (select from s3cache.job j where j.serial_key = key and j.id <> kept and j.kind <> 'read')
        or exists (select from s3cache.job j where j.second_key = key)
    then
        return key;
    end if;
    return null;
end
$$;
comment on function s3cache.read_serial_key(integer, text) is
    'The serial_key of a read that is enqueued now: NULL where nothing is before it but an upload that is served from a copy, for which it need not wait.';
