-- object: function s3cache.brand_format(text[])
create or replace function s3cache.brand_format(brands text[]) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    brand text;
begin
    foreach brand in array brands loop
        case
            when brand in ('avif', 'avis') then return 'avif';
            when brand in ('heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs') then return 'heic';
            when brand in ('mif1', 'mif2', 'msf1', 'miaf', 'MiHB', 'MiHE', 'MiPr') then null;
            when brand = 'qt  ' then return 'mov';
            when brand in ('M4A ', 'M4B ', 'M4P ') then return 'm4a';
            when brand in ('jpx ', 'jp2 ') then return 'jp2';
            -- Brands that are of images as well as of films decide only where no other says that it is an image.
            when brands && array['mif1', 'msf1'] then null;
            else return 'mp4';
        end case;
    end loop;
    return 'heic';
end
$$;
comment on function s3cache.brand_format(text[]) is
    'What a file in the ISO base media file format is, by its brands, the major one first.';
