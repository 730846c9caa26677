-- object: function s3cache.plan_copy(bigint, bigint, text, boolean)
create or replace function s3cache.plan_copy(job_id bigint, token bigint, place text, only_new boolean) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
declare
    planning s3cache.job;
    planned s3cache.local_copy;
    has_row boolean;
    has_object boolean;
begin
    perform s3cache.hold_claim(job_id, token);
    select c.* into planned from s3cache.local_copy c where c.job_id = plan_copy.job_id;
    if found then
        return case when planned.kept_at is null then planned.place end;
    end if;
    select j.* into planning from s3cache.job j where j.id = plan_copy.job_id;
    select true, o.state <> 'missing' into has_row, has_object
    from s3cache.object o
    where o.cache_id = planning.cache_id and o.filename = planning.args ->> 'filename';
    if only_new and has_object then
        return null;
    end if;
    insert into s3cache.local_copy (job_id, cache_id, filename, place, had_row)
    values (plan_copy.job_id, planning.cache_id, planning.args ->> 'filename', plan_copy.place, coalesce(has_row, false));
    return plan_copy.place;
end
$$;
comment on function s3cache.plan_copy(bigint, bigint, text, boolean) is
    'The store of an upload is away: where its copy is to be written, place or what an attempt before chose. NULL where none is: it is kept already, or, with only_new, there may be an object of that name that is to stay. Raises S3C01 if the claim is void.';
