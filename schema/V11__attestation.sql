-- Owned by domains/attestation.

-- The commission, appointed by order, with a term.
create table commission (
    id uuid primary key,
    order_number text not null,
    order_date text not null,
    since text not null,
    until text not null,
    -- JSON: post and short name of each
    chairman text not null,
    members text not null,
    secretary text not null
);

-- The record of results: one row an attempt, never changed.
create table result (
    id uuid primary key,
    enrolment uuid not null references enrolment (id),
    attempt uuid not null unique references attempt (id),
    right_answers bigint not null,
    total bigint not null,
    passed boolean not null,
    decided_at bigint not null
);
create index result_enrolment on result (enrolment);
create index result_decided on result (decided_at);
