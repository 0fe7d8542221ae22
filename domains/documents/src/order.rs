//! Orders: of enrolment in the moment of enrolment, of completion with the protocol (domain reference 2.5).
use accounts::person::Person;
use admissions::Enrolment;
use regulations::Centre;
use serde_json::{Value, json};
use store::{Stored, Work, values};
use uuid::Uuid;
use words::Case;

use crate::number::{self, Number};
use crate::paper::{Wanted, centre_data, programme_data, signatory, want};

/// An order is numbered and dated by the system; the head's signature is added on paper or as a file later.
const UNSIGNED: &str = "Приказ сформирован системой по полному комплекту документов";

/// Open group: one order a person, numbered and dated in the moment of enrolment.
pub(crate) fn of_enrolment(work: &mut Work, enrolment: Uuid) -> Stored<()> {
    let enrolment = Enrolment::find(work, enrolment)?;
    let content = enrolment.programme(work)?.content;
    let (person, centre) = (Person::find(work, enrolment.person)?, Centre::load(work)?);
    let number = insert(work, "enrolment_order", Some(enrolment.id), None)?.1;
    let data = json!({
        "number": number.text, "date": work.today().in_words(), "city": centre.city, "place": centre.place,
        "centre": centre_data(&centre), "programme": programme_data(&content),
        "basis": format!("заявление слушателя от {}", work.today().in_words()),
        "starts": enrolment.starts.in_words(), "ends": enrolment.ends.in_words(),
        "learners": [{ "n": 1, "full_name": person.name.to_string(), "full_name_accusative": person.name.in_case(Case::Accusative, person.sex) }],
        "signatory": signatory(&centre.director.post, &centre.director.short_name), "signed_note": UNSIGNED,
    });
    want(
        work,
        &Wanted {
            title: "Приказ о зачислении",
            number: &number.text,
            person: Some(enrolment.person),
            enrolment: Some(enrolment.id),
            ..Wanted::of("enrolment_order", &data)
        },
    )?;
    Ok(())
}

/// A learner of an order of completion: as the template wants, in the order's own sequence.
pub(crate) struct Completed {
    pub enrolment: Enrolment,
    pub person: Person,
    /// Filled when a certificate is issued.
    pub register_number: Option<String>,
}

/// Numbers the order of completion; its paper follows when the certificates have their numbers.
pub(crate) fn number_completion(work: &mut Work, protocol: Uuid) -> Stored<(Uuid, Number)> {
    insert(work, "completion_order", None, Some(protocol))
}

pub(crate) fn print_completion(
    work: &mut Work,
    number: &Number,
    protocol: (&str, &str),
    content: &programmes::Content,
    completed: &[Completed],
) -> Stored<()> {
    let centre = Centre::load(work)?;
    let learners: Vec<Value> = completed
        .iter()
        .enumerate()
        .map(|(n, one)| {
            json!({
                "n": n + 1, "full_name": one.person.name.to_string(),
                "full_name_accusative": one.person.name.in_case(Case::Accusative, one.person.sex),
                "document": content.kind.document(), "register_number": one.register_number,
            })
        })
        .collect();
    let starts = completed.iter().map(|one| one.enrolment.starts).min().unwrap_or(work.today());
    let (today, (protocol, protocol_title)) = (work.today(), protocol);
    let data = json!({
        "number": number.text, "date": today.in_words(), "city": centre.city, "place": centre.place,
        "centre": centre_data(&centre), "programme": programme_data(content),
        "starts": starts.in_words(), "ends": today.in_words(),
        "protocol": { "number": protocol, "date": today.in_words(), "title": protocol_title },
        "learners": learners, "signatory": signatory(&centre.director.post, &centre.director.short_name),
    });
    // One person's order is shown to that person; a group's stays with the staff.
    let only = (completed.len() == 1).then(|| &completed[0].enrolment);
    want(
        work,
        &Wanted {
            title: "Приказ о завершении обучения",
            number: &number.text,
            person: only.map(|enrolment| enrolment.person),
            enrolment: only.map(|enrolment| enrolment.id),
            ..Wanted::of("completion_order", &data)
        },
    )?;
    Ok(())
}

pub(crate) fn insert(
    work: &mut Work,
    kind: &'static str,
    enrolment: Option<Uuid>,
    protocol: Option<Uuid>,
) -> Stored<(Uuid, Number)> {
    let (id, number) = (Uuid::now_v7(), number::next(work, kind)?);
    let (today, now) = (work.today(), work.now());
    work.run(
        "insert into official_order (id, kind, year, seq, number, dated_on, enrolment, protocol, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        values![id, kind, number.year, number.seq, &number.text, today, enrolment, protocol, now],
    )?;
    work.note_with("order.made", id, Some(&number.text))?;
    Ok((id, number))
}
