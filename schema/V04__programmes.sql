-- Owned by domains/programmes.

create table programme (
    id uuid primary key,
    -- stands in addresses and numbers: labour-16
    code text not null unique,
    created_at bigint not null
);

create table programme_version (
    id uuid primary key,
    programme uuid not null references programme (id),
    number bigint not null,
    -- draft, submitted, approved, superseded
    state text not null,
    -- the whole programme, JSON: read by `Content`
    content text not null,
    -- SHA-256 of the content, frozen at approval
    content_hash text,
    -- for lists and search, repeated from the content
    title text not null,
    title_folded text not null,
    kind text not null,
    hours bigint not null,
    approved_on text,
    approved_by uuid references person (id),
    created_at bigint not null,
    unique (programme, number)
);
create index programme_version_state on programme_version (state, title_folded);
-- at most one approved version of a programme is in force
create unique index programme_in_force on programme_version (programme) where state = 'approved';
