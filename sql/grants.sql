-- Owner and grants of everything; run at every install and upgrade.

-- Everything belongs to s3cache_owner, so that SECURITY DEFINER functions have that role's few rights and no more.
-- Before the grants, so that it is the owner who grants: pg_dump compares with what CREATE EXTENSION granted, grantor
-- included.
do $s3cache_owner$
declare
    advice constant text := 'Everything stays with %s. Ask %s to run the following, then run this again: %s;';
    membership constant text := pg_catalog.format('GRANT s3cache_owner TO %I', current_user);
    item record;
begin
    if not exists (select from pg_catalog.pg_roles r where r.rolname = 's3cache_owner') then
        raise warning '%', pg_catalog.format(advice, current_user, 'an administrator', membership);
        return;
    end if;
    if not pg_catalog.pg_has_role(current_user, 's3cache_owner', 'member') then
        begin
            execute membership;
        exception when insufficient_privilege then
            raise warning '%', pg_catalog.format(advice, current_user, 'an administrator', membership);
            return;
        end;
    end if;
    -- Who may not grant may find it granted already.
    if pg_catalog.has_schema_privilege('@extschema@'::regnamespace, 'create with grant option') then
        execute 'grant usage, create on schema @extschema@ to s3cache_owner';
    elsif not pg_catalog.has_schema_privilege('s3cache_owner', '@extschema@'::regnamespace, 'create')
        or not pg_catalog.has_schema_privilege('s3cache_owner', '@extschema@'::regnamespace, 'usage')
    then
        raise warning '%', pg_catalog.format(advice, current_user, 'the owner of schema @extschema@',
            'GRANT USAGE, CREATE ON SCHEMA @extschema@ TO s3cache_owner');
        return;
    end if;
    execute 'alter schema s3cache owner to s3cache_owner';
    for item in
        select case c.relkind when 'v' then 'view' when 'S' then 'sequence' when 'c' then 'type' else 'table' end as kind,
            c.oid::regclass as identity
        from pg_catalog.pg_class c
        where (c.relnamespace = 's3cache'::regnamespace
                or c.oid in (select i.inhrelid from pg_catalog.pg_inherits i where i.inhparent = 's3cache.object'::regclass))
            and c.relkind in ('r', 'p', 'v', 'S', 'c')
            and c.relowner <> 's3cache_owner'::regrole
    loop
        execute pg_catalog.format('alter %s %s owner to s3cache_owner', item.kind, item.identity);
    end loop;
    for item in
        select p.oid::regprocedure as identity
        from pg_catalog.pg_proc p
        join s3cache.code_object c on c.identity like 'function %'
            and pg_catalog.to_regprocedure(pg_catalog.substr(c.identity, 10)) = p.oid
        where p.proowner <> 's3cache_owner'::regrole
    loop
        execute pg_catalog.format('alter function %s owner to s3cache_owner', item.identity);
    end loop;
end
$s3cache_owner$;

-- Who may call and read what. Grants that a user added stay.

do $s3cache_grants$
declare
    -- Of s3cache_writer and s3cache_admin each is a member of the one before: roles.sql.
    functions constant jsonb := '{
        "s3cache_reader": [
            "version", "caller", "is_admin", "cache_id", "cache_name", "at_home", "worker_lives", "same_release",
            "enqueued_here",
            "refuse_argument", "prefix_end", "wait", "stats", "cancel", "retry", "url", "public_url", "presigned_url",
            "images", "primary_image", "images_of", "primary_image_of", "key_of", "archive_stats", "content",
            "get_s3_image_filename", "store_settings", "binding_plan", "binding_problem", "bound_key", "filename_of",
            "image_named", "local_copy_of"],
        "s3cache_writer": [
            "add_file_to_s3_cache", "verify", "upload", "upload_file", "upload_data_uri", "fetch", "fetch_logo", "upload_url",
            "upload_form", "presign", "read", "attach", "attach_job"],
        "s3cache_admin": [
            "configure", "reset", "create_cache", "drop_cache", "rebuild", "resume", "ingest_event", "invalidate",
            "delete_object", "rename_object", "bind", "remember_binding", "unbind", "forget_binding", "archive", "verify_binding", "fetch_rows", "on_insert", "remember_on_insert", "bound_rows_inserted",
            "rebuild_s3_cache", "clear_s3_cache", "remove_file_from_s3_cache"],
        "s3cache_worker": [
            "version", "caller", "is_admin", "cache_id", "cache_name", "at_home", "worker_lives", "same_release",
            "prefix_end", "register_worker", "run_pinned_only", "pin_job", "remove_local",
            "heartbeat", "unregister_worker", "claim_jobs", "next_due", "hold_claim", "complete_jobs", "fail_job",
            "cancel_claimed_job", "report_progress", "listing_plan", "make_dry_run", "ranges_to_list", "may_copy", "record_pages",
            "hand_over_ranges", "ask_for_ranges", "invite_helpers", "distrust_listing", "list_serially", "trust_listing", "rebuild_totals", "apply_slice",
            "record_orphans", "complete_rebuild", "prune_history", "prune_listings", "prune_tombstones", "rows_to_verify", "record_verified",
            "begin_fetch", "prune_fetch_failures", "store_settings", "staged_bytes", "staged_piece", "note_absence", "age_of_first_attempt", "note_copy", "note_purge", "name_upload", "complete_rename", "upload_checkpoint", "save_checkpoint", "leftover_uploads",
            "forget_upload", "complete_upload", "complete_uploads", "complete_deletion", "keep_piece", "complete_read", "prune_content",
            "complete_presign", "prune_presigned", "wanted_signing_keys", "prune_signing_keys", "set_listening", "take_hints",
            "local_copy_of", "plan_copy", "keep_copy", "ended_copies", "forget_copy", "read_places",
            "begin_inventory", "sort_inventory", "discard_inventory",
            "listed_rows", "binding_plan", "archive_job", "archive_plan", "rows_to_archive", "written_urls", "record_archived",
            "bound_key_columns", "write_urls", "save_archive", "bound_upload", "write_back", "binding_verification", "bound_rows", "bound_filenames", "fetch_next_rows", "enqueue_row_fetches"]
    }';
    relations constant jsonb := '{
        "s3cache_reader": {
            "select": ["s3cache.cache", "s3cache.setting", "s3cache.jobs", "s3cache.workers", "s3cache.orphan",
                "s3cache.metrics", "s3cache.object", "s3cache.presigned", "s3cache.binding"]},
        "s3cache_writer": {"usage": ["sequence s3cache.object_id_seq"]},
        "s3cache_worker": {
            "select": ["s3cache.cache", "s3cache.object"],
            "insert": ["s3cache.object", "s3cache.rebuild_change", "s3cache.inventory_row", "s3cache.signing_key"],
            "usage": ["sequence s3cache.object_id_seq"]}
    }';
    recipient text;
    item record;
