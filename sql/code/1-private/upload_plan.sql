-- object: function s3cache.upload_plan(text, text, text, bigint, bigint)
create or replace function s3cache.upload_plan(
    filename text, content_type text, cache text, size bigint, moment bigint) returns s3cache.url_plan
language plpgsql stable
set search_path = pg_catalog, pg_temp
-- A plan made for one value holds that value, and debug_print_plan would show it to the caller.
set plan_cache_mode = force_generic_plan
as $$
declare
    written integer := s3cache.cache_id(cache);
    plan s3cache.url_plan;
begin
    perform s3cache.check_upload(written, filename, size, 'replace');
    perform s3cache.check_upload_headers(content_type, '{}', null);
    select u.* into plan from s3cache.url_plan u where u.cache_id = written;
    if plan.store = 'file' then
        raise exception using
            errcode = 'feature_not_supported',
            message = format('Nothing can be uploaded to cache %s by URL: its objects are files in a worker''s directory.', cache),
            hint = 's3cache.upload() takes the bytes.';
    end if;
    if plan.store is not null then
        plan := s3cache.with_signing_keys(plan, 'upload');
    end if;
    if (plan.ends - moment > plan.margin and plan.inner_pads[moment / 86400 - plan.first_day + 1] is not null) is not true then
        perform s3cache.refuse_signing(filename, cache, 'upload');
    end if;
    return plan;
end
$$;
comment on function s3cache.upload_plan(text, text, text, bigint, bigint) is
    'What a URL or a form for uploading a file of a size is signed with at a Unix time; raises an error if such a file may not be uploaded, or there is no key for it.';
