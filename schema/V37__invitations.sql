-- Owned by domains/accounts.

-- A personal link by which somebody chooses a password: an invitation to whoever is new, a way back for whoever forgot it.
-- Choosing a password, by whatever way, ends all of the person's links.
create table invitation (
    -- SHA-256 of the token in the link
    token_hash bytea primary key,
    person uuid not null references person (id),
    created_at bigint not null,
    until_at bigint not null
);
create index invitation_person on invitation (person);
