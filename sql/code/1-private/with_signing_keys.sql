-- object: function s3cache.with_signing_keys(s3cache.url_plan, text)
create or replace function s3cache.with_signing_keys(plan s3cache.url_plan, purpose text) returns s3cache.url_plan
language plpgsql stable
set search_path = pg_catalog, pg_temp
-- A plan made for one value holds that value, and debug_print_plan would show the keys in it to the caller.
set plan_cache_mode = force_generic_plan
as $$
declare
    credential s3cache.signing_key;
    last_day integer;
begin
    plan.access_key_id := null;
    plan.heads := null;
    plan.inner_pads := null;
    plan.outer_pads := null;
    select k.* into credential
    from s3cache.signing_key k
    where k.profile = plan.profile and k.purpose = with_signing_keys.purpose and k.region = plan.region
    order by k.obtained_at, k.day
    limit 1;
    if not found then
        return plan;
    end if;
    plan.access_key_id := credential.access_key_id;
    plan.token := coalesce('&X-Amz-Security-Token=' || s3cache.percent_encoded(credential.session_token), '');
    plan.begins := case
        when credential.session_token is null and credential.expires_at is null then 0
        else ceil(extract(epoch from credential.obtained_at))
    end;
    plan.ends := coalesce(floor(extract(epoch from credential.expires_at)), 253402300799);
    select min(k.day) - date '1970-01-01', max(k.day) - date '1970-01-01' into plan.first_day, last_day
    from s3cache.signing_key k
    where k.profile = plan.profile and k.purpose = with_signing_keys.purpose and k.region = plan.region;
    select
        array_agg('X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=' || s3cache.percent_encoded(d.scoped)
            || '&X-Amz-Date=' || d.day_text || 'T' order by d.number),
        array_agg(d.scope || E'\n' order by d.number),
        array_agg(d.inner_pad order by d.number), array_agg(d.outer_pad order by d.number)
    into plan.heads, plan.scopes, plan.inner_pads, plan.outer_pads
    from (
        select n.number, k.inner_pad, k.outer_pad, to_char(k.day, 'YYYYMMDD') as day_text,
            to_char(k.day, 'YYYYMMDD') || '/' || k.region || '/s3/aws4_request' as scope,
            k.access_key_id || '/' || to_char(k.day, 'YYYYMMDD') || '/' || k.region || '/s3/aws4_request' as scoped
        from generate_series(plan.first_day, last_day) as n (number)
        left join s3cache.signing_key k
            on k.day = date '1970-01-01' + n.number and k.profile = plan.profile
                and k.purpose = with_signing_keys.purpose and k.region = plan.region
    ) d;
    return plan;
end
$$;
comment on function s3cache.with_signing_keys(s3cache.url_plan, text) is
    'The plan with the published keys of its profile and region for a purpose, or without any.';
