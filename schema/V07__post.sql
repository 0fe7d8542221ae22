-- Owned by kit/post.

create table letter (
    id uuid primary key,
    recipient text not null,
    subject text not null,
    body text not null,
    -- holds a code or a password: not shown in the outbox
    secret boolean not null,
    -- waiting, sent, kept (no mail server is set up: it stands in the outbox)
    state text not null,
    written_at bigint not null,
    sent_at bigint
);
create index letter_written on letter (written_at);
