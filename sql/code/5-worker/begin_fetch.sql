-- object: function s3cache.begin_fetch(bigint, bigint)
create or replace function s3cache.begin_fetch(job_id bigint, token bigint)
returns table (outcome text, url text, failures integer, code text, next_try_at timestamptz)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    fetched s3cache.job;
    stem text;
    found_name text;
    failed s3cache.fetch_failure;
begin
    perform s3cache.hold_claim(job_id, token);
    select j.* into fetched from s3cache.job j where j.id = job_id;
    stem := coalesce(fetched.args ->> 'stem', 'fetched/' || (fetched.args ->> 'stable'));
    if stem is not null then
        -- The extension, or the setting environment's suffix, follows.
        select o.filename into found_name
        from s3cache.object o
        where o.cache_id = fetched.cache_id and o.filename > stem and o.filename < stem || '/' and o.state = 'present'
            and o.filename = s3cache.with_environment(stem || '.' || substring(o.filename from '[^.]*$'),
                (select s.environment from s3cache.cache_setting s where s.cache_id = fetched.cache_id))
            -- What everyone may read is not what was asked for.
            and (fetched.args ->> 'category' is distinct from 'PrivateData' or exists (
                select from s3cache.private_file p
                where p.cache_id = o.cache_id and p.filename = o.filename and p.job_id <> fetched.id))
        order by o.filename
        limit 1;
    elsif fetched.args ? 'filename' and fetched.attempt = 1 and fetched.rescues = 0
        and (select c.if_exists from s3cache.cache c where c.id = fetched.cache_id) = 'skip'
    then
        select o.filename into found_name
        from s3cache.object o
        where o.cache_id = fetched.cache_id and o.filename = fetched.args ->> 'filename' and o.state = 'present';
    end if;
    if found_name is not null then
        perform s3cache.settle_claim(job_id, token);
        -- What a logo's first source was found to be like says nothing of it.
        if fetched.args ? 'sources' then
            fetched.args := fetched.args - 'url';
        end if;
        perform s3cache.settle_fetch(fetched);
        perform s3cache.end_jobs(array[job_id], 'done', array[(
            select jsonb_build_object(
                'filename', o.filename, 'key', s3cache.object_key(o.cache_id, o.filename), 'etag', o.etag,
                'url', s3cache.lasting_url_of(fetched.cache_id, found_name),
                'size', o.size, 'content_type', o.content_type, 'width', o.width, 'height', o.height,
                'sha256', encode(o.sha256, 'hex'), 'location', o.location, 'skipped', true)
            from s3cache.object o
            where o.cache_id = fetched.cache_id and o.filename = found_name)]);
        return query select 'done', null::text, null::integer, null::text, null::timestamptz;
        return;
    end if;
    select f.* into failed
    from s3cache.fetch_failure f
    where f.cache_id = fetched.cache_id and f.origin = s3cache.url_origin(fetched.args ->> 'url')
        and f.url_hash = sha256(convert_to(fetched.args ->> 'url', 'UTF8'))
        and f.next_try_at > clock_timestamp();
    if found then
        return query select 'backing_off', fetched.args ->> 'url', failed.failures, failed.code, failed.next_try_at;
        return;
    end if;
    return query select 'download', fetched.args ->> 'url', null::integer, null::text, null::timestamptz;
end
$$;
comment on function s3cache.begin_fetch(bigint, bigint) is
    'What there is to do for a fetch. download: get the URL. done: what was asked for is there already, and the job has ended with its row. backing_off: the URL failed that often, the last time with that code, and is not to be asked before next_try_at. Raises S3C01 if the claim is void.';
