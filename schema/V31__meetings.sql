-- Owned by domains/meetings.

-- A lesson, seminar or consultation that a learner or a customer has asked for (п. 3.13.1, 4.6).
create table meeting (
    id uuid primary key,
    -- lesson, seminar, consultation
    kind text not null,
    asked_by uuid not null references person (id),
    -- for one learner, or for a dated group
    enrolment uuid references enrolment (id),
    study_group uuid references study_group (id),
    topic text not null,
    -- when it would suit
    wish text not null,
    -- asked, scheduled, held, declined
    state text not null,
    teacher uuid references person (id),
    starts_at bigint,
    minutes bigint,
    -- a link, a telephone number, a room
    place text not null,
    -- why it was declined
    remark text not null,
    created_at bigint not null,
    changed_at bigint not null
);
create index meeting_state on meeting (state, created_at);
create index meeting_enrolment on meeting (enrolment);
create index meeting_group on meeting (study_group);

-- Who was there.
create table attendance (
    meeting uuid not null references meeting (id),
    enrolment uuid not null references enrolment (id),
    marked_at bigint not null,
    primary key (meeting, enrolment)
);
