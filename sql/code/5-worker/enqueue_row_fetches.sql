-- object: function s3cache.enqueue_row_fetches(bigint, bigint, text[], text[], text[])
create or replace function s3cache.enqueue_row_fetches(
    job_id bigint, token bigint, row_keys text[], sources text[], keys text[])
returns table (enqueued bigint, pending bigint, backing_off bigint, problems jsonb)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
-- Whatever the statistics say: each row is looked up.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    asked s3cache.job;
    plan record;
    item record;
    address text;
    asked_for text;
    own_name text;
    template text;
    said text;
    fetched bigint;
begin
    perform s3cache.hold_claim(job_id, token);
    select j.* into asked from s3cache.job j where j.id = job_id;
    select p.* into plan from s3cache.binding_plan(asked.args ->> 'binding') p;
    enqueued := 0;
    pending := 0;
    backing_off := 0;
    problems := '[]';
    for item in
        select u.row_key, u.source, u.key
        from unnest(row_keys, sources, keys) with ordinality as u (row_key, source, key, place)
        order by u.place
    loop
        if exists (
            select from s3cache.job j
            where j.args ? 'row' and j.args ->> 'binding' = plan.name and j.args ->> 'row' = item.row_key)
        then
            pending := pending + 1;
            continue;
        end if;
        begin
            if item.key is null then
                raise exception using errcode = 'null_value_not_allowed', message = 'A column of the key template is NULL.';
            end if;
            address := s3cache.fetchable_url(item.source);
            if exists (
                select from s3cache.fetch_failure f
                where f.cache_id = asked.cache_id and f.origin = s3cache.url_origin(address)
                    and f.url_hash = sha256(convert_to(address, 'UTF8')) and f.next_try_at > clock_timestamp())
            then
                backing_off := backing_off + 1;
                continue;
            end if;
            -- The URL is not to blame where its file was refused for the row's key, or its URL by the table.
            asked_for := encode(sha256(convert_to(jsonb_build_array(address, item.key)::text, 'UTF8')), 'hex');
            if exists (
                select
                from (
                    select count(*) as failures, max(h.finished_at) as failed_at
                    from s3cache.job_history h
                    where h.args ? 'row_asked' and h.args ->> 'binding' = plan.name and h.args ->> 'row' = item.row_key
                        and h.args ->> 'row_asked' = asked_for and h.state = 'failed' and h.result #>> '{error,retryable}' = 'false'
                        and h.result #>> '{error,code}' <> 'fetch_backing_off'
                ) refused
                where refused.failures > 0
                    and refused.failed_at + least(interval '7 days', power(2, least(refused.failures - 1, 20)) * interval '5 minutes')
                        > clock_timestamp())
            then
                backing_off := backing_off + 1;
                continue;
            end if;
            own_name := substring(regexp_replace(address, '[?#].*$', '') from '[^/]+$');
            template := regexp_replace(item.key, '\{mtime:([A-Z]+)\}', '{date:\1}', 'g')
                || case when plan.is_folder then '{file}' else '' end;
            if template ~ '\{file\}' and own_name is null then
                raise exception using errcode = 'invalid_parameter_value', message = 'The URL ends in no file name, which the key template asks for.';
            end if;
            template := replace(template, '{file}', coalesce(replace(replace(own_name, '{', '{{'), '}', '}}'), ''));
            fetched := s3cache.fetch(address, template, cache => plan.cache);
            update s3cache.job j
            set args = j.args || jsonb_build_object('binding', plan.name, 'row', item.row_key, 'row_asked', asked_for), owner = asked.owner,
                -- Each row gets its own URL, also where two name one file.
                merge_key = j.merge_key || '/' || plan.name || '/' || item.row_key
            where j.id = fetched;
            enqueued := enqueued + 1;
        exception when others then
            get stacked diagnostics said = message_text;
            problems := problems || jsonb_build_object('row', item.row_key, 'code', 'fetch_bad_url', 'message', said);
        end;
    end loop;
    return next;
end
$$;
comment on function s3cache.enqueue_row_fetches(bigint, bigint, text[], text[], text[]) is
    'Enqueues a fetch for each bound row, in the name of whoever owns the job that asks: not for rows that one is on its way for, nor where a URL failed, or what it leads to was refused for the key of the row, and is not to be asked for again yet: 5 minutes, twice as long each time, 7 days at most; problems tells of what cannot be fetched at all. The arrays belong together by position. Raises S3C01 if the claim is void.';
