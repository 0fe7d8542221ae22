-- Owned by domains/admissions.

-- People who study one version together, from a day to a day.
create table study_group (
    id uuid primary key,
    name text not null,
    programme_version uuid not null references programme_version (id),
    starts_on text not null,
    ends_on text not null,
    -- the contract that names its people; empty: their own applications
    grounds text not null,
    customer uuid,
    -- when the order of enrolment was asked for; null: still gathering
    started_at bigint,
    created_by uuid not null references person (id),
    created_at bigint not null
);
create index study_group_starts on study_group (starts_on);

-- Who pays for its people and follows them: a company, or a person.
create table customer (
    id uuid primary key,
    name text not null,
    inn text not null unique,
    created_at bigint not null
);

create table customer_person (
    customer uuid not null references customer (id),
    person uuid not null references person (id),
    primary key (customer, person)
);

-- null: an open group, enrolled one by one
alter table enrolment add column study_group uuid;
create index enrolment_group on enrolment (study_group);
