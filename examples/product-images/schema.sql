-- A shop's products. Nothing in the table says which images a product has: they are the objects below {id}/ in the bucket.
create table amigurumi_product (
    id integer primary key,
    name text not null,
    description text,
    price numeric(10, 2) not null,
    category text not null,
    is_featured boolean not null default false,
    is_available boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

insert into amigurumi_product (id, name, description, price, category, is_featured) values
    (1, 'Cute Bear', 'Adorable teddy bear', 25.00, 'ANIMAL', true),
    (2, 'Small Cat', 'A cat that sits', 19.50, 'ANIMAL', false),
    (5, 'Bunny in many colours', null, 22.00, 'ANIMAL', false),
    (10, 'Cactus', 'Needs no water', 12.00, 'PLANT', false),
    (11, 'Mushroom', null, 9.00, 'PLANT', false),
    (12, 'Not photographed yet', null, 30.00, 'ANIMAL', false);

-- A cache is a table of what the bucket holds; the binding says which part of it is a product's.
select s3cache.create_cache('product_images', bucket => :'bucket');
select s3cache.bind('amigurumi_product', key => '{id}/', cache => 'product_images');
