-- object: view s3cache.setting
create or replace view s3cache.setting as
select s.name, s.default_value, s.accepted, s.description
from (values
    ('bucket', null, 'a bucket name of 3 to 63 characters', 'The bucket; without one the worker''s own default, or the embedded store''s directory itself.'),
    ('prefix', '', 'at most 1000 bytes of UTF-8, no . or .. between slashes', 'What every key of the cache starts with; filenames leave it out. A folder ends in a slash.'),
    ('endpoint', null, 'an http or https URL that the worker allows', 'The object store, where it is not AWS.'),
    ('region', 'us-east-1', 'a region name', 'The bucket''s region.'),
    ('addressing', 'auto', 'auto, path or virtual', 'Whether URLs name the bucket in the path or in the host.'),
    ('credentials', null, 'the name of a profile that the worker allows', 'Which of the worker''s credentials to use; never a secret.'),
    ('cdn_url', null, 'an http or https URL, or a host name', 'What public URLs start with.'),
    ('access', 'private', 'private or public', 'Whether objects can be read without a signature.'),
    ('acl', null, 'a canned ACL such as private or public-read', 'Sent with uploads; none by default.'),
    ('cache_control', null, 'a Cache-Control header value', 'Sent with uploads.'),
    ('storage_class', null, 'a storage class name', 'Sent with uploads.'),
    ('default_image', null, 'a filename of the cache', 'What stands in where there is no image.'),
    ('presign_ttl', '01:00:00', 'more than presign_margin, at most 7 days', 'How long presigned URLs live.'),
    ('presign_margin', '00:05:00', '0 seconds or more, less than presign_ttl', 'A URL is never handed out with less life than this.'),
    ('presign_reuse', '1 day', '1 second to 1 day', 'How long the same URL is handed out, at most.'),
    ('presign_mode', 'database', 'database or worker', 'Who signs URLs.'),
    ('versioned_urls', 'false', 'true or false', 'Whether public URLs carry a short etag, so that a replaced object gets a new URL.'),
    ('max_bytes', '52428800', '1 to 5497558138880 (5 TiB)', 'The largest object that is uploaded or fetched.'),
    ('max_pixels', '50000000', '1 to 1000000000000', 'The largest image, width times height.'),
    ('allowed_types', '{jpeg,png,gif,webp,avif,heic,bmp,ico,tiff}', 'a list of type names such as jpeg or pdf', 'What may be uploaded.'),
    ('if_exists', 'replace', 'replace, skip or error', 'What an upload does where the object exists.'),
    ('environment', null, 'letters, digits and hyphens, at most 32', 'Outside production: the suffix that uploads'' keys get.'),
    ('rebuild_every', null, 'at least 1 minute', 'How often the cache is rebuilt unasked; never if not set.'),
    ('max_delete_fraction', '0.5', '0 to 1', 'A rebuild that would remove a larger part of the present rows fails instead, from 100 such rows up.'),
    ('notify_hints', 'true', 'true or false', 'Whether NOTIFY s3cache from application code is heeded.'),
    ('hint_interval', '00:01:00', '1 second to 1 day', 'A hinted rebuild runs at most this often.'),
    ('paused', 'false', 'true or false', 'Whether workers leave the cache''s jobs alone.')
) as s (name, default_value, accepted, description);
comment on view s3cache.setting is
    'What each setting of s3cache.configure() means, what it takes, and its default (NULL: none, or the worker''s).';
comment on column s3cache.setting.name is 'As s3cache.configure() and s3cache.reset() take it.';
comment on column s3cache.setting.default_value is 'What applies where neither s3cache.configure() nor a worker said anything.';
comment on column s3cache.setting.accepted is 'What it takes, in words.';
comment on column s3cache.setting.description is 'What it does.';
