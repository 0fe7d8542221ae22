-- Owned by domains/learning.

-- Where in a material the learner stopped: thousandths of a text's length, seconds of sound or a film; null: at its beginning.
alter table progress add column place bigint;
