-- object: function s3cache.settle_fetch(s3cache.job)
create or replace function s3cache.settle_fetch(settled s3cache.job) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    merged bigint[];
begin
    delete from s3cache.fetch_failure f
    where f.cache_id = settled.cache_id and f.origin = s3cache.url_origin(settled.args ->> 'url')
        and f.url_hash = sha256(convert_to(settled.args ->> 'url', 'UTF8'));
    select array_agg(d.id) into merged
    from (
        select j.id
        from s3cache.job j
        where j.merge_key = settled.merge_key and j.state = 'queued' and j.id <> settled.id
        for update skip locked
    ) d;
    if merged is not null then
        perform s3cache.end_jobs(merged, 'superseded', null, null, settled.id);
    end if;
end
$$;
comment on function s3cache.settle_fetch(s3cache.job) is
    'A fetch is about to end well: the failures of its URL are forgotten, and those who asked for the same in the meantime have their answer.';
