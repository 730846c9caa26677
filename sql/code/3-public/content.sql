-- object: function s3cache.content(bigint)
create or replace function s3cache.content(job_id bigint)
returns bytea
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asked_kind text;
    ended s3cache.job_history;
    bytes bytea;
begin
    select j.kind into asked_kind
    from (
        select l.kind from s3cache.job l where l.id = content.job_id and l.owner = s3cache.caller()
        union all
        select h.kind from s3cache.job_history h where h.id = content.job_id and h.owner = s3cache.caller()
    ) j;
    if not found then
        raise exception using
            errcode = 'no_data_found',
            message = format('There is no job %s, or it is not yours.', coalesce(job_id::text, 'NULL')),
            hint = 'TABLE s3cache.jobs lists your jobs. Content is for the owner of the job only.';
    end if;
    if asked_kind <> 'read' then
        raise exception using
            errcode = 'wrong_object_type',
            message = format('Job %s is of kind %s and has no content.', job_id, asked_kind),
            hint = 'Content has what s3cache.read() gave the id of.';
    end if;
    ended.superseded_by := job_id;
    loop
        select h.* into ended from s3cache.job_history h where h.id = ended.superseded_by;
        exit when not found or ended.state <> 'superseded';
    end loop;
    if ended.id is null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('Job %s has not ended yet.', job_id),
            hint = format('Wait for it, in a transaction after the one that enqueued it: SELECT * FROM s3cache.wait(%s);', job_id);
    end if;
    if ended.state <> 'done' then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = case ended.state
                when 'failed' then format('Job %s failed: %s', job_id, ended.error)
                else format('Job %s was cancelled.', job_id)
            end,
            hint = 'Ask again with s3cache.read().';
    end if;
    if ended.finished_at > clock_timestamp() - interval '1 hour' then
        if not (ended.result ->> 'found')::boolean then
            return null;
        end if;
        select string_agg(k.content, ''::bytea order by k.first_byte) into bytes
        from s3cache.kept_content k
        where k.job_id = ended.id;
        -- Some of it may be forgotten already.
        if octet_length(bytes) = (ended.result ->> 'size')::bigint then
            return bytes;
        end if;
    end if;
    raise exception using
        errcode = 'object_not_in_prerequisite_state',
        message = format('The content of job %s is not kept any more: that is for an hour after it ended.', job_id),
        hint = 'Ask again with s3cache.read().';
end
$$;
comment on function s3cache.content(bigint) is
    'The bytes that a job of s3cache.read() fetched; NULL where the object did not exist. For the job''s owner only, for an hour after it ended. Of a job that was merged into another''s: the bytes of that. Raises an error while the job has not ended, or if it failed or was cancelled.';
