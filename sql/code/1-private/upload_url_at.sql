-- object: function s3cache.upload_url_at(text, text, interval, text, timestamptz)
create or replace function s3cache.upload_url_at(
    filename text, content_type text, expires interval, cache text, moment timestamptz) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    n bigint := floor(date_part('epoch', moment));
    plan s3cache.url_plan := s3cache.upload_plan(filename, content_type, cache, 0, n);
    day integer := n / 86400 - plan.first_day + 1;
    signed text := case when content_type is null then '' else 'content-type;' end || 'host';
    parameters text := plan.heads[day] || substr(s3cache.stamp(n), 10)
        || '&X-Amz-Expires=' || least(s3cache.checked_expiry(expires), plan.ends - n)
        || plan.token || '&X-Amz-SignedHeaders=' || replace(signed, ';', '%3B');
begin
    return s3cache.signed_url(plan.origin, 'PUT', plan.base || s3cache.percent_encoded(filename, true), parameters,
        E'\n' || coalesce('content-type:' || content_type || E'\n', '') || 'host:' || plan.host || E'\n\n'
            || signed || E'\nUNSIGNED-PAYLOAD',
        s3cache.stamp(n), plan.scopes[day], plan.inner_pads[day], plan.outer_pads[day]);
end
$$;
comment on function s3cache.upload_url_at(text, text, interval, text, timestamptz) is
    's3cache.upload_url() as of a moment, for that function and for tests.';
