-- object: function s3cache.fits(text, integer)
create or replace function s3cache.fits(filename text, longest integer) returns boolean
language sql immutable parallel safe
return octet_length(filename) between 1 and longest;
comment on function s3cache.fits(text, integer) is
    'Whether a filename is one: not empty, and of no more than so many bytes. Its names were resolved when it was made.';
