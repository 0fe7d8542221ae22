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

/// Forms of a name were put right: papers that are not signed yet say them anew.
pub struct Declined {
    pub person: Uuid,
    /// The case, what it was, what it is.
    pub cases: Vec<(Case, String, String)>,
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

/// Keeps the forms that a person has written; what the rules give by themselves needs no keeping.
pub fn decline(work: &mut Work, id: Uuid, forms: &[(Case, String)]) -> Stored<()> {
    let (person, mut cases) = (Person::find(work, id)?, Vec::new());
    for (case, text) in forms {
        let before = in_case(work, id, *case)?;
        if before == *text {
            continue;
        }
        work.run("delete from name_case where person = ?1 and case_code = ?2", values![id, code(*case)])?;
        if person.name.in_case(*case, person.sex) != *text {
            work.run(
                "insert into name_case (person, case_code, text) values (?1, ?2, ?3)",
                values![id, code(*case), text],
            )?;
        }
        work.note_with("person.declined", id, Some(text))?;
        cases.push((*case, before, text.clone()));
    }
    if cases.is_empty() { Ok(()) } else { work.tell(Declined { person: id, cases }) }
}

/// Another name is declined anew.
pub(crate) fn forget(work: &mut Work, id: Uuid) -> Stored<()> {
    work.run("delete from name_case where person = ?1", values![id])?;
    Ok(())
}
