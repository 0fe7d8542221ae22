-- Owned by kit/post.

-- Files that go with a letter, in their order.
create table letter_file (
    letter uuid not null references letter (id),
    place bigint not null,
    -- as the reader sees it
    name text not null,
    media text not null,
    -- the stored file: SHA-256
    file text not null,
    primary key (letter, place)
);
