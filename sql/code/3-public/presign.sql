-- object: function s3cache.presign(text[], text)
create or replace function s3cache.presign(filenames text[], cache text default 's3_image_cache')
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    looked_in integer := s3cache.cache_id(cache);
    wanted text[] := array(select distinct f collate "C" from unnest(filenames) as f order by 1);
    wrong text;
begin
    if cardinality(wanted) not between 1 and 10000 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot presign %s files in one job: it takes 1 to 10000.', cardinality(wanted)),
            hint = 'Call s3cache.presign() for parts of them.';
    end if;
    foreach wrong in array wanted loop
        perform s3cache.check_key(wrong, looked_in);
    end loop;
    return s3cache.enqueue('presign', looked_in, jsonb_build_object(
        'filenames', to_jsonb(wanted),
        'seconds', (select u.ttl from s3cache.url_plan u where u.cache_id = looked_in)), null, null, 5::smallint);
end
$$;
comment on function s3cache.presign(text[], text) is
    'Has a worker sign URLs of at most 10000 files, for the cache''s presign_ttl; gives a job id. Once the job is done they are in s3cache.presigned, for who asked, and with presign_mode worker s3cache.url(), presigned_url() and images() hand them out. The result is {"signed"}.';
