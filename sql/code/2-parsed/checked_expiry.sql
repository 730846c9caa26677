-- object: function s3cache.checked_expiry(interval)
create or replace function s3cache.checked_expiry(expires interval) returns integer
language sql stable parallel safe
return case
    -- In seconds: intervals compare with months of 30 days and years of 12 of these.
    when extract(epoch from expires) between 1 and 604800 then floor(extract(epoch from expires))::integer
    else s3cache.refuse_expiry(expires)
end;
comment on function s3cache.checked_expiry(interval) is
    'The whole seconds of an expiry; raises invalid_parameter_value unless it is 1 second to 7 days. Its names were resolved when it was made.';
