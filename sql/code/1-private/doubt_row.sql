-- object: function s3cache.doubt_row(integer, text, boolean)
create or replace function s3cache.doubt_row(doubted_cache integer, doubted_name text, is_there boolean default false) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
-- A generic plan would lock the tables of all caches.
set plan_cache_mode = force_custom_plan
set lock_timeout = '200ms'
as $$
begin
    update s3cache.object o set state = 'unverified', location = 's3'
    where o.cache_id = doubted_cache and o.filename = doubted_name and (o.state <> 'unverified' or o.location = 'local');
    if is_there and not found then
        insert into s3cache.object (cache_id, filename) values (doubted_cache, doubted_name) on conflict do nothing;
    end if;
exception when lock_not_available then
    -- Somebody is changing the row, or the table; whether it is true is for the next rebuild to find out.
    null;
end
$$;
comment on function s3cache.doubt_row(integer, text, boolean) is
    'An upload or deletion was begun and did not end well, so what the bucket holds now is not known: a worker will look. is_there: the bucket has the object, so that it gets a row where there is none. Yields to other sessions.';
