-- Owned by domains/accounts.

-- The way in is good until this moment: auditors come for a term. null: no end.
alter table account add column until_at bigint;
