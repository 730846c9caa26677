-- object: function s3cache.merge_duplicates(bigint[])
create or replace function s3cache.merge_duplicates(claimed bigint[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    survivor record;
    merged bigint[];
begin
    -- A job that was begun before may have read what a later duplicate wants read anew: it merges none.
    for survivor in
        select j.id, j.merge_key
        from s3cache.job j
        where j.id = any (claimed) and j.merge_key is not null and j.attempt = 1 and j.rescues = 0
    loop
        select array_agg(d.id) into merged
        from (
            select j.id
            from s3cache.job j
            where j.merge_key = survivor.merge_key and j.state = 'queued' and j.id > survivor.id
            for update skip locked
        ) d;
        continue when merged is null;
        perform s3cache.end_jobs(merged, 'superseded', null, null, survivor.id);
    end loop;
end
$$;
comment on function s3cache.merge_duplicates(bigint[]) is
    'Ends the queued duplicates of freshly claimed jobs as superseded by them. Runs under the claim lock.';
