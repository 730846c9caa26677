-- object: function s3cache.check_content(integer, text, text, text, text)
create or replace function s3cache.check_content(
    cache_id integer, filename text, format text, content_type text, category text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    taken constant text[] := s3cache.taken_types(cache_id, category);
    declared_type constant text := lower(trim(both E' \t' from split_part(content_type, ';', 1)));
    -- These mean any bytes.
    is_declared constant boolean := coalesce(declared_type not in (
        'application/octet-stream', 'binary/octet-stream', 'application/x-www-form-urlencoded'), false);
    declared constant text := case when is_declared then s3cache.media_type_format(content_type) end;
    named constant text := s3cache.extension_format(filename);
    subject constant text := format('Cannot upload %s: ', to_json(left(filename, 200)));
    is_text constant boolean := format in ('text', 'json', 'csv', 'markdown', 'css', 'javascript', 'html', 'svg', 'xml');
    called text;
begin
    if format is null then
        return;
    elsif format = 'empty' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = subject || 'it has no bytes.',
            hint = format('Send a whole file, one of %s.', array_to_string(taken, ', '));
    elsif format = 'other' and not 'other' = any (taken) then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = subject || 'its bytes are of no type that is known.',
            hint = format('The cache takes %s.', array_to_string(taken, ', '));
    elsif is_declared and not coalesce(s3cache.formats_agree(format, declared), declared is null and format = 'other') then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = subject || format('it is declared as %s, and its bytes are %s.', declared_type, format),
            hint = 'Declare what it is, or leave content_type out.';
    end if;
    called := coalesce(declared, case when s3cache.formats_agree(format, named) then named end, format);
    if named is not null and (not s3cache.formats_agree(format, named) or (called <> named and called <> 'text' and named <> 'text')) then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = subject || format('its name is that of %s, and its bytes are %s.', named, called),
            hint = 'Give the file the extension of its content.';
    elsif not called = any (taken) then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = subject || format('it is %s, and the cache takes %s.', called, array_to_string(taken, ', ')),
            hint = 'An administrator can allow it: SELECT s3cache.configure(cache, allowed_types => …); and some categories take text and JSON.';
    elsif category is not null and called = 'json' and filename ~ '(^|/)images/' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = subject || 'JSON has no place under images/.',
            hint = 'Put it under json/, or give no category, which asks for no order of folders.';
    elsif category is not null and not is_text and filename ~ '(^|/)json/' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = subject || format('%s has no place under json/.', called),
            hint = 'Put it elsewhere, or give no category, which asks for no order of folders.';
    end if;
end
$$;
comment on function s3cache.check_content(integer, text, text, text, text) is
    'Raises an error, one sentence with a hint, if what s3cache.content_format() says of content keeps it from being uploaded: a type that the cache does not take, another one than declared or named, a folder that its category does not go into. A format of NULL is left to the worker, which looks at everything again.';
