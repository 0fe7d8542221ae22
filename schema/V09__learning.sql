-- Owned by domains/learning.

create table progress (
    enrolment uuid not null references enrolment (id),
    resource uuid not null references resource (id),
    -- the version that was studied
    version uuid not null references resource_version (id),
    opened_at bigint not null,
    seen_at bigint not null,
    done_at bigint,
    primary key (enrolment, resource)
);
