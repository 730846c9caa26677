-- object: function s3cache.url_at(integer, text, timestamptz, boolean, interval, text, text, boolean)
create or replace function s3cache.url_at(
    cache_id integer, filename text, moment timestamptz, presigned boolean, expires interval default null,
    method text default 'GET', query text default '', fresh boolean default false) returns text
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
-- A generic plan, whatever it costs: planning would cost more than anything else here.
set plan_cache_mode = force_generic_plan
as $$
declare
    n bigint := floor(date_part('epoch', moment));
    plan record;
    life integer;
    size bigint;
    row_version bigint;
    signed_at bigint;
    day integer;
    stamp text;
    path text;
    parameters text;
begin
    -- One look-up for all: each costs as much as half of the hashing.
    select u.longest, u.store, u.origin, u.base, u.tail, u.public_base, u.cdn_base, u.access, u.versioned, u.presign_mode, u.ttl, u.margin,
        u.reuse, u.epoch, u.first_day, u.heads, u.scopes, u.inner_pads, u.outer_pads, u.token, u.begins, u.ends,
        (
            select array[o.object_version::text, o.etag, o.content_type, o.state]
            from s3cache.object o
            where o.cache_id = url_at.cache_id and o.filename = url_at.filename
        ) as known
    into plan
    from s3cache.url_plan u
    where u.cache_id = url_at.cache_id;

    -- Without a filename the bucket itself would be signed.
    if octet_length(filename) between 1 and plan.longest is not true then
        return null;
    end if;
    if not presigned and (plan.cdn_base is not null or plan.access = 'public' or plan.known[4] = 'missing') then
        if plan.known[4] = 'missing' then
            return null;
        elsif plan.cdn_base is not null and not s3cache.is_json(filename, plan.known[3]) then
            return s3cache.unsigned_url(plan.cdn_base, filename, case when plan.versioned then plan.known[2] end);
        elsif plan.access = 'public' and plan.store = 's3' then
            return s3cache.unsigned_url(plan.public_base, filename, case when plan.versioned then plan.known[2] end);
        end if;
    end if;
    if plan.store <> 's3' or plan.presign_mode <> 'database' or plan.ends - n > plan.margin is not true then
        if plan.store = 'file' then
            return s3cache.unsigned_url(plan.public_base, filename, null);
        elsif plan.presign_mode = 'worker' then
            row_version := coalesce(plan.known[1]::bigint, 0);
            return (
                select p.url
                from s3cache.presigned_row p
                where p.owner = s3cache.caller() and p.cache_id = url_at.cache_id and p.filename = url_at.filename
                    and p.version = row_version and p.epoch = plan.epoch
                    and p.expires_at > moment + plan.margin * interval '1 second');
        end if;
        -- No key, or temporary credentials that end too soon.
        return null;
    end if;

    life := case when expires is null then plan.ttl else s3cache.checked_expiry(expires) end;
    size := least(life - plan.margin, plan.reuse);
    if size > 0 and fresh is not true then
        signed_at := s3cache.window_start(n, size, s3cache.window_shift(cache_id, filename, coalesce(plan.known[1]::bigint, 0) + plan.epoch, size));
        -- Not before the credential; whose worker's clock may be ahead of ours.
        signed_at := least(greatest(signed_at, plan.begins), n);
    else
        signed_at := n;
    end if;
    day := signed_at / 86400 - plan.first_day + 1;
    stamp := s3cache.stamp(signed_at);
    path := plan.base || case
        when filename ~ '^[A-Za-z0-9._~/-]*$' then filename
        else s3cache.percent_encoded(filename, true)
    end;
    parameters := plan.heads[day] || substr(stamp, 10) || '&X-Amz-Expires=' || least(life, plan.ends - signed_at)
        || plan.token || '&X-Amz-SignedHeaders=host' || query;
    return s3cache.signed_url(plan.origin, method, path, parameters, plan.tail, stamp, plan.scopes[day],
        plan.inner_pads[day], plan.outer_pads[day]);
end
$$;
comment on function s3cache.url_at(integer, text, timestamptz, boolean, interval, text, text, boolean) is
    'The URL of a file as handed out at a moment, by the window rule: a presigned one, else the CDN''s or the public one where there is such. NULL if there is no key to sign with, or the object is known to be missing and none was asked for expressly. The moment is an argument for tests: nobody who may not read keys may call this. query: further parameters in their canonical form, each with a & before it and sorted after X-Amz-SignedHeaders.';
