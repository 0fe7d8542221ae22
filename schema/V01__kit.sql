-- What the kit itself keeps: jobs, the audit journal, answers to forms already handled, stored files.
-- Types: uuid, text, bigint (also unix milliseconds), boolean, double precision, bytea; ISO dates as text.

create table job (
    id uuid primary key,
    kind text not null,
    data text not null,
    run_at bigint not null,
    tries bigint not null,
    -- until when a worker holds it; 0: free
    leased_until bigint not null,
    dead boolean not null,
    last_error text,
    created_at bigint not null
);
create index job_due on job (dead, run_at);

create table audit (
    id uuid primary key,
    at bigint not null,
    -- the person who acted; null: the system itself
    actor uuid,
    event text not null,
    subject uuid,
    detail text,
    request text
);
create index audit_subject on audit (subject, at);
create index audit_at on audit (at);

-- The first answer given to a form, by the form's own key: a replay gets it again.
create table replay (
    form_key uuid primary key,
    answer text not null,
    at bigint not null
);
create index replay_at on replay (at);
