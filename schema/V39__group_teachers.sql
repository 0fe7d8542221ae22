-- Owned by domains/admissions.

-- Who teaches a dated group, where it has a teacher.
alter table study_group add column teacher uuid references person (id);
