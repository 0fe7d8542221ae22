-- Owned by domains/admissions.

-- The text as it was shown and signed; older rows have only its hash.
alter table agreement add column text text;
