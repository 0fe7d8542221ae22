-- Owned by domains/trainer.

-- The module of an intermediate attestation; null: training, or the final one.
alter table attempt add column module text;
-- one of them at a time
create unique index attempt_open_module on attempt (enrolment) where mode = 'intermediate' and finished_at is null;
