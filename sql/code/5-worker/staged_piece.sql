-- object: function s3cache.staged_piece(bigint, bigint, bigint, bigint)
create or replace function s3cache.staged_piece(job_id bigint, token bigint, first bigint, size bigint) returns bytea
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    bytes bytea;
begin
    perform s3cache.hold_claim(job_id, token);
    select substring(s.content from first::integer + 1 for size::integer) into bytes
    from s3cache.staged_content s
    where s.job_id = staged_piece.job_id;
    if not found then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('Job %s has no staged bytes.', job_id);
    end if;
    return bytes;
end
$$;
comment on function s3cache.staged_piece(bigint, bigint, bigint, bigint) is
    'A part of what an upload is to upload: size bytes behind the first ones. Reads no more than these. Raises S3C01 if the claim is void.';