begin
    -- PUBLIC gets nothing, also not the EXECUTE that every new function comes with.
    execute 'revoke all on schema s3cache from public';
    for item in
        select p.oid::regprocedure as identity
        from pg_catalog.pg_proc p
        join s3cache.code_object c on c.identity like 'function %'
            and pg_catalog.to_regprocedure(pg_catalog.substr(c.identity, 10)) = p.oid
    loop
        execute pg_catalog.format('revoke all on function %s from public', item.identity);
    end loop;
    for item in
        select c.oid::regclass as identity
        from pg_catalog.pg_class c
        where c.relnamespace = 's3cache'::regnamespace and c.relkind in ('r', 'p', 'v', 'S')
    loop
        execute pg_catalog.format('revoke all on %s from public', item.identity);
    end loop;
    for item in
        select c.oid::regclass as identity
        from pg_catalog.pg_class c
        where c.relnamespace = 's3cache'::regnamespace and c.relkind = 'c'
    loop
        execute pg_catalog.format('revoke all on type %s from public', item.identity);
    end loop;

    foreach recipient in array array['s3cache_reader', 's3cache_writer', 's3cache_admin', 's3cache_worker'] loop
        continue when not exists (select from pg_catalog.pg_roles r where r.rolname = recipient);
        execute pg_catalog.format('grant usage on schema s3cache to %I', recipient);
        if pg_catalog.has_schema_privilege('@extschema@'::regnamespace, 'usage with grant option') then
            execute pg_catalog.format('grant usage on schema @extschema@ to %I', recipient);
        elsif not pg_catalog.has_schema_privilege(recipient, '@extschema@'::regnamespace, 'usage') then
            raise warning 'Ask the owner of schema @extschema@ to run the following, then run this again: GRANT USAGE ON SCHEMA @extschema@ TO %;',
                recipient;
        end if;
        for item in
            select p.oid::regprocedure as identity
            from pg_catalog.pg_proc p
            join s3cache.code_object c on c.identity like 'function %'
                and pg_catalog.to_regprocedure(pg_catalog.substr(c.identity, 10)) = p.oid
            where functions -> recipient ? p.proname::text
        loop
            execute pg_catalog.format('grant execute on function %s to %I', item.identity, recipient);
        end loop;
        for item in
            select privilege.key as privilege, relation.name
            from pg_catalog.jsonb_each(coalesce(relations -> recipient, '{}')) as privilege,
                pg_catalog.jsonb_array_elements_text(privilege.value) as relation (name)
        loop
            execute pg_catalog.format('grant %s on %s to %I', item.privilege, item.name, recipient);
        end loop;
    end loop;

    for item in
        select i.inhrelid::regclass as identity
        from pg_catalog.pg_inherits i
        where i.inhparent = 's3cache.object'::regclass
    loop
        perform s3cache.dress_partition(item.identity);
    end loop;
    -- Triggers keep it up to date from here on.
    perform s3cache.refresh_url_plans();
    -- Without statistics the planner expects more than its row or two, and reads an index first.
    analyze s3cache.url_plan;
    comment on schema s3cache is
        's3cache: an S3 bucket as a table that stays true. Start with s3cache.cache (settings), s3cache.jobs, s3cache.workers and \df+ s3cache.*';
end
$s3cache_grants$;
