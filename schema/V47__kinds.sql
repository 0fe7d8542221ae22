-- Kinds of questions (п. 2.1): what a question asks for stands in its body; here only what lists and tickets choose by.
alter table question_version add column kind text not null default 'choice';

-- Answers may be right in part, so results are kept in hundredths of a point.
alter table attempt rename column right_answers to points;
update attempt set points = points * 100;
alter table result rename column right_answers to points;
update result set points = points * 100;
alter table protocol_line rename column right_answers to points;
update protocol_line set points = points * 100;
