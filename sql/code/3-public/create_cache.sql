-- object: function s3cache.create_cache(text, text, text)
create or replace function s3cache.create_cache(name text, bucket text default null, prefix text default null)
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    new_id integer;
    facade name;
    partition text;
begin
    if name is null or name !~ '^[a-z_][a-z0-9_]{0,43}$' then
        raise exception using
            errcode = 'invalid_name',
            message = format('%s cannot name a cache.', coalesce(quote_literal(left(name, 200)), 'NULL')),
            hint = 'A cache''s name is also its table''s: lower-case letters, digits and underscores, not starting with a digit, at most 44 characters.';
    end if;
    if name = 's3_image_cache' or exists (select from s3cache.created_cache c where c.name = create_cache.name) then
        raise exception using
            errcode = 'duplicate_object',
            message = format('There is a cache %I already.', name),
            hint = 'Change its settings with s3cache.configure(), or choose another name.';
    end if;
    select c.relnamespace::regnamespace::text into facade
    from pg_catalog.pg_class c
    where c.oid = s3cache.partition_of('s3_image_cache');
    partition := format('%s.%I', facade, name);
    if to_regclass(partition) is not null or to_regclass(format('pg_catalog.%I', name)) is not null then
        raise exception using
            errcode = 'duplicate_table',
            message = format('There is a table or view %I already, which is no cache.', name),
            hint = 'Choose another name.';
    end if;

    new_id := nextval('s3cache.cache_id_seq');
    insert into s3cache.created_cache (id, name) values (new_id, create_cache.name);
    execute format('create table %s (like s3cache.object including defaults including constraints)', partition);
    execute format('revoke all on %s from public', partition);
    execute format('alter table %s alter column cache_id set default %s', partition, new_id);
    execute format('alter table %s add primary key (id)', partition);
    execute format('alter table %s add unique (filename)', partition);
    execute format('create index on %s (created_at)', partition);
    execute format('create index %I on %s ((pg_catalog.lower(filename collate "default") collate "C")) '
        'where pg_catalog.lower(filename) <> filename or pg_catalog.octet_length(filename) <> pg_catalog.length(filename)',
        name || '_lower_idx', partition);
    execute format('create index %I on %s (filename) where state = ''unverified''', name || '_unverified_idx', partition);
    execute format('alter table s3cache.object attach partition %s for values in (%s)', partition, new_id);
    perform s3cache.dress_partition(partition::regclass);
    if bucket is not null or prefix is not null then
        perform s3cache.configure(name, bucket => create_cache.bucket, prefix => create_cache.prefix);
    end if;
    return name;
end
$$;
comment on function s3cache.create_cache(text, text, text) is
    'Makes a cache and its table, named alike, beside s3_image_cache; gives the name. bucket and prefix as for s3cache.configure(), which takes all other settings.';
