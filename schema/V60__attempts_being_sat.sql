-- While somebody sits an attestation the keys of their other attempts wait.
create index attempt_being_sat on attempt (person) where finished_at is null;
