-- Owned by domains/accounts.

-- A name in a case as a person has written it, where the rules get it wrong.
create table name_case (
    person uuid not null references person (id),
    -- genitive, dative, accusative, instrumental
    case_code text not null,
    text text not null,
    primary key (person, case_code)
);
