-- object: function s3cache.complete_jobs(bigint[], bigint[], jsonb[])
create or replace function s3cache.complete_jobs(ids bigint[], tokens bigint[], results jsonb[]) returns bigint[]
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    select s3cache.end_jobs(ids, 'done', results, tokens => tokens)
$$;
comment on function s3cache.complete_jobs(bigint[], bigint[], jsonb[]) is
    'Ends jobs as done with their results, all in one statement; gives the ids of those whose token was still good. The three arrays belong together by position.';
