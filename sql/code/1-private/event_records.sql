-- object: function s3cache.event_records(jsonb)
create or replace function s3cache.event_records(event jsonb)
returns table (
    number integer, bucket text, key text, meaning text, size bigint, etag text, happened_at timestamptz, sequencer text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    told jsonb := event;
    records jsonb;
    entry jsonb;
    detail jsonb;
    object jsonb;
    place text;
    event_name text;
begin
    if told ->> 'Type' = 'Notification' and jsonb_typeof(told -> 'Message') = 'string' then
        begin
            told := (told ->> 'Message')::jsonb;
        exception when data_exception then
            perform s3cache.refuse_event('the Message of the SNS notification is no JSON');
        end;
    end if;
    if told ->> 'Event' = 's3:TestEvent' then
        return;
    elsif told ? 'detail-type' and jsonb_typeof(told -> 'detail') = 'object' then
        detail := told -> 'detail';
        -- As S3 itself would tell it.
        records := jsonb_build_array(jsonb_build_object(
            'eventName', case told ->> 'detail-type'
                when 'Object Created' then 'ObjectCreated'
                when 'Object Deleted' then case
                    when detail ->> 'deletion-type' = 'Delete Marker Created' then 'ObjectRemoved:DeleteMarkerCreated'
                    else 'ObjectRemoved:Delete'
                end
                when 'Object Storage Class Changed' then 'LifecycleTransition'
                when 'Object Access Tier Changed' then 'IntelligentTiering'
                when 'Object Restore Initiated' then 'ObjectRestore:Post'
                when 'Object Restore Completed' then 'ObjectRestore:Completed'
                when 'Object Restore Expired' then 'ObjectRestore:Delete'
                else told ->> 'detail-type'
            end,
            'eventTime', told -> 'time', 's3', detail,
            'versionId', detail #> '{object,version-id}'));
    else
        records := told -> 'Records';
    end if;
    if jsonb_typeof(records) is distinct from 'array' then
        perform s3cache.refuse_event(case when event is null then 'it is NULL' else 'it has no Records' end);
    elsif jsonb_array_length(records) > 10000 then
        perform s3cache.refuse_event(format('it has %s Records, and 10000 are the most', jsonb_array_length(records)));
    end if;

    number := 0;
    for entry in select r from jsonb_array_elements(records) with ordinality as e (r, n) order by e.n loop
        number := number + 1;
        place := case when detail is null then format('Records[%s]', number - 1) else 'its detail' end;
        object := entry #> '{s3,object}';
        event_name := regexp_replace(entry ->> 'eventName', '^s3:', '');
        if jsonb_typeof(entry -> 'eventName') is distinct from 'string' then
            perform s3cache.refuse_event(format('%s has no eventName', place));
        end if;
        meaning := s3cache.event_meaning(event_name,
            coalesce(entry ->> 'versionId', object ->> 'versionId', '') <> '');
        continue when meaning is null;
        bucket := entry #>> '{s3,bucket,name}';
        key := object ->> 'key';
        if coalesce(bucket, '') = '' or jsonb_typeof(entry #> '{s3,bucket,name}') <> 'string' then
            perform s3cache.refuse_event(format('%s has no bucket name', place));
        elsif coalesce(key, '') = '' or jsonb_typeof(object -> 'key') <> 'string' then
            perform s3cache.refuse_event(format('%s has no object key', place));
        end if;
        -- EventBridge and Ceph do not encode it. NULL where it stands for no text of a database.
        if detail is null and entry ->> 'eventSource' is distinct from 'ceph:s3' then
            key := s3cache.percent_decoded(replace(key, '+', ' '));
        end if;
        if object ->> 'size' !~ '^[0-9]{1,18}$' then
            perform s3cache.refuse_event(format('%s has an object size that is none', place));
        end if;
        size := (object ->> 'size')::bigint;
        happened_at := null;
        if entry ->> 'eventTime' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})$' then
            begin
                happened_at := (entry ->> 'eventTime')::timestamptz;
            exception when data_exception then
                null;
            end;
        end if;
        if happened_at is null and entry ->> 'eventTime' is not null then
            perform s3cache.refuse_event(format('%s has a time that is none', place));
        end if;
        etag := nullif(btrim(coalesce(object ->> 'eTag', object ->> 'etag'), '"'), '');
        sequencer := s3cache.event_order(object ->> 'sequencer', entry ->> 'eventSource', happened_at);
        return next;
    end loop;
end
$$;
comment on function s3cache.event_records(jsonb) is
    'The records of an S3 event notification that are news of an object, numbered from 1: meaning is created, removed or unclear; key is decoded, NULL where no row could have it; size, etag, happened_at and sequencer (as s3cache.event_order() gives it) are NULL where the record does not tell. Raises invalid_parameter_value for anything else.';
