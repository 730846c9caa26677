-- Media of posts, cached on disk: the table as its application made it.
CREATE TABLE post_media (
    media_id TEXT PRIMARY KEY,
    post_id TEXT NOT NULL,
    media_type TEXT NOT NULL,  -- 'image', 'video', 'document'
    media_url TEXT NOT NULL,   -- Original URL from social platform
    local_file_path TEXT,      -- Path to cached file
    md5_sum TEXT,              -- MD5 checksum of file content
    file_size INTEGER,
    mime_type TEXT,
    width INTEGER,
    height INTEGER,
    archive_url TEXT,          -- S3 URL (populated by upload script)
    created_at TIMESTAMP,
    updated_at TIMESTAMP
);

CREATE INDEX idx_media_archive_url ON post_media(archive_url)
    WHERE archive_url IS NOT NULL;
