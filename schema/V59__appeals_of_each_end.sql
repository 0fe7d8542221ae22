-- Owned by domains/attestation.

-- An attempt that goes on by an act ends once more: an appeal is against one end of it.
create table appeal_of_end (
    id uuid primary key,
    enrolment uuid not null references enrolment (id),
    attempt uuid not null references attempt (id),
    -- the end it is against
    ended_at bigint not null,
    complaint text not null,
    -- new, upheld, rejected
    state text not null,
    decision text,
    decided_by uuid references person (id),
    decided_at bigint,
    created_at bigint not null,
    unique (attempt, ended_at)
);
-- Until now an attempt had one appeal: where it was opened again the end is the one before the appeal was made.
insert into appeal_of_end
select a.id, a.enrolment, a.attempt,
       case when t.finished_at is null or t.finished_at > a.created_at then a.created_at else t.finished_at end,
       a.complaint, a.state, a.decision, a.decided_by, a.decided_at, a.created_at
from appeal a join attempt t on t.id = a.attempt;
drop table appeal;
alter table appeal_of_end rename to appeal;
create index appeal_state on appeal (state, created_at);
