-- object: function s3cache.file_path(text, boolean)
create or replace function s3cache.file_path(key text, beside_folder boolean) returns text
language sql immutable parallel safe
return case
    when not beside_folder and octet_length(key) <= 255 and key !~ '(^|/)(\.{0,2}(/|$)|\.s3cache~)' then key
    else s3cache.escaped_file_path(key, beside_folder)
end;
comment on function s3cache.file_path(text, boolean) is
    'As s3cache.escaped_file_path(); the usual key is its own path, which takes no more than a look. Its names were resolved when it was made.';
