-- object: function s3cache.require_whole_listing(bigint)
create or replace function s3cache.require_whole_listing(job_id bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
        select from s3cache.rebuild_slice s where s.job_id = require_whole_listing.job_id and s.upto is null
    ) then
        raise exception using
            errcode = 'S3C02',
            message = format('What rebuild %s had found was lost in a crash of the server; it begins anew.', job_id);
    end if;
end
$$;
comment on function s3cache.require_whole_listing(bigint) is
    'Raises S3C02 unless the last slice of a rebuild''s listing is recorded: a crash of the server empties the unlogged tables under a worker that goes on.';
