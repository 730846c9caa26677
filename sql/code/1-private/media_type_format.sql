-- object: function s3cache.media_type_format(text)
create or replace function s3cache.media_type_format(media_type text) returns text
language sql immutable parallel safe
return coalesce('{
    "image/jpeg": "jpeg", "image/jpg": "jpeg", "image/pjpeg": "jpeg", "image/png": "png", "image/apng": "png",
    "image/x-png": "png", "image/vnd.mozilla.apng": "png", "image/gif": "gif", "image/webp": "webp",
    "image/avif": "avif", "image/avif-sequence": "avif", "image/heic": "heic", "image/heif": "heic",
    "image/heic-sequence": "heic", "image/heif-sequence": "heic", "image/tiff": "tiff", "image/tif": "tiff",
    "image/x-tiff": "tiff", "image/bmp": "bmp", "image/x-bmp": "bmp", "image/x-ms-bmp": "bmp",
    "image/vnd.microsoft.icon": "ico", "image/x-icon": "ico", "image/ico": "ico", "image/x-win-bitmap": "ico",
    "image/svg+xml": "svg", "image/svg": "svg", "image/jxl": "jxl", "image/jp2": "jp2", "image/jpx": "jp2",
    "image/j2c": "jp2", "image/vnd.adobe.photoshop": "psd", "application/pdf": "pdf", "application/x-pdf": "pdf",
    "text/html": "html", "application/xhtml+xml": "html", "application/xml": "xml", "text/xml": "xml",
    "application/json": "json", "text/json": "json", "text/plain": "text", "text/csv": "csv",
    "text/markdown": "markdown", "text/css": "css", "text/javascript": "javascript",
    "application/javascript": "javascript", "application/x-javascript": "javascript", "video/mp4": "mp4",
    "video/x-m4v": "mp4", "video/3gpp": "mp4", "video/3gpp2": "mp4", "video/quicktime": "mov", "video/webm": "webm",
    "audio/webm": "webm", "video/matroska": "mkv", "video/x-matroska": "mkv", "video/mpeg": "mpeg", "video/mp2t": "mpeg",
    "video/vnd.avi": "avi", "video/x-msvideo": "avi", "video/avi": "avi", "audio/mpeg": "mp3", "audio/mp3": "mp3",
    "audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav", "audio/vnd.wave": "wav", "audio/ogg": "ogg",
    "video/ogg": "ogg", "application/ogg": "ogg", "audio/flac": "flac", "audio/x-flac": "flac", "audio/mp4": "m4a",
    "audio/x-m4a": "m4a", "audio/aac": "m4a", "font/woff": "woff", "application/font-woff": "woff",
    "font/woff2": "woff2", "application/zip": "zip", "application/x-zip-compressed": "zip", "application/gzip": "gzip",
    "application/x-gzip": "gzip", "application/x-bzip2": "bzip2", "application/x-xz": "xz", "application/zstd": "zstd",
    "application/vnd.rar": "rar", "application/x-rar-compressed": "rar", "application/x-7z-compressed": "7z",
    "application/x-tar": "tar"
    }'::jsonb ->> lower(trim(both E' \t' from split_part(media_type, ';', 1))),
    case
        when split_part(media_type, ';', 1) ~* '\+json[ \t]*$' then 'json'
        when split_part(media_type, ';', 1) ~* '\+xml[ \t]*$' then 'xml'
    end);
comment on function s3cache.media_type_format(text) is
    'The format that a media type names, as allowed_types names it; NULL for one that is not known. What the worker knows too. Its names were resolved when it was made.';
