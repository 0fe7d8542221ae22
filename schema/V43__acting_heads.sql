-- Owned by domains/accounts.

-- Who has the head's rights for a time, by order (п. 5.1, 5.2); both days count.
create table acting_head (
    person uuid primary key references person (id),
    since text not null,
    until text not null
);
