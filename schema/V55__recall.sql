-- When a question should be asked a learner again (kit/recall): of training only, never of official papers.
create table recall (
    enrolment uuid not null references enrolment (id),
    question uuid not null references question (id),
    -- JSON of recall::Card
    card text not null,
    due_at bigint not null,
    primary key (enrolment, question)
);
