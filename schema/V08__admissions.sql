-- Owned by domains/admissions.

create table application (
    id uuid primary key,
    -- stands in the applicant's addresses: whoever holds it continues the application
    token uuid not null unique,
    programme_version uuid not null references programme_version (id),
    -- draft, consented, agreed, enrolled
    state text not null,
    -- the checked application, JSON
    data text not null,
    email_folded text not null,
    -- the person who applied while signed in
    applicant uuid references person (id),
    -- SHA-256 of the code sent by letter, and how often it was tried
    code_hash text,
    code_until bigint,
    code_tries bigint not null,
    enrolment uuid,
    created_at bigint not null,
    changed_at bigint not null
);
create index application_state on application (state, created_at);

-- A simple electronic signature under a document: what, when, from where.
create table agreement (
    id uuid primary key,
    application uuid not null references application (id),
    act uuid not null references act (id),
    -- SHA-256 of the text as it was shown
    text_hash text not null,
    at bigint not null,
    address text not null,
    agent text not null,
    unique (application, act)
);

create table enrolment (
    id uuid primary key,
    person uuid not null references person (id),
    programme_version uuid not null references programme_version (id),
    application uuid not null references application (id),
    -- active, completed, expelled
    state text not null,
    starts_on text not null,
    ends_on text not null,
    -- who the learner is at work: the safety protocol and the registry want it
    position text,
    employer text,
    employer_inn text,
    created_at bigint not null,
    completed_on text
);
create index enrolment_person on enrolment (person, state);
create index enrolment_version on enrolment (programme_version, state);
-- nobody studies one version twice at a time
create unique index enrolment_once on enrolment (person, programme_version) where state = 'active';
