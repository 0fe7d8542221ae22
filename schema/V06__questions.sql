-- Owned by domains/questions.

create table bank (
    id uuid primary key,
    code text not null unique,
    title text not null,
    created_at bigint not null
);

create table question (
    id uuid primary key,
    bank uuid not null references bank (id),
    -- the code by which a package asks for it: the module's code, or the first word of the file's category
    topic text not null,
    name text not null,
    -- in_use, withdrawn
    state text not null,
    -- SHA-256 of the text, options and key: the same question is not taken twice
    fingerprint text not null,
    -- an import in parts: its questions are drawn only once the import is published
    import uuid,
    created_at bigint not null
);
create index question_pool on question (bank, topic, state);
create unique index question_once on question (bank, fingerprint) where state = 'in_use';

create table question_version (
    id uuid primary key,
    question uuid not null references question (id),
    number bigint not null,
    -- JSON of marking::Question, with the key
    body text not null,
    options bigint not null,
    created_at bigint not null,
    unique (question, number)
);

-- An import that has not been published yet, or has.
create table question_import (
    id uuid primary key,
    bank uuid not null references bank (id),
    file text not null,
    read bigint not null,
    published_at bigint,
    created_at bigint not null
);
