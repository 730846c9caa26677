-- Where the rows' files are, what they have to be, and under which key and URL they are archived.
select s3cache.bind('post_media', key => 'cache/{created_at:YYYY}/{created_at:MM}/{file}', url_column => 'archive_url',
    url_style => 's3', path_column => 'local_file_path', md5_column => 'md5_sum', mime_column => 'mime_type',
    type_column => 'media_type', root => 'cache/media');
