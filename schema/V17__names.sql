-- Owned by domains/accounts.

-- What a person was called before.
create table person_name (
    id uuid primary key,
    person uuid not null references person (id),
    family text not null,
    given text not null,
    patronymic text,
    -- change, typo
    why text not null,
    -- the document that the change rests on
    grounds text not null,
    until_on text not null,
    created_at bigint not null
);
create index person_name_of on person_name (person, created_at);
