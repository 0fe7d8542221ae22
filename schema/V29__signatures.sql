-- Owned by domains/documents.

-- The head's signature under a printed paper: by hand on the sheet, or a detached electronic one beside the file.
create table signature (
    paper uuid primary key references paper (id),
    -- hand, file
    kind text not null,
    -- of a detached signature: SHA-256 of the stored file, and its name
    file text,
    file_name text,
    -- who recorded it
    recorded_by uuid not null references person (id),
    recorded_at bigint not null
);

-- The head's signature belongs under this paper; what was printed by earlier versions of the program is not asked for.
alter table paper add column wants_signature boolean not null default false;
create index paper_unsigned on paper (wants_signature, created_at);

insert into numbering (kind, pattern, first) values ('transfer_order', '{yy}-ПВ-{seq:04}', 1);
