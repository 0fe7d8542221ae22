-- Owned by domains/documents.

-- How numbers of each kind look, and with which a year begins where the centre's paper book stands.
create table numbering (
    kind text primary key,
    -- {yy}, {yyyy}, {seq}, {seq:04}
    pattern text not null,
    first bigint not null
);

-- The last number given, by kind and year: numbers have no gaps.
create table counter (
    kind text not null,
    year bigint not null,
    last bigint not null,
    primary key (kind, year)
);

insert into numbering (kind, pattern, first) values
    ('enrolment_order', '{yy}-З-{seq:04}', 1),
    ('completion_order', '{yy}-О-{seq:04}', 1),
    ('commission_protocol', '{yy}-П-{seq:04}', 1),
    ('safety_protocol', '{yy}-ПЗ-{seq:04}', 1),
    ('certificate', '{yy}-У-{seq:04}', 1);

create table official_order (
    id uuid primary key,
    -- enrolment_order, completion_order
    kind text not null,
    year bigint not null,
    seq bigint not null,
    number text not null,
    dated_on text not null,
    enrolment uuid references enrolment (id),
    protocol uuid,
    created_at bigint not null,
    unique (kind, year, seq)
);
create unique index enrolment_order_once on official_order (enrolment) where kind = 'enrolment_order';

create table protocol (
    id uuid primary key,
    -- commission_protocol, safety_protocol
    kind text not null,
    programme_version uuid not null references programme_version (id),
    -- draft, closed
    state text not null,
    year bigint,
    seq bigint,
    number text,
    closed_on text,
    commission uuid references commission (id),
    created_at bigint not null,
    unique (kind, year, seq)
);
-- results of a version gather in one draft
create unique index protocol_draft on protocol (programme_version) where state = 'draft';

create table protocol_line (
    id uuid primary key,
    protocol uuid not null references protocol (id),
    enrolment uuid not null references enrolment (id),
    attempt uuid not null unique references attempt (id),
    right_answers bigint not null,
    total bigint not null,
    passed boolean not null,
    created_at bigint not null
);
create index protocol_line_of on protocol_line (protocol);

-- A document issued to a person: only added to; a mistake is mended by a reversal and a new one.
create table credential (
    id uuid primary key,
    -- certificate
    kind text not null,
    year bigint not null,
    seq bigint not null,
    register_number text not null,
    series text,
    blank_number text,
    enrolment uuid not null unique references enrolment (id),
    person uuid not null references person (id),
    protocol uuid not null references protocol (id),
    completion_order uuid not null references official_order (id),
    issued_on text not null,
    -- random: stands in the QR code
    token uuid not null unique,
    -- as printed
    full_name text not null,
    surname_folded text not null,
    programme_title text not null,
    hours bigint not null,
    created_at bigint not null,
    unique (kind, year, seq)
);
create index credential_number on credential (register_number);

-- A paper: its data and template are frozen with the PDF's hash once it is printed.
create table paper (
    id uuid primary key,
    -- enrolment_order, completion_order, commission_protocol, safety_protocol, safety_extract, certificate
    kind text not null,
    title text not null,
    number text not null,
    -- whose it is; null: staff only
    person uuid references person (id),
    enrolment uuid references enrolment (id),
    data text not null,
    -- SHA-256 of the template it was printed with, and of the PDF
    template_hash text,
    file text,
    size bigint,
    printed_at bigint,
    created_at bigint not null
);
create index paper_person on paper (person, created_at);
create index paper_created on paper (created_at);
