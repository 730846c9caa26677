-- object: function s3cache.ended_copies(interval, bigint, integer)
create or replace function s3cache.ended_copies(ended_for interval, after bigint, max_rows integer)
returns table (job_id bigint, place text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
#variable_conflict use_column
declare
    copy s3cache.local_copy;
begin
    if not s3cache.at_home() then
        return;
    end if;
    for copy in
        select c.*
        from s3cache.local_copy c
        where c.ended_at <= clock_timestamp() - ended_for and c.job_id > after
        order by c.job_id
        limit max_rows
    loop
        perform s3cache.settle_local_row(copy.cache_id, copy.filename, copy.had_row);
        if copy.ended_at <= clock_timestamp() - interval '7 days' then
            -- Whoever had it is gone.
            delete from s3cache.local_copy c where c.job_id = copy.job_id;
        else
            job_id := copy.job_id;
            place := copy.place;
            return next;
        end if;
    end loop;
end
$$;
comment on function s3cache.ended_copies(interval, bigint, integer) is
    'Copies whose uploads ended so long ago, by the job''s id, of later jobs than the given one: to be deleted by the worker that has them, and then told to s3cache.forget_copy(). What nobody deleted for a week is forgotten. None in a restored copy that nobody resumed.';
