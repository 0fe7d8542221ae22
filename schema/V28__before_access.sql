-- Owned by domains/admissions.

-- A programme may wait for payment: the application is signed, its password kept until somebody marks the payment.
-- state: draft, consented, agreed, signed, enrolled
alter table application add column password_hash text;
alter table application add column paid_at bigint;
alter table application add column paid_by uuid;
-- «платёжное поручение № 15 от 20.11.2026»
alter table application add column paid_note text;

-- Access waits for the head's signature under the order of enrolment.
alter table enrolment add column held boolean not null default false;
