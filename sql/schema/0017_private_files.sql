-- Files that were uploaded as private: no URL that anyone can use is handed out for them.

create table s3cache.private_file (
    job_id bigint primary key,
    cache_id integer not null,
    filename text collate "C" not null
);
create index private_file_filename_idx on s3cache.private_file (cache_id, filename);
comment on table s3cache.private_file is
    'Files that are private whatever their cache''s access and cdn_url say: those that an upload of the category PrivateData stores or has stored. From when it is asked for until another upload, a deletion or a renaming ends on the object. No unique index on the file: whoever asks for an upload never waits for another. Rebuilds neither read nor write it, and it outlives the row.';
comment on column s3cache.private_file.job_id is 'The upload, or the renaming.';
comment on column s3cache.private_file.cache_id is 'The cache.';
comment on column s3cache.private_file.filename is 'The file in it.';
