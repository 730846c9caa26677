-- object: function s3cache.known_types()
create or replace function s3cache.known_types() returns text[]
language sql immutable parallel safe
return '{jpeg,png,gif,webp,avif,heic,bmp,ico,tiff,svg,html,pdf,json,text,csv,markdown,css,javascript,xml,mp4,mov,webm,mkv,mpeg,avi,mp3,
    wav,ogg,flac,m4a,woff,woff2,jxl,jp2,psd,zip,gzip,bzip2,xz,zstd,rar,7z,tar,executable,script,other}'::text[];
comment on function s3cache.known_types() is
    'What bytes can be, as allowed_types names it; other is what is none of these. What the worker knows too. Its names were resolved when it was made.';
