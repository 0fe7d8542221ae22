-- Owned by domains/admissions.

-- When a scan of a letter went with the copy that was made of it; null: it is there.
alter table incoming_file add column removed_at bigint;
