-- object: function s3cache.require_whole_listing(bigint)
create or replace function s3cache.require_whole_listing(job_id bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from s3cache.rebuild_listing l where l.job_id = require_whole_listing.job_id)
        or exists (select from s3cache.rebuild_range r where r.job_id = require_whole_listing.job_id)
    then
        raise exception using
            errcode = 'S3C02',
            message = format('What rebuild %s had found was lost in a crash of the server; it begins anew.', job_id);
    elsif (select l.distrusted from s3cache.rebuild_listing l where l.job_id = require_whole_listing.job_id) then
        raise exception using
            errcode = 'S3C02',
            message = format('What rebuild %s had found does not count, because a worker that helped it saw the bucket list wrongly; it begins anew.', job_id);
    end if;
end
$$;
comment on function s3cache.require_whole_listing(bigint) is
    'Raises S3C02 unless everything that a rebuild is about has been listed and compared: a crash of the server empties the unlogged tables under a worker that goes on, and a helper may have found that the bucket does not list as it should.';
