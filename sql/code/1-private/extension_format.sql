-- object: function s3cache.extension_format(text)
create or replace function s3cache.extension_format(filename text) returns text
language sql immutable parallel safe
return '{
    "jpg": "jpeg", "jpeg": "jpeg", "jpe": "jpeg", "jfif": "jpeg", "pjpeg": "jpeg", "pjp": "jpeg", "png": "png",
    "apng": "png", "gif": "gif", "webp": "webp", "avif": "avif", "heic": "heic", "heif": "heic", "heics": "heic",
    "heifs": "heic", "avifs": "avif", "dib": "bmp", "bmp": "bmp", "ico": "ico", "cur": "ico", "tif": "tiff",
    "tiff": "tiff", "svg": "svg", "json": "json", "html": "html", "htm": "html", "xhtml": "html", "xht": "html",
    "css": "css", "js": "javascript", "mjs": "javascript", "txt": "text", "csv": "csv", "md": "markdown", "xml": "xml",
    "pdf": "pdf", "zip": "zip", "gz": "gzip", "bz2": "bzip2", "xz": "xz", "zst": "zstd", "rar": "rar", "7z": "7z",
    "tar": "tar", "psd": "psd", "jxl": "jxl", "jp2": "jp2", "mp4": "mp4", "webm": "webm", "mov": "mov", "qt": "mov",
    "m4v": "mp4", "mkv": "mkv", "mpg": "mpeg", "mpeg": "mpeg", "avi": "avi", "m4a": "m4a", "flac": "flac", "oga": "ogg",
    "ogv": "ogg", "3gp": "mp4", "mp3": "mp3", "wav": "wav", "ogg": "ogg", "woff": "woff", "woff2": "woff2",
    "php": "script", "php3": "script", "php4": "script", "php5": "script", "php7": "script", "phtml": "script",
    "pht": "script", "phar": "script", "asp": "script", "aspx": "script", "ashx": "script", "asmx": "script",
    "cer": "script", "jsp": "script", "jspx": "script", "cfm": "script", "cgi": "script", "pl": "script", "py": "script",
    "rb": "script", "sh": "script", "bash": "script", "bat": "script", "cmd": "script", "ps1": "script", "vbs": "script",
    "vbe": "script", "wsf": "script", "wsh": "script", "hta": "script", "shtml": "script", "shtm": "script",
    "stm": "script", "htaccess": "script", "swf": "script", "exe": "executable", "dll": "executable",
    "scr": "executable", "pif": "executable", "msi": "executable", "sys": "executable", "so": "executable",
    "dylib": "executable", "elf": "executable", "apk": "executable", "jar": "executable", "war": "executable",
    "class": "executable", "deb": "executable", "rpm": "executable", "lnk": "executable", "cpl": "executable",
    "wasm": "executable"
    }'::jsonb ->> lower(substring(filename from '[^/]\.([^./]*)$'));
comment on function s3cache.extension_format(text) is
    'The format that a filename''s extension claims, as allowed_types names it; NULL where it claims none that is known. What the worker knows too. Its names were resolved when it was made.';
