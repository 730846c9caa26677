-- object: function s3cache.upload_url_at(text, text, interval, text, timestamptz)
create or replace function s3cache.upload_url_at(
    filename text, content_type text, expires interval, cache text, moment timestamptz) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
-- A plan made for one value holds that value, and debug_print_plan would show it to the caller.
set plan_cache_mode = force_generic_plan
as $$
declare
    n bigint := floor(date_part('epoch', moment));
    life integer := s3cache.checked_expiry(expires);
    plan s3cache.url_plan := s3cache.upload_plan(filename, content_type, cache, 0, n);
    day integer := s3cache.day_index(n, plan.first_day);
    stamp text := s3cache.stamp(n);
    signed text := case when content_type is null then '' else 'content-type;' end || 'host';
    path text := s3cache.encoded_path(plan.base, filename);
    parameters text := s3cache.signed_parameters(
        plan.heads[day], stamp, life, plan.ends - n, plan.token, replace(signed, ';', '%3B'), '');
    to_sign text := s3cache.string_to_sign(stamp, plan.scopes[day], s3cache.canonical_hash(
        'PUT', path, parameters,
        E'\n' || coalesce('content-type:' || content_type || E'\n', '') || 'host:' || plan.host || E'\n\n' || signed || E'\nUNSIGNED-PAYLOAD'));
begin
    return s3cache.signed_url(
        plan.origin, path, parameters, s3cache.signature(to_sign, plan.inner_pads[day], plan.outer_pads[day]));
end
$$;
comment on function s3cache.upload_url_at(text, text, interval, text, timestamptz) is
    's3cache.upload_url() as of a moment, for that function and for tests.';
