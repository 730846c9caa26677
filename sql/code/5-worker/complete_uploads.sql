-- object: function s3cache.complete_uploads(bigint[], bigint[], text[], bigint[], bigint[], text[], text[], bytea[], integer[], integer[], boolean[])
create or replace function s3cache.complete_uploads(
    ids bigint[], tokens bigint[], etags text[], sizes bigint[], modified bigint[], storage_classes text[], content_types text[],
    digests bytea[], widths integer[], heights integer[], skipped boolean[]) returns bigint[]
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: each job is looked up.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A plan costs more to make than to run, and knowing the values makes none better.
set plan_cache_mode = force_generic_plan
as $$
declare
    caches integer[];
    names text[];
    purges jsonb[];
    kinds text[];
    written_cache integer;
    ending bigint[];
    ending_tokens bigint[];
    results jsonb[];
    ended bigint[] := array[]::bigint[];
begin
    with held as materialized (
        select c.place, j.cache_id, j.kind, j.args
        from unnest(ids, tokens) with ordinality as c (id, token, place)
        join s3cache.job j on j.id = c.id and j.claim_token = c.token and j.state = 'running'
        for update of j
    )
    select array_agg(h.cache_id order by c.place), array_agg(h.args ->> 'filename' order by c.place),
        array_agg(h.args -> 'purge' order by c.place), array_agg(h.kind order by c.place)
    into caches, names, purges, kinds
    from generate_series(1, cardinality(ids)) as c (place)
    left join held h on h.place = c.place;

    for written_cache in select distinct c.id from unnest(caches) as c (id) where c.id is not null order by c.id loop
        -- Whether what was there before was private does not count any more: s3cache.settle_privacy().
        delete from s3cache.private_file p
        using unnest(ids, caches, names, skipped) as c (id, cache_id, name, is_skipped)
        where c.cache_id = written_cache and not c.is_skipped
            and p.cache_id = c.cache_id and p.filename = c.name and p.job_id < c.id;
        with written as materialized (
            select w.place, w.content_type, w.width, w.height, w.sha256
            from s3cache.write_uploaded(
                written_cache,
                array(
                    select case when c.id = written_cache then c.name end
                    from unnest(caches, names) with ordinality as c (id, name, place)
                    order by c.place),
                etags, sizes, modified, storage_classes, content_types, digests, widths, heights, skipped) w
        ), place as materialized (
            select s3cache.object_key(written_cache, '') as prefix, (u.signing).cdn_base, (u.signing).public_base, u.versioned, u.store
            from (values (written_cache)) as c (id)
            left join s3cache.url_plan u on u.cache_id = c.id
        )
        select array_agg(ids[w.place] order by w.place), array_agg(tokens[w.place] order by w.place), array_agg(
            jsonb_build_object(
                'filename', names[w.place], 'key', p.prefix || names[w.place], 'etag', etags[w.place],
                -- As s3cache.lasting_url_of() says.
                'url', coalesce(
                    case when not exists (
                        select
                        from s3cache.private_file f
                        where f.cache_id = written_cache and f.filename = names[w.place])
                    then s3cache.open_url(
                        p.cdn_base, p.public_base, p.versioned, names[w.place], etags[w.place], w.content_type) end,
                    case when p.store = 'file' then s3cache.file_url_of(written_cache, names[w.place]) end),
                'size', sizes[w.place], 'content_type', w.content_type, 'width', w.width, 'height', w.height,
                'sha256', encode(w.sha256, 'hex'), 'location', 's3')
            || case when skipped[w.place] then '{"skipped": true}' else '{}' end::jsonb
            || case when purges[w.place] is null then '{}'::jsonb else jsonb_build_object('purge', purges[w.place]) end
            order by w.place)
        into ending, ending_tokens, results
        from written w
        cross join place p;
        -- What the bucket has made the objects of; what else the jobs have begun is left over.
        delete from s3cache.unfinished_upload u
        using unnest(ids, tokens, skipped) as c (id, token, is_skipped)
        where u.job_id = c.id and c.token = any (ending_tokens) and (u.checkpoint ->> 'isCompleting')::boolean and not c.is_skipped;
        perform s3cache.hasten_pushes(written_cache);
        if 'fetch' = any (kinds) then
            perform s3cache.settle_fetch(j) from s3cache.job j where j.id = any (ending) and j.kind = 'fetch';
        end if;
        perform s3cache.end_jobs(ending, 'done', results);
        ended := ended || ending_tokens;
    end loop;
    return ended;
end
$$;
comment on function s3cache.complete_uploads(bigint[], bigint[], text[], bigint[], bigint[], text[], text[], bytea[], integer[], integer[], boolean[]) is
    'S3 has acknowledged the bytes of uploads: their rows become present, the staged bytes are freed and the jobs end as done, also those that were to be cancelled, all in one transaction. Gives the tokens of those claims that still held; nothing is written for the others. The arrays belong together by position, and mean what the arguments of s3cache.complete_upload() mean. Waits for a user''s transaction that holds one of the rows, as long as lock_timeout allows.';
