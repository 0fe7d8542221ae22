-- Owned by domains/regulations.

-- Optional consents, each given apart and taken back at will; refusing blocks nothing (art. 9 of the law on personal data).
create table consent (
    id uuid primary key,
    person uuid not null references person (id),
    -- the version that was in force
    act uuid not null references act (id),
    given_at bigint not null,
    withdrawn_at bigint,
    address text not null,
    agent text not null
);
create index consent_of on consent (person, given_at);
-- one of a version at a time
create unique index consent_in_force on consent (person, act) where withdrawn_at is null;
