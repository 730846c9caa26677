-- object: function s3cache.handed_out_url_at(text, text, timestamptz)
create or replace function s3cache.handed_out_url_at(filename text, cache text, moment timestamptz) returns text
language sql stable parallel safe
return s3cache.url_at(cache, filename, moment, false);
comment on function s3cache.handed_out_url_at(text, text, timestamptz) is
    's3cache.url() as of a moment, for that function and for tests. Its names were resolved when it was made; it has no settings, so that it is inlined.';
