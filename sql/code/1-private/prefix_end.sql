-- object: function s3cache.prefix_end(text)
create or replace function s3cache.prefix_end(prefix text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    shortened text := prefix;
    last_code integer;
begin
    -- UTF-8 sorts as code points do: the end of a prefix is the prefix with its last character one higher.
    while shortened <> '' loop
        last_code := ascii(right(shortened, 1));
        shortened := left(shortened, -1);
        continue when last_code = 1114111;
        return shortened || chr(case last_code when 55295 then 57344 else last_code + 1 end);
    end loop;
    return null;
end
$$;
comment on function s3cache.prefix_end(text) is
    'The smallest text, in byte order, that is greater than every text starting with the prefix; NULL where there is none (an empty prefix). Lets a literal prefix be a range scan: filename >= prefix and filename < prefix_end(prefix).';
