-- object: view s3cache.presigned
create or replace view s3cache.presigned with (security_barrier) as
select s3cache.cache_name(p.cache_id) as cache, p.filename, p.url, p.signed_at, p.expires_at, p.job_id, p.owner
from s3cache.presigned_row p
where p.owner = (select s3cache.caller()) or (select s3cache.is_admin(current_user));
comment on view s3cache.presigned is
    'The URLs that workers signed for your calls of s3cache.presign(), the last one of each file; members of s3cache_admin see all.';
comment on column s3cache.presigned.cache is 'The cache''s name.';
comment on column s3cache.presigned.filename is 'The file.';
comment on column s3cache.presigned.url is 'Its URL.';
comment on column s3cache.presigned.signed_at is 'When it was written here.';
comment on column s3cache.presigned.expires_at is 'When it stops working.';
comment on column s3cache.presigned.job_id is 'The job that asked for it.';
comment on column s3cache.presigned.owner is 'The role that asked for it.';
