-- object: function s3cache.keep_piece(bigint, bigint, bigint, bytea)
create or replace function s3cache.keep_piece(job_id bigint, token bigint, first_byte bigint, content bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
begin
    -- The end of the read waits for the disk, and so for what was written before it.
    perform set_config('synchronous_commit', 'off', true);
    perform s3cache.hold_claim(job_id, token);
    -- What an earlier attempt has left over.
    delete from s3cache.kept_content k where k.job_id = keep_piece.job_id and k.first_byte >= keep_piece.first_byte;
    insert into s3cache.kept_content (job_id, first_byte, content)
    values (keep_piece.job_id, keep_piece.first_byte, keep_piece.content);
end
$$;
comment on function s3cache.keep_piece(bigint, bigint, bigint, bytea) is
    'Keeps some of the bytes that a read fetches, behind its first first_byte ones; nobody sees them before complete_read(). What was kept from there on goes. Raises S3C01 if the claim is void.';
