-- Owned by domains/documents.

-- What a person signed on the way in holds a passport: its data and file are sealed.
alter table paper add column sealed boolean not null default false;
-- SHA-256 of the PDF itself, where the stored file is a sealed one.
alter table paper add column content_hash text;
