-- object: function s3cache.key_parts(regclass, text)
create or replace function s3cache.key_parts(bound regclass, template text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    parts jsonb := jsonb '[]';
    token text;
    word text;
    form text;
    column_type oid;
    problem text;
    advice text;
begin
    for token in
        select (regexp_matches(template, '\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+', 'g'))[1]
    loop
        if token !~ '[{}]' or token in ('{{', '}}') then
            parts := parts || jsonb_build_object('text', case when token in ('{{', '}}') then left(token, 1) else token end);
            continue;
        elsif length(token) = 1 then
            problem := format('it has a single %s', token);
            advice := 'A brace itself is written twice: {{ or }}.';
            exit;
        end if;
        word := substr(token, 2, length(token) - 2);
        form := substring(word from ':([^:]*)$');
        select a.atttypid into column_type
        from pg_catalog.pg_attribute a
        where a.attrelid = bound and a.attnum > 0 and not a.attisdropped
            and a.attname = case when form is null then word else left(word, - length(form) - 1) end;
        if found and form is null then
            parts := parts || jsonb_build_object('column', word);
        elsif found and form not in ('YYYY', 'MM', 'DD', 'HH', 'MI', 'SS') then
            problem := format('it has %s', token);
            advice := 'Of a time there are YYYY, MM, DD, HH, MI and SS, such as {created_at:YYYY}.';
            exit;
        elsif found and column_type not in ('timestamp'::regtype, 'timestamptz'::regtype, 'date'::regtype) then
            problem := format('it has %s, whose column is of type %s', token, column_type::regtype);
            advice := 'YYYY, MM, DD, HH, MI and SS are of columns of type timestamptz, timestamp or date.';
            exit;
        elsif found then
            parts := parts || jsonb_build_object('column', left(word, - length(form) - 1), 'format', form);
        elsif word ~ '^(file|ext|unix|uuid|(sha256|md5)(:[1-9][0-9]?)?|date:(YYYY|MM|DD|HH|MI|SS))$' then
            parts := parts || jsonb_build_object('special', word);
        else
            problem := format('it has %s, and the table %s has no such column', token, bound);
            advice := 'Besides its columns there are {file}, {ext}, {md5}, {sha256:8}, {unix}, {uuid} and {date:YYYY}.';
            exit;
        end if;
    end loop;
    if problem is null and jsonb_path_exists(parts, '$[*] ? (exists (@.column) || exists (@.special))') is not true then
        problem := 'it names no column of the table';
        advice := 'Every row has an object of its own, such as {id}.jpg, or a folder, such as {id}/.';
    end if;
    if problem is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('The key template %s cannot be used: %s.', coalesce(to_json(left(template, 200))::text, 'NULL'), problem),
            hint = advice;
    end if;
    return parts;
end
$$;
comment on function s3cache.key_parts(regclass, text) is
    'A key template of a table in parts: {"text": …}, {"column": …}, {"column": …, "format": …} or {"special": …}. Where a column and a placeholder have one name, the column is meant. Raises invalid_parameter_value, one sentence with a hint, for what is none.';
