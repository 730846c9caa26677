-- object: function s3cache.hold_claim(bigint, bigint)
create or replace function s3cache.hold_claim(job_id bigint, token bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
begin
    perform from s3cache.job j
    where j.id = job_id and j.claim_token = token and j.state = 'running' and not j.cancel_requested
    for key share;
    if not found then
        raise exception using
            errcode = 'S3C01',
            message = format('The claim on job %s is void: it was cancelled, or another worker has it.', job_id);
    end if;
end
$$;
comment on function s3cache.hold_claim(bigint, bigint) is
    'Raises S3C01 unless the fencing token is that of the job''s present claim; if it is, nobody can take the claim away before the transaction ends.';
