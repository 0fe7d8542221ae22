-- Owned by domains/accounts.

-- Given by the staff: opens only the page where the person chooses another.
alter table account add column password_once boolean not null default false;
