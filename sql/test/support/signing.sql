-- pg_temp.publish(): signing keys as a worker publishes them, derived here with nothing but sha256().

create function pg_temp.pad(key bytea, mask integer) returns bytea language plpgsql as $$
declare
    padded bytea := key || decode(repeat('00', 64 - octet_length(key)), 'hex');
begin
    for i in 0..63 loop
        padded := set_byte(padded, i, get_byte(padded, i) # mask);
    end loop;
    return padded;
end $$;
create function pg_temp.hmac(key bytea, message text) returns bytea language sql as $$
    select sha256(pg_temp.pad(k, 92) || sha256(pg_temp.pad(k, 54) || convert_to(message, 'UTF8')))
    from (select case when octet_length(key) > 64 then sha256(key) else key end as k) long
$$;
create function pg_temp.signing_key(secret text, region text, day date) returns bytea language sql as $$
    select pg_temp.hmac(pg_temp.hmac(pg_temp.hmac(pg_temp.hmac(
        convert_to('AWS4' || secret, 'UTF8'), to_char(day, 'YYYYMMDD')), region), 's3'), 'aws4_request')
$$;
create procedure pg_temp.publish(
    first_day date, last_day date, region text default 'eu-central-1', purpose text default 'presign', profile text default '',
    access_key_id text default 'AKIAIOSFODNN7EXAMPLE', secret text default 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    token text default null, obtained_at timestamptz default '2001-01-01', expires_at timestamptz default null) language sql as $$
    insert into s3cache.signing_key (
        profile, purpose, region, day, access_key_id, session_token, obtained_at, expires_at, inner_pad, outer_pad)
    select publish.profile, publish.purpose, publish.region, d, publish.access_key_id, token, publish.obtained_at,
        publish.expires_at, pg_temp.pad(k, 54), pg_temp.pad(k, 92)
    from generate_series(first_day, last_day, interval '1 day') g, lateral (select g::date as d) day,
        lateral (select pg_temp.signing_key(secret, publish.region, d) as k offset 0) derived
$$;
