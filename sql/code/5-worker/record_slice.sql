-- object: function s3cache.record_slice(bigint, bigint, integer, pg_snapshot, text, boolean, jsonb)
create or replace function s3cache.record_slice(
    job_id bigint, token bigint, slice integer, fence pg_snapshot, upto text, direct boolean, counters jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform s3cache.hold_claim(job_id, token);
    if slice > 0 and not exists (
        select from s3cache.rebuild_slice s
        where s.job_id = record_slice.job_id and s.slice = record_slice.slice - 1
    ) then
        raise exception using
            errcode = 'S3C02',
            message = format('What rebuild %s had found was lost in a crash of the server; it begins anew.', job_id);
    end if;
    insert into s3cache.rebuild_slice (job_id, slice, fence, upto, direct, counters)
    values (record_slice.job_id, record_slice.slice, record_slice.fence, record_slice.upto, record_slice.direct,
        record_slice.counters);
end
$$;
comment on function s3cache.record_slice(bigint, bigint, integer, pg_snapshot, text, boolean, jsonb) is
    'The checkpoint of a rebuild: written in the transaction that also stages the slice''s differences. Raises S3C01 if the claim is void.';
