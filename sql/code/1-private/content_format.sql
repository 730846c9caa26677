-- object: function s3cache.content_format(bytea)
create or replace function s3cache.content_format(content bytea) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
    head constant bytea := substring(content from 1 for 65536);
    hex constant text := encode(substring(head from 1 for 16), 'hex');
    brands text[];
    body text;
begin
    if content is null then
        return null;
    elsif hex = '' then
        return 'empty';
    end if;
    case
        when hex like 'ffd8ff%' then return 'jpeg';
        when hex like 'ff4fff51%' then return 'jp2';
        when hex like 'ff0a%' then return 'jxl';
        when hex like '89504e470d0a1a0a%' then return 'png';
        when hex like '474946383761%' or hex like '474946383961%' then return 'gif';
        when hex like '52494646________57454250565038%' then return 'webp';
        when hex ~ '^(49492[ab]00|4d4d002[ab])' then return 'tiff';
        when hex like '3842505300%' then return 'psd';
        when hex ~ '^0000[0][12]00....' and substring(hex from 9 for 4) <> '0000' then return 'ico';
        when hex like '________66747970%' then
            if length(hex) < 24 then
                return 'other';
            end if;
            -- The major brand, and from the 17th byte on the others, as long as the box that holds them, but 512 bytes at most.
            brands := array(
                select encode(substring(head from b.place for 4), 'escape')
                from (select 9 union all
                    select g from generate_series(17, least(
                        ('x' || substring(hex from 1 for 8))::bit(32)::bigint & 4294967295, octet_length(content), 512)::integer - 3, 4) g
                ) b (place));
            return s3cache.brand_format(brands);
        when hex like '52494646%' and substring(head from 9 for 4) = 'WAVE' then return 'wav';
        when hex like '52494646%' and substring(head from 9 for 4) = 'AVI ' then return 'avi';
        when hex like '52494646%' then null;
        when hex like '1a45dfa3%' then
            return case when position('webm'::bytea in substring(head from 1 for 128)) > 0 then 'webm' else 'mkv' end;
        when hex ~ '^000001b[a3]' then return 'mpeg';
        when hex like '47%' and substring(head from 189 for 1) = 'G' and substring(head from 377 for 1) = 'G' then return 'mpeg';
        when hex like '4f676753%' then return 'ogg';
        when hex like '664c6143%' then return 'flac';
        when hex like '494433%' then return 'mp3';
        when hex like '0000000c4a584c20%' then return 'jxl';
        when hex like '0000000c6a502020%' then return 'jp2';
        when hex ~ '^.{8}(6d6f6f76|6d646174|77696465|706e6f74)' then return 'mov';
        else null;
    end case;
    case
        when hex like '255044462d%' then return 'pdf';
        when hex ~ '^504b(0304|0506|0708)' then return 'zip';
        when hex like '1f8b%' then return 'gzip';
        when hex like '526172211a07%' then return 'rar';
        when hex like '377abcaf271c%' then return '7z';
        when hex like 'fd377a585a00%' then return 'xz';
        when hex like '28b52ffd%' then return 'zstd';
        when substring(head from 258 for 5) = 'ustar' then return 'tar';
        when hex like '774f4646%' then return 'woff';
        when hex like '774f4632%' then return 'woff2';
        when hex ~ '^(7f454c46|0061736d|feedfac[ef]|c[ef]faedfe|cafebabe)' then return 'executable';
        else null;
    end case;

    -- Text is what has no control character but those of text. UTF-16 is for the worker to read.
    if hex ~ '^(feff|fffe|003c00|3c00..00)' then
        return null;
    end if;
    if position('\x00'::bytea in head) = 0 then
        body := convert_from(case when hex like 'efbbbf%' then substring(head from 4) else head end, 'LATIN1');
        if body !~ '[\u0001-\u0008\u000b\u000e-\u001a\u001c-\u001f]' then
            return s3cache.text_format(body);
        end if;
    end if;
    return case
        when hex like '424d%' then 'bmp'
        when hex like '425a68%' then 'bzip2'
        when hex like '4d5a%' or hex ~ '^(46|43|5a)5753' then 'executable'
        when hex ~ '^ff(fb|f3|f2)' then 'mp3'
        else 'other'
    end;
end
$$;
comment on function s3cache.content_format(bytea) is
    'What bytes are by their beginning, as allowed_types names it; other for none that is known, NULL for markup and UTF-16 that only the worker can tell. It says nothing else than the worker does.';
