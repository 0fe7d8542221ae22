//! A person's name in a case: by the rules, or as somebody has put it right by hand.
use store::{Db, Stored, Work, values};
use uuid::Uuid;
use words::Case;

use crate::person::Person;

/// The cases that documents use, with the question that each answers.
pub const CASES: [(Case, &str, &str); 4] = [
    (Case::Genitive, "genitive", "От кого? — родительный"),
    (Case::Dative, "dative", "Кому? — дательный"),
    (Case::Accusative, "accusative", "Кого? — винительный"),
    (Case::Instrumental, "instrumental", "Кем? — творительный"),
];

fn code(case: Case) -> &'static str {
    CASES.iter().find(|(one, ..)| *one == case).map_or("nominative", |(_, code, _)| code)
}

/// A form of a name was put right: papers that are not signed yet say it anew.
pub struct Declined {
    pub person: Uuid,
    pub before: String,
    pub now: String,
}

/// The name in this case.
pub fn in_case(db: &mut Db, id: Uuid, case: Case) -> Stored<String> {
    let by_hand = db.maybe(
        "select text from name_case where person = ?1 and case_code = ?2",
        values![id, code(case)],
        |row| row.get::<String>(0),
    )?;
    if let Some(text) = by_hand {
        return Ok(text);
    }
    let person = Person::find(db, id)?;
    Ok(person.name.in_case(case, person.sex))
}

/// Keeps the form that a person has written; what the rules give by themselves needs no keeping.
pub fn decline(work: &mut Work, id: Uuid, case: Case, text: &str) -> Stored<()> {
    let (before, person) = (in_case(work, id, case)?, Person::find(work, id)?);
    if before == text {
        return Ok(());
    }
    work.run("delete from name_case where person = ?1 and case_code = ?2", values![id, code(case)])?;
    if person.name.in_case(case, person.sex) != text {
        work.run(
            "insert into name_case (person, case_code, text) values (?1, ?2, ?3)",
            values![id, code(case), text],
        )?;
    }
    work.note_with("person.declined", id, Some(text))?;
    work.tell(Declined { person: id, before, now: text.to_owned() })
}

/// Another name is declined anew.
pub(crate) fn forget(work: &mut Work, id: Uuid) -> Stored<()> {
    work.run("delete from name_case where person = ?1", values![id])?;
    Ok(())
}
