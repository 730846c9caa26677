-- Uploads whose store is away: copies that workers keep until it is back.

create table s3cache.local_copy (
    job_id bigint primary key,
    cache_id integer not null,
    filename text collate "C" not null,
    place text not null,
    had_row boolean not null,
    url text,
    kept_at timestamptz,
    ended_at timestamptz
);
create index local_copy_filename_idx on s3cache.local_copy (cache_id, filename) where ended_at is null;
create index local_copy_ended_at_idx on s3cache.local_copy (ended_at, job_id) where ended_at is not null;
create index local_copy_url_idx on s3cache.local_copy using hash (url) where ended_at is null;
comment on table s3cache.local_copy is
    'Copies of objects that S3 has not taken yet, in directories of workers; rows of s3cache.object with the location local are served from them. Not dumped: a restored database must not take the copies of the one it was dumped from away.';
comment on column s3cache.local_copy.job_id is 'The upload that is to bring the object to S3.';
comment on column s3cache.local_copy.cache_id is 'Its cache.';
comment on column s3cache.local_copy.filename is 'The object''s filename in it.';
comment on column s3cache.local_copy.place is 'The copy''s path in the directory. Part of it is random, so that no other directory has a file there.';
comment on column s3cache.local_copy.had_row is 'Whether there was a row of that name before: then an upload that is given up leaves it unverified, else none.';
comment on column s3cache.local_copy.url is 'Where it is read; NULL until it is written.';
comment on column s3cache.local_copy.kept_at is 'When it was; NULL before.';
comment on column s3cache.local_copy.ended_at is 'When the upload ended: whoever has the copy deletes it a while later.';
