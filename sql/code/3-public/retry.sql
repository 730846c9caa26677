-- object: function s3cache.retry(bigint)
create or replace function s3cache.retry(job_id bigint) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    ended s3cache.job_history;
    was_refused boolean;
    new_id bigint;
begin
    perform s3cache.require_own_job(job_id);
    update s3cache.job j set state = 'queued', run_at = clock_timestamp() where j.id = job_id and j.state = 'waiting';
    if found then
        perform s3cache.wake_workers();
        return job_id;
    end if;
    select h.* into ended from s3cache.job_history h where h.id = job_id and h.state in ('failed', 'cancelled');
    if not found then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('Job %s has neither failed nor been cancelled.', job_id),
            hint = 'Enqueue it anew to do its work once more.';
    end if;
    was_refused := coalesce(s3cache.refuses_content(ended.result #>> '{error,code}'), false);
    -- Each kind of job is enqueued by the function of that name: who may not call it may not repeat what it did.
    if not exists (
        select from pg_catalog.pg_proc p
        where p.pronamespace = 's3cache'::regnamespace and p.proname = ended.kind
            and has_function_privilege(s3cache.caller()::name, p.oid, 'execute')
    ) then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('Role %I may not enqueue jobs of kind %s.', s3cache.caller(), ended.kind),
            hint = format('It needs EXECUTE on s3cache.%s(), which comes with one of the roles s3cache_writer and s3cache_admin.', ended.kind);
    end if;
    if s3cache.cache_id(ended.cache) <> ended.cache_id then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('Job %s belongs to a cache %I that was dropped since.', job_id, ended.cache),
            hint = 'Enqueue its work anew for the present cache of that name.';
    end if;
    if ended.kind = 'upload' then
        -- Settings may have changed since it was enqueued.
        perform s3cache.check_upload(ended.cache_id, ended.args ->> 'filename', (ended.args ->> 'size')::bigint,
            ended.args ->> 'if_exists');
    end if;
    if ended.args ? 'sources' then
        -- From the first one on.
        ended.args := ended.args || jsonb_build_object('source', 0, 'url', ended.args -> 'sources' -> 0);
    end if;
    new_id := s3cache.enqueue(ended.kind, ended.cache_id, ended.args - '{found_absent,copied,copied_from,copy,first_begun}'::text[], ended.merge_key, ended.serial_key, ended.priority);
    if ended.kind = 'rename_object' then
        update s3cache.job j set second_key = 'object:' || j.cache_id || ':' || (j.args ->> 'new_filename') where j.id = new_id;
    elsif ended.kind = 'upload' then
        update s3cache.staged_content s set job_id = new_id where s.job_id = retry.job_id;
        if not found then
            raise exception using
                errcode = 'object_not_in_prerequisite_state',
                message = case
                    when ended.state = 'cancelled' then format('The bytes of upload %s were given up when it was cancelled.', job_id)
                    when was_refused then format('The bytes of upload %s were given up when they were refused.', job_id)
                    else format('The bytes of upload %s went to a newer job when it was retried.', job_id)
                end,
                hint = case
                    when ended.state = 'cancelled' then 'Upload the bytes anew with s3cache.upload().'
                    when was_refused then 'Its error says what is wrong with them; upload others with s3cache.upload().'
                    else 'Retry the newer job if that failed too; else upload the bytes anew with s3cache.upload().'
                end;
        end if;
    end if;
    return new_id;
end
$$;
comment on function s3cache.retry(bigint) is
    'Runs a failed or cancelled job of yours again: as a new job with the same arguments, whose id it gives. A job that waits for a retry is started now, and its own id given; one whose worker was lost while it wrote to the bucket not before that write can have no effect any more. A failed upload hands its bytes to the new job, so it is retried once; one that was cancelled, or whose bytes were refused, has none.';
