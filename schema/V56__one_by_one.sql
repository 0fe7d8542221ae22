-- Of questions that come one after another the seat that is open, from 0, and until when, where each question has a time of its own.
alter table attempt add column seat_open bigint;
alter table attempt add column seat_until bigint;

-- Answers that were given in time, came too late and wait for a decision; null: none, or from before this column.
alter table attempt add column late bigint;
create index attempt_late on attempt (late) where late is not null;
