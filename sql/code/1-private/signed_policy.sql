-- object: function s3cache.signed_policy(s3cache.url_plan, text, text, text, bigint, integer)
create or replace function s3cache.signed_policy(
    plan s3cache.url_plan, bucket text, key text, conditions text, signed_at bigint, life integer) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
-- A plan made for one value holds that value, and debug_print_plan would show the keys in it to the caller.
set plan_cache_mode = force_generic_plan
as $$
declare
    day integer := signed_at / 86400 - plan.first_day + 1;
    stamp text := s3cache.stamp(signed_at);
    credential text := plan.access_key_id || '/' || rtrim(plan.scopes[day], E'\n');
    token text := s3cache.percent_decoded(nullif(substr(plan.token, length('&X-Amz-Security-Token=') + 1), ''));
    ends_at text := to_char(
        to_timestamp(least(signed_at + life, plan.ends)) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
    policy text := '{"expiration": ' || s3cache.json_ascii(ends_at) || ', "conditions": [' || conditions
        || '{"bucket": ' || s3cache.json_ascii(bucket) || '}, {"key": ' || s3cache.json_ascii(key)
        || '}, {"x-amz-algorithm": "AWS4-HMAC-SHA256"}, {"x-amz-credential": ' || s3cache.json_ascii(credential)
        || '}, {"x-amz-date": ' || s3cache.json_ascii(stamp) || '}'
        || coalesce(', {"x-amz-security-token": ' || s3cache.json_ascii(token) || '}', '') || ']}';
begin
    policy := translate(encode(convert_to(policy, 'UTF8'), 'base64'), E'\n', '');
    return jsonb_build_object(
        'key', key, 'policy', policy, 'x-amz-algorithm', 'AWS4-HMAC-SHA256', 'x-amz-credential', credential,
        'x-amz-date', stamp, 'x-amz-signature',
        s3cache.signature(policy, plan.inner_pads[day], plan.outer_pads[day]))
        || case when token is null then '{}' else jsonb_build_object('x-amz-security-token', token) end;
end
$$;
comment on function s3cache.signed_policy(s3cache.url_plan, text, text, text, bigint, integer) is
    'The fields of a form by which a browser can upload one key until life seconds after a Unix time. conditions: what else the form must hold, as JSON, each with a comma and a blank after it. Source: "Authenticating Requests in Browser-Based Uploads Using POST (AWS Signature Version 4)", Amazon S3 API Reference.';
