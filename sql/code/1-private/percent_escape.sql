-- object: function s3cache.percent_escape(text)
create or replace function s3cache.percent_escape(given text) returns text
language sql immutable parallel safe
return regexp_replace(upper(encode(convert_to(given, 'UTF8'), 'hex')), '(..)', '%\1', 'g');
comment on function s3cache.percent_escape(text) is
    'Every byte of a text''s UTF-8 as %XX. Its names were resolved when it was made.';
