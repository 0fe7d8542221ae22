-- Owned by domains/trainer.

create table attempt (
    id uuid primary key,
    person uuid not null references person (id),
    enrolment uuid not null references enrolment (id),
    -- training, attestation
    mode text not null,
    -- of this enrolment in this mode, from 1
    number bigint not null,
    -- JSON: rules as they stood, and the ticket with its seed and frozen versions of questions
    rules text not null,
    ticket text not null,
    seats bigint not null,
    started_at bigint not null,
    -- null: training has no deadline
    deadline_at bigint,
    finished_at bigint,
    -- learner, time
    ended_by text,
    right_answers bigint,
    passed boolean,
    unique (enrolment, mode, number)
);
-- one attestation at a time
create unique index attempt_open on attempt (enrolment) where mode = 'attestation' and finished_at is null;

-- What happened in an attempt: only ever added to.
create table attempt_step (
    attempt uuid not null references attempt (id),
    n bigint not null,
    -- the client's own key: the same answer sent twice is one step
    client_key uuid not null,
    -- answer, flag, unflag, finish
    kind text not null,
    -- place in the ticket, from 0
    seat bigint,
    -- JSON: places of options as they were shown, from 0
    chosen text,
    at bigint not null,
    primary key (attempt, n),
    unique (attempt, client_key)
);
