-- Owned by domains/accounts.

create table person (
    id uuid primary key,
    family text not null,
    given text not null,
    patronymic text,
    -- female, male
    sex text not null,
    -- 2026-11-22; staff may leave it out
    birthday text,
    -- 11 digits
    snils text unique,
    phone text,
    email text,
    created_at bigint not null
);

create table account (
    person uuid primary key references person (id),
    -- what the person types to sign in: an e-mail address or a given login
    login text not null,
    login_folded text not null unique,
    -- Argon2id in PHC form; null: no password was chosen yet
    password_hash text,
    blocked boolean not null,
    created_at bigint not null
);

create table person_role (
    person uuid not null references person (id),
    role text not null,
    primary key (person, role)
);

create table session (
    id uuid primary key,
    -- SHA-256 of the token in the cookie
    token_hash bytea not null unique,
    person uuid not null references person (id),
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null,
    agent text not null,
    address text not null,
    closed_at bigint
);
create index session_person on session (person, closed_at);
