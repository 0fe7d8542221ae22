-- Owned by domains/library.

create table resource (
    id uuid primary key,
    -- the programme whose module it serves
    programme uuid not null references programme (id),
    module text not null,
    position bigint not null,
    title text not null,
    author text not null,
    -- п. 4.10: obligatory or additional set
    obligatory boolean not null,
    created_at bigint not null,
    unique (programme, module, position)
);

create table resource_version (
    id uuid primary key,
    resource uuid not null references resource (id),
    number bigint not null,
    -- text, pdf
    kind text not null,
    -- of a text: Markdown and the cleaned HTML made of it
    body text,
    html text,
    -- of a file: SHA-256 and bytes
    file text,
    size bigint,
    created_at bigint not null,
    unique (resource, number)
);
