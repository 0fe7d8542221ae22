-- Owned by domains/questions.

-- The version of a question that is asked now: lists of ten thousand need not look for it.
alter table question add column latest uuid;
update question set latest = (select v.id from question_version v where v.question = question.id order by v.number desc limit 1);
