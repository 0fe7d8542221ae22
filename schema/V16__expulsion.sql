-- Owned by domains/admissions.

-- Why study ended before its time: request, failure, breach.
alter table enrolment add column expelled_on text;
alter table enrolment add column expelled_why text;
