-- object: function s3cache.presigned_url_at(text, interval, text, text, text, boolean, text, timestamptz)
create or replace function s3cache.presigned_url_at(
    filename text, expires interval, method text, response_content_disposition text, response_content_type text,
    force_refresh boolean, cache text, moment timestamptz) returns text
language sql stable parallel safe
return coalesce(
    s3cache.url_at(
        cache, filename, moment, true, expires,
        case when method in ('GET', 'HEAD') then method else s3cache.refuse_method(method) end,
        case
            when response_content_disposition is null then ''
            else s3cache.response_parameter('response-content-disposition', response_content_disposition)
        end
            || case
                when response_content_type is null then ''
                else s3cache.response_parameter('response-content-type', response_content_type)
            end,
        force_refresh),
    s3cache.refuse_signing(filename, cache));
comment on function s3cache.presigned_url_at(text, interval, text, text, text, boolean, text, timestamptz) is
    's3cache.presigned_url() as of a moment, for that function and for tests. Its names were resolved when it was made; it has no settings, so that it is inlined.';
