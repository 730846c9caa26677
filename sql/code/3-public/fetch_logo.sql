-- object: function s3cache.fetch_logo(text, text[], text, text, text)
create or replace function s3cache.fetch_logo(
    domain text,
    sources text[] default array[
        'https://www.google.com/s2/favicons?domain={domain}&sz=256',
        'https://icons.duckduckgo.com/ip3/{domain}.ico',
        'https://logo.clearbit.com/{domain}'],
    filename text default 'images/logos/{domain}.{ext}',
    category text default 'PublicAsset',
    cache text default 's3_image_cache')
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    fetched_into constant integer := s3cache.cache_id(cache);
    host constant text := regexp_replace(rtrim(lower(domain), '.'), '^www\.', '');
    template text;
    name text;
    urls jsonb;
    problem text;
begin
    if host !~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$' or length(host) > 253 or host is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot fetch the logo of %s: it is no domain.', coalesce(to_json(left(domain, 200))::text, 'NULL')),
            hint = 'Give a name such as example.com, without https:// and path; an international one in its ASCII form (xn--…).';
    elsif coalesce(cardinality(sources), 0) not between 1 and 20 or array_ndims(sources) <> 1 or array_position(sources, null) is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'sources takes 1 to 20 URLs, in the order in which they are tried.',
            hint = '{domain} in them stands for the domain: https://icons.duckduckgo.com/ip3/{domain}.ico.';
    end if;
    urls := (
        select jsonb_agg(s3cache.fetchable_url(replace(s.source, '{domain}', host)) order by s.place)
        from unnest(sources) with ordinality as s (source, place));
    template := replace(filename, '{domain}', host);
    if template is null or template !~ '(^|[^{])(\{\{)*\{ext\}$' or template ~ '\{(unix|uuid|date|sha256|md5)(:|\})' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot name a logo %s: the name has to end in {ext}, and to be the same each time.', coalesce(to_json(left(filename, 200))::text, 'NULL')),
            hint = 'Such as images/logos/{domain}.{ext}.';
    end if;
    name := s3cache.expanded_name(template, null, null, null, false);
    problem := s3cache.filename_problem(
        s3cache.expanded_name(name, null, null, 'jpeg', true),
        octet_length((select c.prefix from s3cache.cache c where c.id = fetched_into)));
    if problem is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('Cannot fetch into %s: %s.', to_json(left(name, 200)), problem),
            hint = 'A filename is the object''s key without the cache''s prefix.';
    end if;
    return s3cache.enqueue('fetch', fetched_into,
        s3cache.upload_args(template, null, null, null, category, null) || jsonb_build_object(
            'url', urls ->> 0, 'sources', urls, 'source', 0, 'template', name,
            'stem', s3cache.expanded_name(regexp_replace(name, '\.?\{ext\}$', ''), null, null, null, true)),
        -- Whichever sources they would ask: who asks for one domain's logo at the same time gets one.
        format('fetch/%s/%s', fetched_into,
            encode(sha256(convert_to(jsonb_build_array('logo', host, name, category)::text, 'UTF8')), 'hex')),
        null, 10::smallint);
end
$$;
comment on function s3cache.fetch_logo(text, text[], text, text, text) is
    'Has a worker fetch the logo of a domain from the first of several sources that has one, in their order; gives a job id. In sources and filename {domain} stands for the domain, in lower case and without www.; filename ends in {ext}. As long as an object of that name is there, nothing is downloaded. Who asks for the logo of the same domain while it is on its way gets the result of that, whichever sources they name. A source that fails is left alone for a while, as by s3cache.fetch(); when all have failed the job fails, and the result has the cache''s default_image in "fallback". Else the result is that of s3cache.fetch().';
