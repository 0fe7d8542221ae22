-- Owned by domains/attestation.

-- The module whose intermediate attestation this is the result of; null: the final one.
alter table result add column module text;

-- What one learner is given above the package's rules, by act and with a reason.
create table allowance (
    id uuid primary key,
    enrolment uuid not null references enrolment (id),
    -- minutes: so many more for each attempt; attempt: so many attempts more
    kind text not null,
    amount bigint not null,
    reason text not null,
    given_by uuid not null references person (id),
    given_at bigint not null
);
create index allowance_of on allowance (enrolment);

-- A learner disagrees with a result; decided once, with its reason.
create table appeal (
    id uuid primary key,
    enrolment uuid not null references enrolment (id),
    attempt uuid not null unique references attempt (id),
    complaint text not null,
    -- new, upheld, rejected
    state text not null,
    decision text,
    decided_by uuid references person (id),
    decided_at bigint,
    created_at bigint not null
);
create index appeal_state on appeal (state, created_at);

-- Written work handed in for the commission: each time a new row, so nothing handed in is lost.
create table written_work (
    id uuid primary key,
    enrolment uuid not null references enrolment (id),
    -- the passed test after which it was handed in
    attempt uuid not null references attempt (id),
    number bigint not null,
    text text not null,
    -- the attached file: SHA-256, its name and media type
    file text,
    file_name text,
    media text,
    handed_at bigint not null,
    -- new, passed, returned
    state text not null,
    -- JSON: for each criterion whether it is met
    marks text,
    remark text,
    decided_by uuid references person (id),
    decided_at bigint,
    unique (enrolment, number)
);
create index written_work_state on written_work (state, handed_at);
-- one work at a time waits
create unique index written_work_open on written_work (enrolment) where state = 'new';

-- A passed test that waits for the commission's part.
alter table result add column awaits_work boolean not null default false;
