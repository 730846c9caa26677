-- object: function s3cache.listed_rows(bigint, bigint, text, integer)
create or replace function s3cache.listed_rows(job_id bigint, token bigint, after text, max_rows integer)
returns table (filename text, size bigint, etag text, last_modified timestamptz, storage_class text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Knowing the values, it reads just a stretch of the primary key, whatever the statistics say, of which a table that was just filled has none.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
set plan_cache_mode = force_custom_plan
as $$
begin
    perform s3cache.hold_claim(job_id, token);
    return query
        select l.filename, l.size, l.etag, l.last_modified, l.storage_class
        from s3cache.rebuild_listed l
        where l.job_id = listed_rows.job_id and (after is null or l.filename > after)
        order by l.filename
        limit max_rows;
end
$$;
comment on function s3cache.listed_rows(bigint, bigint, text, integer) is
    'The next rows of the inventory that a rebuild has staged, in order, after the given filename; NULL: from the first on. Raises S3C01 if the claim is void.';
