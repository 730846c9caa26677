-- The posts of a blog. The URL of a post's image is all that the database knows of it.
create table posts (
    id bigint primary key,
    title text not null,
    slug text not null unique,
    content text not null,
    featured_image_url text,
    author_id integer,
    category_id integer,
    tags text[],
    created_by integer,
    updated_by integer,
    updated_at timestamptz not null default now()
);

insert into posts (id, title, slug, content, author_id, category_id, tags, created_by) values
    (1, 'Hello', 'hello', 'The first post.', 7, 1, '{news}', 7),
    (2, 'Again', 'again', 'The second post.', 7, 2, '{news,more}', 7),
    (3, 'And again', 'and-again', 'The third post.', 8, 2, null, 8),
    (4, 'Once more', 'once-more', 'The fourth post.', 8, null, '{}', 8);

-- Each image gets a name of its own, which never has other contents; its URL is written into the post.
select s3cache.bind('posts', key => 'generated/{unix}-{uuid}.png', url_column => 'featured_image_url');
