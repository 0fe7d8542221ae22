-- Of questions that come one after another the seat that is open, from 0, and until when, where each question has a time of its own.
alter table attempt add column seat_open bigint;
alter table attempt add column seat_until bigint;

-- Answers that were given in time, came too late and wait for a decision; null: none.
alter table attempt add column late bigint;
update attempt set late = (select cast(count(*) as bigint) from attempt_step s where s.attempt = attempt.id and s.kind = 'late')
where exists (select 1 from attempt_step s where s.attempt = attempt.id and s.kind = 'late');
create index attempt_late on attempt (late) where late is not null;
