-- object: function s3cache.refuses_content(text)
create or replace function s3cache.refuses_content(code text) returns boolean
language sql immutable parallel safe
return code in ('too_large', 'too_many_pixels', 'scan_refused') or code ^@ 'content_';
comment on function s3cache.refuses_content(text) is
    'Whether an upload that failed with this code was refused for what its bytes are: then they are not kept for a retry. Its names were resolved when it was made.';
