-- Owned by domains/documents.

-- An approved version printed whole, for anyone (п. 4.3.11); made when it is first asked for.
create table programme_paper (
    version uuid primary key references programme_version (id),
    template_hash text not null,
    file text not null,
    size bigint not null,
    printed_at bigint not null
);
