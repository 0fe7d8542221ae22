-- A new key says which one it follows: without it whoever reaches the database could put a key of their own before ours.
alter table proof_key add column accepted text;
