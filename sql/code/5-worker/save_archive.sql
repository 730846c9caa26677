-- object: function s3cache.save_archive(bigint, bigint, jsonb)
create or replace function s3cache.save_archive(job_id bigint, token bigint, state jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform s3cache.hold_claim(job_id, token);
    insert into s3cache.archive_state as a (job_id, state) values (save_archive.job_id, save_archive.state)
    on conflict on constraint archive_state_pkey do update set state = excluded.state;
end
$$;
comment on function s3cache.save_archive(bigint, bigint, jsonb) is
    'Writes down how far a job on the rows of a bound table is. Raises S3C01 if the claim is void.';
