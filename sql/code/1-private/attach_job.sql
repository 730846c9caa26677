-- object: function s3cache.attach_job(bigint, text, text)
create or replace function s3cache.attach_job(job_id bigint, binding text, row_key text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update s3cache.job j
    set args = j.args || jsonb_build_object('binding', attach_job.binding, 'row', row_key),
        -- What is asked for for another row is not the same.
        merge_key = j.merge_key || '/' || encode(sha256(convert_to(jsonb_build_array(attach_job.binding, row_key)::text, 'UTF8')), 'hex')
    where j.id = job_id and j.enqueued_xid = pg_current_xact_id() and j.kind in ('upload', 'upload_file', 'fetch')
        and not j.args ? 'row';
    if not found and not exists (
        select from s3cache.job j
        where j.id = job_id and j.args ->> 'binding' = attach_job.binding and j.args ->> 'row' = row_key
        union all
        select from s3cache.job_history h
        where h.id = job_id and h.args ->> 'binding' = attach_job.binding and h.args ->> 'row' = row_key)
    then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('Job %s, which was asked for with this idempotency_key before, is not for this row of %I.', job_id, binding),
            hint = 'Give each row a key of its own.';
    end if;
end
$$;
comment on function s3cache.attach_job(bigint, text, text) is
    'Has the URL of what an upload or fetch stores written into a row of a bound table; only in the transaction that enqueues it.';
