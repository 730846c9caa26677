-- object: function s3cache.name_upload(bigint, bigint, bigint, text, bytea, bytea)
create or replace function s3cache.name_upload(
    job_id bigint, token bigint, size bigint, format text, sha256 bytea, md5 bytea) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Also by a plan that was made while the tables were empty.
set enable_seqscan = off
-- What is switched off counts as so costly that it would start the compiler.
set jit = off
as $$
declare
    named s3cache.job;
    key text;
    held_key text;
    facts constant jsonb := jsonb_build_object('size', size, 'sha256', encode(sha256, 'hex'));
begin
    -- As in s3cache.claim_jobs(): what is live on an object does not change meanwhile.
    perform pg_advisory_xact_lock(hashtextextended('s3cache.claim', 0));
    perform s3cache.hold_claim(job_id, token);
    select j.* into named from s3cache.job j where j.id = job_id for update;
    if not named.args ? 'template' then
        update s3cache.job j set args = j.args || facts where j.id = job_id returning j.args into named.args;
        return named.args;
    end if;
    -- An attempt before may have read other content, and so have another name.
    held_key := named.serial_key;
    key := s3cache.with_environment(
        s3cache.expanded_name(named.args ->> 'template', encode(sha256, 'hex'), encode(md5, 'hex'),
            s3cache.format_extension(coalesce(
                case when s3cache.formats_agree(format, s3cache.media_type_format(named.args ->> 'content_type'))
                    then s3cache.media_type_format(named.args ->> 'content_type') end, format)), true),
        (select s.environment from s3cache.cache_setting s where s.cache_id = named.cache_id));
    perform s3cache.check_upload(named.cache_id, key, size, named.args ->> 'if_exists');
    named.args := named.args || facts || jsonb_build_object('filename', key);
    named.serial_key := 'object:' || named.cache_id || ':' || key;
    if named.args ->> 'category' = 'PrivateData' then
        insert into s3cache.private_file as p (job_id, cache_id, filename)
        values (named.id, named.cache_id, key)
        on conflict on constraint private_file_pkey do update set filename = excluded.filename;
    end if;
    if named.serial_key = held_key then
        update s3cache.job j set args = named.args where j.id = job_id;
        return named.args;
    end if;
    if held_key is not null then
        update s3cache.job j set behind = false
        where j.id = (
            select f.id from s3cache.job f where f.serial_key = held_key and f.id <> named.id order by f.id limit 1);
    end if;
    if exists (select from s3cache.job j where j.serial_key = named.serial_key)
        or exists (select from s3cache.job j where j.second_key = named.serial_key)
        or exists (select from s3cache.late_write l where l.serial_key = named.serial_key)
    then
        -- It waits for its turn like any other.
        update s3cache.job j
        set args = named.args, serial_key = named.serial_key, state = 'queued', run_at = clock_timestamp(), behind = false,
            attempt = greatest(j.attempt - 1, 0), rescues = j.rescues + 1, worker_id = null, claim_token = null
        where j.id = job_id;
        perform s3cache.wake_workers();
        return null;
    end if;
    update s3cache.job j set args = named.args, serial_key = named.serial_key where j.id = job_id;
    return named.args;
end
$$;
comment on function s3cache.name_upload(bigint, bigint, bigint, text, bytea, bytea) is
    'The worker knows the content that an upload''s name depends on: the name is completed, and the job holds the object of that name from here on. Gives the arguments to go on with; NULL where other jobs are on that object: then the job is queued, and the claim void. Raises S3C01 if the claim is void, and invalid_parameter_value for a name that is never written.';
