-- object: function s3cache.images_of(text, text)
create or replace function s3cache.images_of(binding text, row_id text)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    bound record;
    filename text;
begin
    select b.* into bound from s3cache.bound_key(binding, row_id) b;
    if not bound.is_there then
        return jsonb '[]';
    elsif bound.key !~ '(^|[^{])(\{\{)*\{[a-z]' then
        filename := replace(replace(bound.key, '{{', '{'), '}}', '}');
    elsif bound.url is not null then
        -- The columns do not tell the key, but the URL that was written does.
        filename := s3cache.filename_of(bound.url, bound.cache);
    end if;
    if bound.is_folder and filename is not null then
        return s3cache.images(filename, bound.cache);
    end if;
    return s3cache.image_named(filename, bound.cache);
end
$$;
comment on function s3cache.images_of(text, text) is
    'The images of one row of a bound table, as s3cache.images() gives them: those in its folder, or the one that it has; read with the caller''s right to SELECT from the table. row_id is the value of the key template''s column, where it has one, else the primary key''s, of several columns a JSON array of them. Where the columns do not tell the key, as with {uuid}, it is the one of the URL in url_column. An empty array for a row that is not there.';
