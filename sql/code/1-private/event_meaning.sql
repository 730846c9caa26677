-- object: function s3cache.event_meaning(text, boolean)
create or replace function s3cache.event_meaning(event_name text, names_version boolean) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select case
        -- MinIO's: the contents are what they were.
        when event_name ~ '^ObjectCreated:(Put|Delete)(Tagging|Retention|LegalHold)$' then null
        when event_name ~ '^ObjectCreated(:|$)' then 'created'
        when event_name in ('ObjectRemoved:DeleteMarkerCreated', 'LifecycleExpiration:DeleteMarkerCreated') then 'removed'
        -- Which version is the current one after one of them was removed, the event does not say.
        when event_name in ('ObjectRemoved:Delete', 'LifecycleExpiration:Delete') and not names_version then 'removed'
        when event_name ~ '^ObjectLifecycle:.*:AbortMultipartUpload$' then null
        when event_name ~ ('^(ObjectRemoved|ObjectRestore|ObjectSynced|ObjectTransition|ObjectLifecycle|LifecycleExpiration'
            || '|LifecycleDelMarkerExpiration|LifecycleTransition|IntelligentTiering|ReducedRedundancyLostObject)(:|$)') then 'unclear'
    end
$$;
comment on function s3cache.event_meaning(text, boolean) is
    'What an event, named as S3 does but without s3:, says of its object: created, removed, or unclear (something changed, what the bucket holds now must be asked for); NULL if rows do not change by it, as with tags, ACLs, replication and reads. names_version: it is about one version of the object.';
