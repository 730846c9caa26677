-- object: function s3cache.write_uploaded(integer, text[], text[], bigint[], bigint[], text[], text[], bytea[], integer[], integer[], boolean[])
create or replace function s3cache.write_uploaded(
    written_cache integer, filenames text[], etags text[], sizes bigint[], modified bigint[], storage_classes text[],
    content_types text[], digests bytea[], widths integer[], heights integer[], skipped boolean[])
returns table (place bigint, content_type text, width integer, height integer, sha256 bytea)
language plpgsql
set search_path = pg_catalog, pg_temp
-- Whatever the statistics say: each row is looked up.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    places bigint[] := array[]::bigint[];
    known_types text[] := array[]::text[];
    known_widths integer[] := array[]::integer[];
    known_heights integer[] := array[]::integer[];
    known_digests bytea[] := array[]::bytea[];
    wanted constant integer := (select count(*) from unnest(filenames) as f (name) where f.name is not null);
begin
    loop
        with uploaded as materialized (
            select u.filename, u.etag, u.size, timestamptz 'epoch' + u.modified * interval '1 microsecond' as last_modified,
                u.storage_class, u.content_type, u.sha256, u.width, u.height, u.skipped, u.place
            from unnest(filenames, etags, sizes, modified, storage_classes, content_types, digests, widths, heights, skipped)
                with ordinality as u (filename, etag, size, modified, storage_class, content_type, sha256, width, height, skipped, place)
            where u.filename is not null and u.place <> all (places)
        ), updated as (
            update s3cache.object o
            set size = u.size, etag = u.etag, last_modified = u.last_modified, storage_class = u.storage_class,
                -- What is the same as before is known as well as before.
                content_type = coalesce(u.content_type, case when u.skipped and o.etag = u.etag then o.content_type end),
                width = coalesce(u.width,
                    case when o.sha256 = u.sha256 or (u.skipped and o.etag = u.etag) then o.width end),
                height = coalesce(u.height,
                    case when o.sha256 = u.sha256 or (u.skipped and o.etag = u.etag) then o.height end),
                sha256 = coalesce(u.sha256, case when u.skipped and o.etag = u.etag then o.sha256 end),
                state = 'present', location = 's3', verified_at = clock_timestamp()
            from uploaded u
            where o.cache_id = written_cache and o.filename = u.filename
            returning u.place, o.content_type, o.width, o.height, o.sha256
        ), added as (
            insert into s3cache.object (
                cache_id, filename, size, etag, last_modified, storage_class, content_type, sha256, width, height, state, verified_at)
            select written_cache, u.filename, u.size, u.etag, u.last_modified, u.storage_class, u.content_type, u.sha256, u.width,
                u.height, 'present', clock_timestamp()
            from uploaded u
            where u.place not in (select d.place from updated d)
            on conflict do nothing
            returning filename
        ), written as (
            select d.place, d.content_type, d.width, d.height, d.sha256 from updated d
            union all
            select u.place, u.content_type, u.width, u.height, u.sha256 from uploaded u where u.filename in (select a.filename from added a)
        )
        select places || array_agg(w.place), known_types || array_agg(w.content_type), known_widths || array_agg(w.width), known_heights || array_agg(w.height),
            known_digests || array_agg(w.sha256)
        into places, known_types, known_widths, known_heights, known_digests
        from written w;
        -- Else somebody added one in between: it is updated.
        exit when cardinality(places) = wanted;
    end loop;
    return query
        select k.place, k.content_type, k.width, k.height, k.sha256
        from unnest(places, known_types, known_widths, known_heights, known_digests) as k (place, content_type, width, height, sha256);
end
$$;
comment on function s3cache.write_uploaded(integer, text[], text[], bigint[], bigint[], text[], text[], bytea[], integer[], integer[], boolean[]) is
    'Makes the rows of one cache present whose objects S3 has taken, and gives what they say of the contents, by place. The arrays belong together by position; a place whose filename is NULL is passed over.';
