-- A key that was found wrong after it had been used (п. 2.1): beside its own the version has another. Only added to.
create table key_correction (
    id uuid primary key,
    version uuid not null references question_version (id),
    -- JSON of marking::Correction
    body text not null,
    reason text not null,
    corrected_by uuid not null references person (id),
    corrected_at bigint not null
);
create index key_correction_of on key_correction (version);

-- Results that a correction has changed.
create table remark (
    correction uuid not null references key_correction (id),
    attempt uuid not null references attempt (id),
    points_before bigint not null,
    points_after bigint not null,
    passed_before boolean not null,
    passed_after boolean not null,
    at bigint not null,
    primary key (correction, attempt)
);

-- What each seat of a finished attempt came to: JSON of trainer::Marked; null: finished before this column and not yet counted.
alter table attempt add column marks text;

-- An attempt that grows after the close of its day is sealed again, with a later one.
create table sealed (
    day bigint not null references proof_day (number),
    place bigint not null,
    attempt uuid not null references attempt (id),
    hash text not null,
    primary key (day, place)
);
insert into sealed (day, place, attempt, hash) select day, place, attempt, hash from proof_leaf;
drop table proof_leaf;
alter table sealed rename to proof_leaf;
create index proof_leaf_of on proof_leaf (attempt);

-- A result that was counted anew after its protocol had been closed stands in the next one too.
create table line_of_protocol (
    id uuid primary key,
    protocol uuid not null references protocol (id),
    enrolment uuid not null references enrolment (id),
    attempt uuid not null references attempt (id),
    points bigint not null,
    total bigint not null,
    passed boolean not null,
    created_at bigint not null,
    registry_number text,
    unique (protocol, attempt)
);
insert into line_of_protocol select id, protocol, enrolment, attempt, points, total, passed, created_at, registry_number from protocol_line;
drop table protocol_line;
alter table line_of_protocol rename to protocol_line;
create index protocol_line_of on protocol_line (protocol);

-- SHA-256 of the body, which the first step of an attempt names; null: written before this column.
alter table question_version add column hash text;
