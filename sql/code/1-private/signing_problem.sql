-- object: function s3cache.signing_problem(integer, text)
create or replace function s3cache.signing_problem(cache_id integer, purpose text) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when u.store is null then format(
            'Cannot make URLs of cache %s: nobody said which bucket its objects are in; is a worker running?', s3cache.cache_name(signing_problem.cache_id))
        when u.presign_mode = 'worker' and purpose = 'presign' then format(
            'Cannot make URLs of cache %s: its presign_mode is worker, and no URL that a worker signed for you is good any more; SELECT s3cache.presign(ARRAY[…]) asks for some; is a worker running?', u.cache)
        else format(
            'Cannot sign for cache %s: there is no usable %s key for region %s and %s; is a worker running?', u.cache,
            case purpose when 'upload' then 'upload' else 'signing' end, u.region,
            case u.profile when '' then 'the worker''s own profile' else format('profile %s', u.profile) end)
    end
    from (values (1)) as one
    left join s3cache.url_plan u on u.cache_id = signing_problem.cache_id
$$;
comment on function s3cache.signing_problem(integer, text) is
    'Why no URL of a cache can be signed for a purpose: one sentence that names region and profile.';
