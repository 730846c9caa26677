-- object: function s3cache.local_copy_of(text, text)
create or replace function s3cache.local_copy_of(filename text, cache text default 's3_image_cache') returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    looked_in integer := s3cache.cache_id(cache);
begin
    return (
        select c.place
        from s3cache.local_copy c
        where c.cache_id = looked_in and c.filename = local_copy_of.filename collate "C" and c.ended_at is null
            and c.kept_at is not null
        order by c.job_id desc
        limit 1);
end
$$;
comment on function s3cache.local_copy_of(text, text) is
    'The path, in the directory of the worker that keeps it, of the copy of a file that S3 has not taken yet; NULL if there is none. For the command line.';
