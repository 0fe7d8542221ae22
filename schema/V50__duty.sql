-- The duty at an attestation (п. 4.3.6): the time stands still since then; null: it goes.
alter table attempt add column paused_at bigint;

-- What the duty says to whoever sits: only ever added to.
create table attempt_message (
    id uuid primary key,
    attempt uuid not null references attempt (id),
    text text not null,
    said_by uuid not null references person (id),
    said_at bigint not null
);
create index attempt_message_of on attempt_message (attempt, said_at);
