//! A case of a name was put right by hand: papers that say it and are not signed yet are printed anew. Numbers and days stay.
use accounts::Declined;
use accounts::person::Person;
use serde_json::Value;
use store::{Stored, Work, values};
use uuid::Uuid;
use words::Case;

use crate::paper;

/// An unsigned paper that may name the person.
struct Named {
    id: Uuid,
    kind: String,
    data: Value,
}

pub(crate) fn print_anew(work: &mut Work, fact: &Declined) -> Stored<()> {
    let name = Person::find(work, fact.person)?.name.to_string();
    // An extract says what its order says: it stays when the order is signed.
    let papers = work.all(
        "select p.id, p.kind, p.data from paper p
         where p.ended_at is null
           and p.kind in ('enrolment_order', 'enrolment_extract', 'completion_order', 'expulsion_order', 'transfer_order',
                          'extension_order', 'erasure_order')
           and (p.person = ?1 or p.person is null
                and (p.study_group in (select study_group from enrolment where person = ?1 and study_group is not null)
                     or p.kind = 'completion_order' and p.number in
                        (select o.number from official_order o join protocol_line l on l.protocol = o.protocol
                         join enrolment e on e.id = l.enrolment where o.kind = 'completion_order' and e.person = ?1)))
           and not exists (select 1 from signature s join paper o on o.id = s.paper
                           where o.id = p.id or p.kind = 'enrolment_extract' and o.kind = 'enrolment_order' and o.number = p.number)
         order by p.created_at, p.id",
        values![fact.person],
        |row| Ok(Named { id: row.get(0)?, kind: row.get(1)?, data: row.json(2)? }),
    )?;
    for mut paper in papers {
        if fact.cases.iter().fold(false, |said, (case, before, now)| {
            said | say(&paper.kind, &mut paper.data, &name, *case, (before, now))
        }) {
            paper::anew(work, paper.id, &paper.data)?;
        }
    }
    Ok(())
}

/// Puts the form where a paper of this kind says it; whether it did.
fn say(kind: &str, data: &mut Value, name: &str, case: Case, (before, now): (&str, &str)) -> bool {
    let clauses = match kind {
        "enrolment_order" | "enrolment_extract" | "completion_order" => {
            let learners = data["learners"].as_array_mut().filter(|_| case == Case::Accusative);
            let mut said = false;
            for learner in learners.into_iter().flatten() {
                if learner["full_name"] == name && learner["full_name_accusative"] == before {
                    learner["full_name_accusative"] = now.into();
                    said = true;
                }
            }
            return said;
        }
        "expulsion_order" | "transfer_order" => Case::Accusative,
        "extension_order" => Case::Dative,
        _ => Case::Genitive,
    };
    let mut said = false;
    let lines = data["clauses"].as_array_mut().filter(|_| case == clauses);
    for clause in lines.into_iter().flatten() {
        if let Some(text) = clause.as_str().filter(|text| text.contains(before)) {
            *clause = text.replace(before, now).into();
            said = true;
        }
    }
    said
}
