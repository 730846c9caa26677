-- object: function s3cache.list_serially(bigint, bigint)
create or replace function s3cache.list_serially(job_id bigint, token bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    held s3cache.rebuild_part := s3cache.hold_part(job_id, token);
begin
    if held.holder <> held.job_id then
        raise exception using
            errcode = 'invalid_parameter_value', message = format('Job %s is no rebuild.', job_id);
    end if;
    -- Who helps notices that it is over.
    perform s3cache.forget_listings(array[held.job_id]);
    insert into s3cache.rebuild_listing (job_id, direct, serial) values (held.job_id, false, true);
    insert into s3cache.rebuild_part (job_id, part, holder, seconds) values (held.job_id, 0, held.job_id, held.seconds);
    insert into s3cache.rebuild_range (job_id, part) values (held.job_id, 0);
end
$$;
comment on function s3cache.list_serially(bigint, bigint) is
    'Begins a rebuild''s listing anew, page after page: the bucket does not list from any key on as it should, so nothing that was found that way counts. Raises S3C01 if the claim is void, S3C02 if the checkpoint was lost.';
