-- Owned by domains/admissions.

-- The document about education that a learner received after applying (domain reference 2.2).
create table education_received (
    enrolment uuid primary key references enrolment (id),
    -- sealed JSON, as in the application
    education text not null,
    received_on text not null
);

-- Owned by domains/documents.

-- Whoever has passed and gets the document together with that about education; the row goes when it is issued.
create table credential_awaited (
    enrolment uuid primary key references enrolment (id),
    protocol uuid not null references protocol (id),
    -- the order of completion
    grounds uuid not null references official_order (id)
);
