-- Owned by domains/programmes.

-- Why the head gave a version back; shown to whoever writes it until it is submitted again.
alter table programme_version add column remark text;
