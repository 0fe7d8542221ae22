-- Owned by domains/attestation.

-- A photo by which a person says who sat an attestation: taken before it begins, looked at by people, never compared by a program.
create table identity_photo (
    id uuid primary key,
    enrolment uuid not null references enrolment (id),
    -- null: the attestation has not begun with it
    attempt uuid unique references attempt (id),
    -- the sealed file; null: there was no camera, or its term is over
    file text,
    taken_at bigint not null,
    -- new, confirmed, refused
    state text not null,
    -- how one was recognised without a photo, or why it is somebody else
    remark text,
    checked_by uuid references person (id),
    checked_at bigint,
    removed_at bigint
);
create index identity_photo_of on identity_photo (enrolment);
create index identity_photo_new on identity_photo (taken_at) where state = 'new';
