-- object: function s3cache.url_at(text, text, timestamptz, boolean, interval, text, text, boolean)
create or replace function s3cache.url_at(
    cache text, filename text, moment timestamptz, presigned boolean, expires interval default null,
    method text default 'GET', query text default '', fresh boolean default false) returns text
language plpgsql stable parallel safe
-- No settings: they would cost as much as the signing. Instead nothing here is looked up in any path: what is not qualified
-- is in functions whose names were resolved when they were made, and that are inlined.
as $$
declare
    n bigint := s3cache.unix_time(moment);
    plan s3cache.signing_plan;
    version bigint;
    missing boolean;
    mark bigint;
    given pg_catalog.text;
    life integer;
    size bigint;
    signed_at bigint;
    day integer;
    stamp pg_catalog.text;
    path pg_catalog.text;
    parameters pg_catalog.text;
    to_sign pg_catalog.text;
begin
    -- Two look-ups cost less than a join of two rows, and one value less than many.
    plan := u.signing from s3cache.url_plan u where u.cache operator(pg_catalog.=) url_at.cache;
    -- Without a filename the bucket itself would be signed.
    if s3cache.fits(filename, plan.longest) is not true then
        if plan.cache_id is null then
            perform s3cache.cache_id(cache);
        end if;
        return null;
    end if;
    if plan.cache_id operator(pg_catalog.=) 1 then
        select o.object_version, o.state operator(pg_catalog.=) 'missing' or o.location operator(pg_catalog.=) 'local' into version, missing
        from s3cache.object o
        where o.cache_id operator(pg_catalog.=) 1 and o.filename operator(pg_catalog.=) url_at.filename;
    else
        mark := s3cache.object_mark(plan.cache_id, filename);
        version := s3cache.marked_version(mark);
        missing := s3cache.is_missing(mark);
    end if;
    if missing then
        -- There may be a copy that a worker keeps until S3 takes it.
        given := s3cache.local_url_of(plan.cache_id, filename);
        if given is not null or not presigned then
            return given;
        end if;
    end if;
    if not presigned then
        if not plan.hands_out_signed then
            given := s3cache.unsigned_url_of(plan.cache_id, filename, plan.cdn_base, plan.public_base, plan.versioned);
            if given is not null then
                return given;
            end if;
        end if;
    end if;
    -- No key, or temporary credentials that end too soon.
    if s3cache.lasts(plan.ends, n, plan.margin) is not true then
        return s3cache.keyless_url_of(plan.cache_id, filename, version, moment);
    end if;

    life := s3cache.life_of(expires, plan.ttl);
    size := s3cache.window_size(life, plan.margin, plan.reuse, fresh);
    signed_at := s3cache.signing_time(
        n, size, s3cache.window_shift(plan.cache_id, filename, s3cache.shifting_version(version, plan.epoch), size), plan.begins);
    day := s3cache.day_index(signed_at, plan.first_day);
    stamp := s3cache.stamp(signed_at);
    path := s3cache.encoded_path(plan.base, filename);
    parameters := s3cache.signed_parameters(
        plan.heads[day], stamp, life, s3cache.seconds_between(signed_at, plan.ends), plan.token, 'host', query);
    to_sign := s3cache.string_to_sign(stamp, plan.scopes[day], s3cache.canonical_hash(method, path, parameters, plan.tail));
    -- The only expression with a key in it. Nothing in it can fail: after an error PL/pgSQL would, as long as the transaction
    -- lasts, plan it anew for the values at hand, and debug_print_plan shows plans. For that reason the whole of plan is no argument either.
    return s3cache.signed_url(
        plan.origin, path, parameters, s3cache.signature(to_sign, plan.inner_pads[day], plan.outer_pads[day]));
end
$$;
comment on function s3cache.url_at(text, text, timestamptz, boolean, interval, text, text, boolean) is
    'The URL of a file as handed out at a moment: that of the copy of an object that S3 has not taken yet; else by the window rule a presigned one, else the CDN''s or the public one where there is such. NULL if there is no key to sign with, or the object is known to be missing and none was asked for expressly. The moment is an argument for tests: nobody who may not read keys may call this. query: further parameters in their canonical form, each with a & before it and sorted after X-Amz-SignedHeaders.';
