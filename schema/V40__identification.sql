-- Owned by domains/attestation.

-- The code by letter that is asked for before a final attestation: the last one sent, until it is used.
create table identification (
    enrolment uuid primary key references enrolment (id),
    -- SHA-256 of the digits
    code_hash text not null,
    until_at bigint not null,
    -- how often it was tried in vain
    tries bigint not null
);
