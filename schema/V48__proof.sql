-- What proves a result (п. 3.5): each step's hash covers the hash before it. Steps of before have none.
alter table attempt_step add column hash text;

-- Public keys of the centre, base64 of 32 bytes; the private one lies in a file. A new key is signed by the one before it.
create table proof_key (
    id text primary key,
    public text not null unique,
    since bigint not null,
    signed_by text references proof_key (id),
    signature text
);

-- Closed days, numbered without gaps: the root of the tree over what was finished, signed.
create table proof_day (
    number bigint primary key,
    date text not null,
    before text not null,
    leaves bigint not null,
    root text not null,
    key text not null references proof_key (id),
    signature text not null,
    closed_at bigint not null
);

-- The last hash of each finished attempt, in the order of its day's tree.
create table proof_leaf (
    attempt uuid primary key references attempt (id),
    day bigint not null references proof_day (number),
    place bigint not null,
    hash text not null,
    unique (day, place)
);
