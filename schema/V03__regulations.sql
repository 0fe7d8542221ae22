-- Owned by domains/regulations.

-- The centre itself: one row of JSON, read by `Centre`.
create table centre (
    id text primary key,
    data text not null,
    changed_at bigint not null
);

-- What law sets: thresholds with the act and the days between which they hold.
create table norm (
    code text not null,
    value bigint not null,
    act text not null,
    since text not null,
    -- null: until a new act
    until text,
    primary key (code, since)
);

create table act (
    id uuid primary key,
    -- offer, privacy, consent-training, …
    code text not null,
    number bigint not null,
    title text not null,
    -- Markdown
    body text not null,
    -- SHA-256 of the body
    hash text not null,
    in_force_since text not null,
    cancelled_on text,
    unique (code, number)
);

create table acknowledgement (
    person uuid not null references person (id),
    act uuid not null references act (id),
    at bigint not null,
    primary key (person, act)
);

insert into norm (code, value, act, since, until) values
    ('upskilling.hours.least', 16, 'Приказ Минобрнауки России от 24.03.2025 № 266, п. 18', '2025-09-01', null),
    ('retraining.hours.least', 250, 'Приказ Минобрнауки России от 24.03.2025 № 266, п. 18', '2025-09-01', null),
    ('upskilling.hours.least', 16, 'Приказ Минобрнауки России от 01.07.2013 № 499', '2013-07-01', '2025-08-31'),
    ('retraining.hours.least', 250, 'Приказ Минобрнауки России от 01.07.2013 № 499', '2013-07-01', '2025-08-31');
