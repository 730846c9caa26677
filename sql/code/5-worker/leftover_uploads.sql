-- object: function s3cache.leftover_uploads(bigint, integer)
create or replace function s3cache.leftover_uploads(after bigint, max_rows integer)
returns table (job_id bigint, cache text, object_key text, upload_id text, begun_at timestamptz, noted_at timestamptz)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
#variable_conflict use_column
begin
    if not s3cache.at_home() then
        return;
    end if;
    -- Nobody can go where a dropped cache's objects were; what cannot be aborted for so long never will be.
    delete from s3cache.unfinished_upload u
    where (u.cache_id <> 1 and not exists (select from s3cache.created_cache c where c.id = u.cache_id))
        or (u.saved_at < clock_timestamp() - interval '30 days' and not exists (select from s3cache.job j where j.id = u.job_id));
    return query
        select u.job_id, s3cache.cache_name(u.cache_id), u.object_key, u.upload_id, u.begun_at, u.saved_at
        from s3cache.unfinished_upload u
        where u.job_id > after and not exists (select from s3cache.job j where j.id = u.job_id)
            -- What has no name is told by its key: another job that is at work there would be taken for it.
            and (u.upload_id <> '' or not exists (
                select
                from s3cache.unfinished_upload o
                join s3cache.job j on j.id = o.job_id
                where o.object_key = u.object_key))
        order by u.job_id
        limit max_rows;
end
$$;
comment on function s3cache.leftover_uploads(bigint, integer) is
    'Uploads in parts whose jobs have ended without them, of later jobs than the given one: to be aborted in the bucket, and then told to s3cache.forget_upload(). Where upload_id is empty, the bucket may have begun one for the key from begun_at to about noted_at, and has to be asked. What cannot be aborted for 30 days is forgotten. None in a restored copy that nobody resumed.';
