-- Owned by domains/admissions.

-- A letter that came to the centre's mailbox, with its files sealed (п. 3.11.1).
create table incoming (
    id uuid primary key,
    -- by which the same letter is known when it is read again
    message_id text not null unique,
    sender text not null,
    sender_name text not null,
    subject text not null,
    body text not null,
    -- new, used (an application was made of it), closed (it is none)
    state text not null,
    application uuid references application (id),
    received_at bigint not null
);
create index incoming_state on incoming (state, received_at);

create table incoming_file (
    incoming uuid not null references incoming (id),
    place bigint not null,
    name text not null,
    -- by the content; empty: of a kind that is not shown
    media text not null,
    -- bytes of the content
    size bigint not null,
    content_hash text not null,
    -- the sealed file
    file text not null,
    primary key (incoming, place)
);
