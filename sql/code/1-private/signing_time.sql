-- object: function s3cache.signing_time(bigint, bigint, bigint, bigint)
create or replace function s3cache.signing_time(moment bigint, size bigint, shift bigint, begins bigint) returns bigint
language sql immutable parallel safe
return case when size is null then moment else least(greatest(moment - (moment - shift) % size, begins), moment) end;
comment on function s3cache.signing_time(bigint, bigint, bigint, bigint) is
    'When a URL that is handed out at a moment is signed, in Unix time: at the start of its window of size seconds, where one starts at shift, which is less than size; at once without a size. Not before the credential, whose worker''s clock may be ahead of ours. Its names were resolved when it was made.';
