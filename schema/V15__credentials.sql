-- Owned by domains/documents.

-- A learner may have several documents of one study: a certificate and its duplicate, a diploma, a reference. Of each kind
-- one at most is in force. Rows are only added; the one change is the end of a document.
create table credential_next (
    id uuid primary key,
    -- certificate, diploma, reference
    kind text not null,
    year bigint not null,
    seq bigint not null,
    register_number text not null,
    series text,
    blank_number text,
    enrolment uuid not null references enrolment (id),
    person uuid not null references person (id),
    -- a reference of whoever never sat the attestation has none
    protocol uuid references protocol (id),
    -- of completion, or of expulsion
    grounds uuid not null references official_order (id),
    issued_on text not null,
    -- random: stands in the QR code
    token uuid not null unique,
    -- as printed
    full_name text not null,
    surname_folded text not null,
    programme_title text not null,
    hours bigint not null,
    -- issued instead of this one; a duplicate says so on its face
    instead_of uuid,
    duplicate boolean not null,
    -- out of force: lost, damaged, wrong, void; the reason in words
    ended_on text,
    ended_why text,
    ended_note text,
    created_at bigint not null,
    unique (kind, year, seq)
);
insert into credential_next (id, kind, year, seq, register_number, series, blank_number, enrolment, person, protocol, grounds,
    issued_on, token, full_name, surname_folded, programme_title, hours, duplicate, created_at)
select id, kind, year, seq, register_number, series, blank_number, enrolment, person, protocol, completion_order,
    issued_on, token, full_name, surname_folded, programme_title, hours, false, created_at from credential;
drop table credential;
alter table credential_next rename to credential;
create index credential_number on credential (register_number);
create unique index credential_in_force on credential (enrolment, kind) where ended_on is null;

-- A paper of a document, or of a protocol that is printed again with the registry's numbers.
alter table paper add column credential uuid;
alter table paper add column protocol uuid;
-- Another paper stands in its place, or its document is out of force.
alter table paper add column ended_at bigint;
update paper set credential = (select c.id from credential c where c.enrolment = paper.enrolment) where kind = 'certificate';
update paper set protocol = (select p.id from protocol p where p.kind = 'safety_protocol' and p.number = paper.number)
    where kind in ('safety_protocol', 'safety_extract');
create index paper_credential on paper (credential);
create index paper_protocol on paper (protocol);

-- The number under which the state's registry of those trained in labour protection has recorded this line.
alter table protocol_line add column registry_number text;

insert into numbering (kind, pattern, first) values
    ('expulsion_order', '{yy}-ОТ-{seq:04}', 1),
    ('extension_order', '{yy}-ПР-{seq:04}', 1),
    ('name_order', '{yy}-Ф-{seq:04}', 1),
    ('diploma', '{yy}-Д-{seq:04}', 1),
    ('reference', '{yy}-С-{seq:04}', 1);
