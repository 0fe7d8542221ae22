-- An attempt that people have annulled by an act with its reason: it passes nobody. given_back: it is not counted among those used up.
alter table attempt add column annulled text;

create table annulment (
    attempt uuid primary key references attempt (id),
    enrolment uuid not null references enrolment (id),
    reason text not null,
    given_back boolean not null,
    annulled_by uuid not null references person (id),
    annulled_at bigint not null
);
create index annulment_of on annulment (enrolment);
