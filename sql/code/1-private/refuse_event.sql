-- object: function s3cache.refuse_event(text)
create or replace function s3cache.refuse_event(problem text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'invalid_parameter_value',
        message = format('Cannot ingest the event: %s.', problem),
        hint = 'Give an S3 event notification as the store sent it: {"Records": […]}, an event of EventBridge, or the SNS notification that holds one of them.';
end
$$;
comment on function s3cache.refuse_event(text) is
    'Raises invalid_parameter_value for what s3cache.ingest_event() does not understand; the problem is the second half of a sentence.';
