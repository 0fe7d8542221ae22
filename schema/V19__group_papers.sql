-- Owned by domains/documents.

-- The order of a whole group.
alter table official_order add column study_group uuid;
create unique index group_order_once on official_order (study_group) where kind = 'enrolment_order' and study_group is not null;

-- A dated group has a protocol of its own; others gather by version.
alter table protocol add column study_group uuid;
drop index protocol_draft;
create unique index protocol_draft on protocol (programme_version, coalesce(study_group, programme_version)) where state = 'draft';

-- A group's papers are found by it, and printed at once.
alter table paper add column study_group uuid;
create index paper_group on paper (study_group);
