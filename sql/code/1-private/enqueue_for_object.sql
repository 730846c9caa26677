-- object: function s3cache.enqueue_for_object(text, integer, text, jsonb, text)
create or replace function s3cache.enqueue_for_object(
    kind text, cache_id integer, filename text, args jsonb, merge_key text default null) returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return s3cache.enqueue(kind, cache_id, args, merge_key, format('object:%s:%s', cache_id, filename), 5::smallint);
end
$$;
comment on function s3cache.enqueue_for_object(text, integer, text, jsonb, text) is
    'Adds a job on one object: jobs on the same one run one at a time, in the order of their ids. Claimed before rebuilds and verifications.';
