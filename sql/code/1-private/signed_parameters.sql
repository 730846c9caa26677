-- object: function s3cache.signed_parameters(text, text, bigint, bigint, text, text, text)
create or replace function s3cache.signed_parameters(head text, stamp text, life bigint, at_most bigint, token text, headers text, query text) returns text
language sql stable parallel safe
return head || substr(stamp, 10) || '&X-Amz-Expires=' || least(life, at_most) || token || '&X-Amz-SignedHeaders=' || headers || query;
comment on function s3cache.signed_parameters(text, text, bigint, bigint, text, text, text) is
    'The query of a presigned URL but for the signature. head: up to the day of X-Amz-Date; headers: those that are signed, percent-encoded; query: what else, each with a & before it and sorted after X-Amz-SignedHeaders. Its names were resolved when it was made.';
