-- object: function s3cache.hold_part(bigint, bigint)
create or replace function s3cache.hold_part(job_id bigint, token bigint) returns s3cache.rebuild_part
language plpgsql
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: the part is looked up.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    lister s3cache.job;
    held s3cache.rebuild_part;
begin
    perform s3cache.hold_claim(job_id, token);
    select j.* into strict lister from s3cache.job j where j.id = job_id;
    select p.* into held
    from s3cache.rebuild_part p
    where p.job_id = s3cache.listed_rebuild(lister) and p.holder = lister.id
    for update;
    if not found then
        raise exception using
            errcode = 'S3C02',
            message = format('What rebuild %s had found was lost in a crash of the server; it begins anew.',
                s3cache.listed_rebuild(lister));
    end if;
    return held;
end
$$;
comment on function s3cache.hold_part(bigint, bigint) is
    'The part of a rebuild''s listing that a job holds, locked until the transaction ends. Raises S3C01 if the claim is void, S3C02 if there is no such part: a crash of the server emptied the table, or the rebuild that it helped has ended.';
