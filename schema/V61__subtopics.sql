-- Within a module questions have topics of their own; levels are parted by « / ». Empty: the module as a whole.
alter table question add column subtopic text not null default '';
