-- What a package chooses by, and where a question comes from. States: draft, reviewed, in_use, withdrawn.
alter table question add column difficulty text not null default 'medium';
-- a mistake in it fails the attempt, where the package says so
alter table question add column critical boolean not null default false;
-- never asked in training
alter table question add column exam_only boolean not null default false;
-- clause of an act or a material
alter table question add column reference text not null default '';
alter table question add column author uuid references person (id);
