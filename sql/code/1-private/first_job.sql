-- object: function s3cache.first_job(integer, text)
create or replace function s3cache.first_job(cache_id integer, idempotency_key text) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    asker constant text := s3cache.caller();
    found_id bigint;
begin
    if idempotency_key is null then
        return null;
    elsif octet_length(idempotency_key) not between 1 and 255 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('idempotency_key cannot have %s bytes: it takes 1 to 255.', octet_length(idempotency_key)),
            hint = 'Such as the id of the row that the file belongs to.';
    end if;
    select j.id into found_id
    from s3cache.job j
    where j.args ? 'idempotency_key' and j.args ->> 'idempotency_key' = first_job.idempotency_key
        and j.cache_id = first_job.cache_id and j.owner = asker
    order by j.id
    limit 1;
    if not found then
        select h.id into found_id
        from s3cache.job_history h
        where h.args ? 'idempotency_key' and h.args ->> 'idempotency_key' = first_job.idempotency_key
            and h.cache_id = first_job.cache_id and h.owner = asker and h.state = 'done'
            and not coalesce(h.result ? 'dry_run', false)
        order by h.id
        limit 1;
    end if;
    return found_id;
end
$$;
comment on function s3cache.first_job(integer, text) is
    'The job that the caller asked for before with this key, unless it failed, was cancelled, or was only a worker''s dry run; NULL if there is none that the transaction sees. Waits for nobody: of two who ask at the same time, the claim finds the second one.';
