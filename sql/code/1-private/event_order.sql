-- object: function s3cache.event_order(text, text, timestamptz)
create or replace function s3cache.event_order(sequencer text, source text, happened_at timestamptz) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    digits text := upper(sequencer);
    swapped text;
    seconds bigint := extract(epoch from happened_at);
begin
    if sequencer is null or sequencer !~ '^[0-9A-Fa-f]{1,128}$' then
        return null;
    end if;
    if source = 'ceph:s3' then
        -- Ceph writes seconds and nanoseconds with their lowest byte first. Which of the two it is shows by the time.
        swapped := regexp_replace(digits, '^(..)(..)(..)(..)(..)(..)(..)(..)$', '\4\3\2\1\8\7\6\5');
        if length(digits) <> 16 or seconds is null then
            return null;
        elsif abs(('x' || left(swapped, 8))::bit(32)::bigint - seconds) < 86400 then
            digits := swapped;
        elsif abs(('x' || left(digits, 8))::bit(32)::bigint - seconds) >= 86400 then
            return null;
        end if;
    end if;
    -- The shorter of two is compared as if zeros followed it: so they do not count.
    return rtrim(digits, '0');
end
$$;
comment on function s3cache.event_order(text, text, timestamptz) is
    'A text that, compared by bytes, orders the events of one object as their sequencers do (hexadecimal, of any length); NULL where there is none that can be read.';
