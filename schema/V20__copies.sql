-- Owned by domains/admissions.

-- Copies that an applicant attached, each checked by a person. Their files are sealed.
create table application_copy (
    id uuid primary key,
    application uuid not null references application (id),
    -- passport, education, snils, name_change
    kind text not null,
    -- as it was called at home
    name text not null,
    media text not null,
    -- bytes of the content
    size bigint not null,
    -- SHA-256 of the content: the same copy sent twice is one
    content_hash text not null,
    -- the sealed file; null: removed after its term
    file text,
    -- new, accepted, rejected
    state text not null,
    -- what is wrong with it
    reason text,
    checked_by uuid references person (id),
    checked_at bigint,
    removed_at bigint,
    created_at bigint not null,
    unique (application, kind, content_hash)
);
create index application_copy_state on application_copy (state, created_at);
