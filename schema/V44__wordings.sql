-- Owned by domains/documents.

-- The centre's own words in the papers of a kind, in the place of ours.
create table wording (
    kind text not null,
    slot text not null,
    text text not null,
    primary key (kind, slot)
);
