-- object: function s3cache.window_size(integer, integer, integer, boolean)
create or replace function s3cache.window_size(life integer, margin integer, reuse integer, fresh boolean) returns bigint
language sql immutable parallel safe
return case when life > margin and fresh is not true then least(life - margin, reuse) end;
comment on function s3cache.window_size(integer, integer, integer, boolean) is
    'For how many seconds a presigned URL is handed out; NULL for one that is made afresh each time: as was asked for, or because it never has more left than the margin. Its names were resolved when it was made.';
