-- Owned by domains/learning.

-- The whole set of materials sent to a learner's address (п. 4.4, 4.6.1).
create table mailing (
    id uuid primary key,
    enrolment uuid not null references enrolment (id),
    -- null: still being put together
    letter uuid references letter (id),
    recipient text not null,
    -- who asked for it; null: the program by itself
    asked_by uuid references person (id),
    asked_at bigint not null
);
create index mailing_of on mailing (enrolment, asked_at);

-- A personal link to one material, where the set is too large for a letter: one learner, expiring, counted, revocable.
create table mailing_link (
    -- random: stands in the address
    token uuid primary key,
    mailing uuid not null references mailing (id),
    resource uuid not null references resource (id),
    until_at bigint not null,
    opened bigint not null,
    opened_at bigint,
    revoked_at bigint
);
create index mailing_link_of on mailing_link (mailing);
