-- object: function s3cache.url_place(integer, s3cache.cache_setting, jsonb)
create or replace function s3cache.url_place(cache_id integer, own s3cache.cache_setting, known jsonb) returns s3cache.url_plan
language plpgsql stable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
set plan_cache_mode = force_generic_plan
as $$
declare
    plan s3cache.url_plan;
    bucket text := coalesce(own.bucket, known ->> 'bucket');
    endpoint text := rtrim(coalesce(own.endpoint, known ->> 'endpoint'), '/');
    cdn text := rtrim(coalesce(own.cdn_url, known ->> 'cdn_url'), '/');
    scheme text := 'https';
    server text;
    is_aws boolean := true;
    is_virtual boolean;
    domain text;
    encoded_prefix text;
begin
    plan.cache_id := cache_id;
    plan.prefix := coalesce(own.prefix, '');
    plan.longest := 1024 - octet_length(plan.prefix);
    plan.access := coalesce(own.access, 'private');
    plan.versioned := coalesce(own.versioned_urls, false);
    plan.default_image := own.default_image;
    plan.presign_mode := coalesce(own.presign_mode, 'database');
    plan.profile := coalesce(own.credentials, '');
    plan.region := coalesce(own.region, known ->> 'region', 'us-east-1');
    plan.key_bases := '{}';
    encoded_prefix := s3cache.percent_encoded(plan.prefix, true);

    if endpoint ~* '^file:' then
        plan.store := 'file';
        plan.public_base := 'file://' || regexp_replace(endpoint, '^file:(//(localhost)?)?', '', 'i')
            || coalesce('/' || s3cache.percent_encoded(bucket), '') || '/';
        plan.key_bases := array[s3cache.percent_decoded(plan.public_base)];
    elsif bucket is not null then
        plan.store := 's3';
        domain := case when plan.region like 'cn-%' then 'amazonaws.com.cn' else 'amazonaws.com' end;
        server := format('s3.%s.%s', plan.region, domain);
        if endpoint is not null then
            scheme := lower(split_part(endpoint, '://', 1));
            server := lower(split_part(endpoint, '://', 2));
            is_aws := regexp_replace(server, ':[0-9]+$', '') ~ '\.amazonaws\.com(\.cn)?$';
        end if;
        is_virtual := case coalesce(own.addressing, 'auto')
            when 'path' then false
            when 'virtual' then server !~ '^(\[.*\]|[0-9]+(\.[0-9]+){3})(:[0-9]+)?$'
            else is_aws and bucket ~ '^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'
        end;
        plan.host := case when is_virtual then bucket || '.' else '' end || server;
        plan.origin := scheme || '://' || plan.host;
        plan.base := case when is_virtual then '/' else '/' || s3cache.percent_encoded(bucket) || '/' end;
        plan.post_base := plan.origin || plan.base;
        if not is_virtual then
            plan.post_base := rtrim(plan.post_base, '/');
        end if;
        plan.host := lower(regexp_replace(plan.host, case scheme when 'https' then ':443$' else ':80$' end, ''));
        plan.tail := E'\nhost:' || plan.host || E'\n\nhost\nUNSIGNED-PAYLOAD';
        plan.public_base := case
            when endpoint is null and coalesce(own.addressing, 'auto') <> 'virtual'
            then format('https://%s/%s/', case plan.region when 'us-east-1' then 's3.amazonaws.com' else server end, bucket)
            else plan.origin || plan.base
        end || encoded_prefix;
        plan.key_bases := array[
            format('%s.%s/', lower(bucket), regexp_replace(server, ':(80|443)$', '')),
            format('%s/%s/', regexp_replace(server, ':(80|443)$', ''), bucket)];
        if is_aws then
            plan.key_bases := plan.key_bases || array(
                select unnest(array[format('%s.%s/', lower(bucket), h), format('%s/%s/', h, bucket)])
                from unnest(array[
                    's3.' || domain, format('s3.%s.%s', plan.region, domain), format('s3-%s.%s', plan.region, domain),
                    format('s3.dualstack.%s.%s', plan.region, domain)]) as h);
        end if;
        plan.base := plan.base || encoded_prefix;
    end if;

    if cdn <> '' then
        if cdn !~* '^https?://' then
            cdn := 'https://' || cdn;
        elsif cdn ~* '^http://' and scheme = 'https'
            and cdn !~* '^http://(localhost|[^./:]+|127(\.[0-9]+){3}|10(\.[0-9]+){3}|192\.168(\.[0-9]+){2}|\[.*\])(:[0-9]+)?(/|$)'
        then
            cdn := 'https' || substr(cdn, 5);
        end if;
        plan.cdn_base := cdn || '/' || encoded_prefix;
        plan.key_bases := plan.key_bases
            || (regexp_replace(lower(substring(cdn from '://([^/]*)')), ':(80|443)$', '') || coalesce(substring(cdn from '://[^/]*(/.*)$'), '') || '/');
    end if;
    return plan;
end
$$;
comment on function s3cache.url_place(integer, s3cache.cache_setting, jsonb) is
    'What of a URL plan follows from a cache''s own settings and the defaults that a worker published: where its objects are, and how URLs are spelled. HTTPS, unless the endpoint is not or the CDN is on a local network.';
