-- object: function s3cache.merge_duplicates(bigint[])
create or replace function s3cache.merge_duplicates(claimed bigint[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    survivor bigint;
begin
    -- A job that was begun before may have read what a later duplicate wants read anew: it merges none.
    for survivor in
        select j.id
        from s3cache.job j
        where j.id = any (claimed) and j.merge_key is not null and j.attempt = 1 and j.rescues = 0
            and (select true from s3cache.job d
                where d.merge_key = j.merge_key and d.state = 'queued' and d.id > j.id limit 1)
    loop
        perform s3cache.merge_into(survivor);
    end loop;
end
$$;
comment on function s3cache.merge_duplicates(bigint[]) is
    'Ends the queued duplicates of freshly claimed jobs as superseded by them. Runs under the claim lock.';
