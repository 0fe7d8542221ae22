-- Owned by domains/admissions.

-- An order has enrolled this learner: alone, or with a group.
alter table enrolment add column ordered boolean not null default false;
update enrolment set ordered = true where id in
    (select p.enrolment from paper p where p.enrolment is not null and p.kind in ('enrolment_order', 'enrolment_extract'));
