-- object: function s3cache.drop_cache(text)
create or replace function s3cache.drop_cache(cache text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    dropped integer := s3cache.cache_id(cache);
    partition regclass := s3cache.partition_of(cache);
begin
    if dropped = 1 then
        raise exception using
            errcode = 'dependent_objects_still_exist',
            message = 'The default cache s3_image_cache cannot be dropped.',
            hint = 'SELECT clear_s3_cache(); forgets its rows; DROP EXTENSION s3cache removes everything.';
    end if;
    perform s3cache.end_jobs(array(select j.id from s3cache.job j where j.cache_id = dropped for update), 'cancelled',
        null, null, null);
    delete from s3cache.staged_content s
    using s3cache.job_history h
    where h.id = s.job_id and h.cache_id = dropped;
    delete from s3cache.created_cache c where c.id = dropped;
    delete from s3cache.cache_setting s where s.cache_id = dropped;
    delete from s3cache.cache_state s where s.cache_id = dropped;
    delete from s3cache.fetch_failure f where f.cache_id = dropped;
    delete from s3cache.presigned_row p where p.cache_id = dropped;
    delete from s3cache.tombstone t where t.cache_id = dropped;
    delete from s3cache.private_file p where p.cache_id = dropped;
    delete from s3cache.orphan_row o where o.cache_id = dropped;
    delete from s3cache.binding_row b where b.cache_id = dropped;
    execute format('drop table %s', partition);
end
$$;
comment on function s3cache.drop_cache(text) is
    'Drops a cache: its table, settings, bindings, live jobs, and the bytes of uploads that did not reach S3. The objects stay in the bucket. Refused while views of yours depend on the table.';
