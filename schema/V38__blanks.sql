-- Owned by domains/documents.

-- Printed blanks (domain reference 2.8): nothing is ever deleted.
create table blank (
    id uuid primary key,
    -- certificate, diploma, diploma_supplement
    kind text not null,
    -- empty: the printing house gives none
    series text not null,
    -- as printed on it, with its zeros
    number text not null,
    -- free, bound (its document is registered), issued (handed over), spoilt
    state text not null,
    credential uuid references credential (id),
    -- the day of the last change
    changed_on text not null,
    -- how it was handed over, or the act by which it was written off
    note text,
    created_at bigint not null,
    unique (kind, series, number)
);
create index blank_state on blank (kind, state);
create index blank_credential on blank (credential);

-- A document that was registered, or lost its blank, when none was free.
create table blank_wanted (
    credential uuid not null references credential (id),
    kind text not null,
    primary key (credential, kind)
);
