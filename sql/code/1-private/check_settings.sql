-- object: function s3cache.check_settings(integer)
create or replace function s3cache.check_settings(cache_id integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    given s3cache.cache_setting;
    -- Without what workers publish: whether a setting is accepted does not depend on who is running.
    -- In seconds: intervals compare with months of 30 days and years of 12 of these.
    ttl numeric;
    margin numeric;
    refused text;
    offered text;
begin
    select s.* into given from s3cache.cache_setting s where s.cache_id = check_settings.cache_id;
    ttl := extract(epoch from coalesce(given.presign_ttl, interval '1 hour'));
    margin := extract(epoch from coalesce(given.presign_margin, interval '5 minutes'));

    select v.name, v.value into refused, offered
    from (values
        ('bucket', given.bucket, given.bucket ~ '^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$' and given.bucket !~ '\.\.'),
        ('prefix', given.prefix, octet_length(given.prefix) <= 1000 and given.prefix !~ '[\u0001-\u001f\u007f-\u009f]|(^|/)\.\.?/'),
        ('endpoint', given.endpoint, given.endpoint ~ '^https?://[^/?#@[:space:]]+/?$'),
        ('region', given.region, given.region ~ '^[A-Za-z0-9-]{1,64}$'),
        ('addressing', given.addressing, given.addressing in ('auto', 'path', 'virtual')),
        ('credentials', given.credentials, given.credentials ~ '^[A-Za-z0-9_.-]{1,64}$'),
        ('cdn_url', given.cdn_url, given.cdn_url ~ '^(https?://)?([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[^?#[:space:]]*)?$'),
        ('access', given.access, given.access in ('private', 'public')),
        ('acl', given.acl, given.acl in (
            'private', 'public-read', 'public-read-write', 'authenticated-read', 'aws-exec-read', 'bucket-owner-read',
            'bucket-owner-full-control', 'log-delivery-write')),
        ('cache_control', given.cache_control, given.cache_control ~ '^[\u0021-\u007e]([\u0020-\u007e]*[\u0021-\u007e])?$' and length(given.cache_control) <= 512),
        ('storage_class', given.storage_class, given.storage_class ~ '^[A-Z0-9_]{1,64}$'),
        ('default_image', given.default_image, s3cache.filename_problem(given.default_image) is null),
        ('presign_ttl', given.presign_ttl::text,
            ttl > margin and ttl <= 604800),
        ('presign_margin', given.presign_margin::text,
            margin >= 0 and margin < ttl),
        ('presign_reuse', given.presign_reuse::text,
            extract(epoch from given.presign_reuse) between 1 and 86400),
        ('presign_mode', given.presign_mode, given.presign_mode in ('database', 'worker')),
        ('max_bytes', given.max_bytes::text, given.max_bytes between 1 and 5497558138880),
        ('max_pixels', given.max_pixels::text, given.max_pixels between 1 and 1000000000000),
        ('allowed_types', given.allowed_types::text,
            cardinality(given.allowed_types) between 1 and 100
            and array_ndims(given.allowed_types) = 1
            and not exists (
                select from unnest(given.allowed_types) as t (name) where (t.name = any (s3cache.known_types())) is not true)),
        ('if_exists', given.if_exists, given.if_exists in ('replace', 'skip', 'error')),
        ('environment', given.environment, given.environment ~ '^[A-Za-z0-9-]{1,32}$'),
        ('rebuild_every', given.rebuild_every::text, given.rebuild_every >= interval '1 minute'),
        ('max_delete_fraction', given.max_delete_fraction::text, given.max_delete_fraction between 0 and 1),
        ('hint_interval', given.hint_interval::text,
            given.hint_interval between interval '1 second' and interval '1 day')
    ) as v (name, value, accepted)
    where v.value is not null and v.accepted is not true
    limit 1;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('The setting %s cannot be %s: it takes %s.', refused,
                -- A URL may have a password in it.
                case when refused in ('endpoint', 'cdn_url') then 'this' else quote_literal(left(offered, 200)) end,
                (select d.accepted from s3cache.setting d where d.name = refused)),
            hint = case refused
                when 'allowed_types' then format('The names are %s.', array_to_string(s3cache.known_types(), ', '))
                else 'TABLE s3cache.setting lists what every setting takes.'
            end;
    end if;

    if given.prefix <> '' then
        select o.filename into refused
        from s3cache.object o
        where o.cache_id = check_settings.cache_id
            and octet_length(o.filename) + octet_length(given.prefix) > 1024
        limit 1;
        if found then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('The setting prefix cannot be %L: with the cached filename %s it would exceed the 1024 bytes of a key.',
                    left(given.prefix, 200), to_json(left(refused, 200))),
                hint = 'Forget that row first, or choose a shorter prefix.';
        end if;
    end if;
end
$$;
comment on function s3cache.check_settings(integer) is
    'Raises invalid_parameter_value if a stored setting of the cache is out of range, naming it and what it takes; run after each change, so that the change is undone.';
