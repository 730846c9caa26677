-- object: function s3cache.filename_problem(text, integer)
create or replace function s3cache.filename_problem(filename text, prefix_length integer default 0) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
    select case
        when filename is null then 'the filename is NULL; give the object''s key without the cache''s prefix'
        when filename = '' then 'the filename is empty; give the object''s key without the cache''s prefix'
        when octet_length(filename) + prefix_length > 1024 then
            format('prefix and filename have %s bytes of UTF-8; S3 keys have at most 1024',
                octet_length(filename) + prefix_length)
        when filename ~ '[\u0001-\u001f\u007f-\u009f]' then
            'the filename has a control character; rename the object without it'
        when filename ~ '(^|/)\.\.?(/|$)' then
            'the filename has a "." or ".." between slashes; such keys are never written'
    end
$$;
comment on function s3cache.filename_problem(text, integer) is
    'Why a filename may not be written, as the second half of a sentence; NULL if it may. Names that a bucket already holds are listed whatever they look like.';
