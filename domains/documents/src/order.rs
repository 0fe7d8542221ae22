//! Orders: of enrolment in the moment of enrolment, of completion with the protocol (domain reference 2.5).
use accounts::in_case;
use accounts::person::Person;
use admissions::{Enrolment, Group, State, Transferred};
use regulations::Centre;
use serde_json::{Value, json};
use store::{Fault, Stored, Work, values};
use uuid::Uuid;
use words::{Case, Day};

use crate::number::{self, Number};
use crate::paper::{Wanted, centre_data, head, programme_data, signatory, want};

/// An order is numbered and dated by the system; the head's signature is added on paper or as a file later.
const UNSIGNED: &str = "Приказ сформирован системой по полному комплекту документов";

/// Enrolled alone: one order a person, numbered and dated in the moment of enrolment. A dated group that has not begun
/// waits for its own.
pub(crate) fn of_enrolment(work: &mut Work, enrolment: Uuid) -> Stored<()> {
    let enrolment = Enrolment::find(work, enrolment)?;
    let group = enrolment.group.map(|group| Group::find(work, group)).transpose()?;
    if group.as_ref().is_some_and(|group| !group.started) {
        return Ok(());
    }
    alone(work, &enrolment, group.as_ref())
}

fn alone(work: &mut Work, enrolment: &Enrolment, group: Option<&Group>) -> Stored<()> {
    admissions::ordered(work, enrolment.id)?;
    let number = insert(
        work,
        "enrolment_order",
        work.today(),
        &About { enrolment: Some(enrolment.id), ..About::default() },
    )?
    .1;
    let today = work.today();
    let data = enrolment_data(work, &number, today, group, &[enrolment])?;
    want(
        work,
        &Wanted {
            title: "Приказ о зачислении",
            number: &number.text,
            person: Some(enrolment.person),
            enrolment: Some(enrolment.id),
            group: enrolment.group,
            ..Wanted::of("enrolment_order", &data)
        },
    )?;
    Ok(())
}

/// A dated group: one order, dated with the start, and an extract for each of its people.
pub(crate) fn of_group(work: &mut Work, id: Uuid) -> Stored<()> {
    let group = Group::find(work, id)?;
    let mut everybody = Enrolment::all_of_group(work, id)?;
    // Whoever came from another group that had begun has been ordered there.
    everybody.retain(|one| one.state == State::Active && !one.ordered);
    if everybody.is_empty() {
        return Ok(());
    }
    // A server that was down on that morning orders later, still dated with the start; a group whose people came after its
    // first day is dated with their coming.
    let day = everybody.iter().map(|one| one.starts).max().unwrap_or(group.starts);
    let number = insert(work, "enrolment_order", day, &About { group: Some(id), ..About::default() })?.1;
    let whole = enrolment_data(work, &number, day, Some(&group), &everybody.iter().collect::<Vec<_>>())?;
    want(
        work,
        &Wanted {
            title: "Приказ о зачислении группы",
            number: &number.text,
            group: Some(id),
            ..Wanted::of("enrolment_order", &whole)
        },
    )?;
    for one in &everybody {
        admissions::ordered(work, one.id)?;
        let mut extract = enrolment_data(work, &number, day, Some(&group), &[one])?;
        (extract["extract"], extract["verified"]) = (true.into(), verified(work)?);
        want(
            work,
            &Wanted {
                title: "Выписка из приказа о зачислении",
                number: &number.text,
                person: Some(one.person),
                enrolment: Some(one.id),
                group: Some(id),
                ..Wanted::of("enrolment_extract", &extract)
            },
        )?;
    }
    Ok(())
}

/// A learner who moved: ordered to the other group if an order had already enrolled him or her; where the new group has begun, whoever was
/// never ordered is ordered now.
pub(crate) fn of_transfer(work: &mut Work, fact: &Transferred) -> Stored<()> {
    let (enrolment, group) = (Enrolment::find(work, fact.enrolment)?, Group::find(work, fact.to)?);
    if enrolment.ordered {
        return crate::learner_order::of_transfer(work, fact);
    }
    if group.started { alone(work, &enrolment, Some(&group)) } else { Ok(()) }
}

/// Who certifies an extract.
pub(crate) fn verified(work: &mut Work) -> Stored<Value> {
    let centre = Centre::load(work)?;
    Ok(signatory(&centre.secretary.post, &centre.secretary.short_name))
}

fn enrolment_data(
    work: &mut Work,
    number: &Number,
    day: Day,
    group: Option<&Group>,
    enrolments: &[&Enrolment],
) -> Stored<Value> {
    let first = enrolments.first().ok_or_else(|| Fault::data("an order without people"))?;
    let (content, centre) = (first.programme(work)?.content, Centre::load(work)?);
    let basis = match group {
        Some(group) if !group.grounds.is_empty() => group.grounds.clone(),
        Some(_) if enrolments.len() > 1 => "заявления слушателей".to_owned(),
        _ => format!("заявление слушателя от {}", day.in_words()),
    };
    let mut learners = Vec::new();
    for (n, one) in enrolments.iter().enumerate() {
        let person = Person::find(work, one.person)?;
        learners.push(json!({
            "n": n + 1, "full_name": person.name.to_string(),
            "full_name_accusative": in_case(work, one.person, Case::Accusative)?,
        }));
    }
    Ok(json!({
        "number": number.text, "date": day.in_words(), "city": centre.city, "place": centre.place,
        "centre": centre_data(&centre), "programme": programme_data(&content), "basis": basis,
        "group": group.map(|group| group.name.as_str()),
        "starts": enrolments.iter().map(|one| one.starts).min().unwrap_or(day).in_words(), "ends": first.ends.in_words(), "learners": learners,
        "signatory": head(&centre, day), "signed_note": UNSIGNED,
    }))
}

/// A learner of an order of completion: as the template wants, in the order's own sequence.
pub(crate) struct Completed {
    pub enrolment: Enrolment,
    pub person: Person,
    /// Filled when a certificate is issued.
    pub register_number: Option<String>,
    /// The document is issued together with a diploma that is still to come.
    pub waits: bool,
}

/// Numbers the order of completion; its paper follows when the certificates have their numbers.
pub(crate) fn number_completion(work: &mut Work, protocol: Uuid) -> Stored<(Uuid, Number)> {
    insert(work, "completion_order", work.today(), &About { protocol: Some(protocol), ..About::default() })
}

pub(crate) fn print_completion(
    work: &mut Work,
    number: &Number,
    protocol: (&str, &str),
    content: &programmes::Content,
    completed: &[Completed],
    group: Option<&Group>,
) -> Stored<()> {
    let centre = Centre::load(work)?;
    let mut learners = Vec::new();
    for (n, one) in completed.iter().enumerate() {
        learners.push(json!({
            "n": n + 1, "full_name": one.person.name.to_string(),
            "full_name_accusative": in_case(work, one.enrolment.person, Case::Accusative)?,
            "document": if one.waits { format!("{}, одновременно с документом об образовании", content.kind.document()) } else { content.kind.document().to_owned() },
            "register_number": one.register_number,
        }));
    }
    let starts = completed.iter().map(|one| one.enrolment.starts).min().unwrap_or(work.today());
    let (today, (protocol, protocol_title)) = (work.today(), protocol);
    let data = json!({
        "number": number.text, "date": today.in_words(), "city": centre.city, "place": centre.place,
        "centre": centre_data(&centre), "programme": programme_data(content),
        "starts": starts.in_words(), "ends": today.in_words(),
        "protocol": { "number": protocol, "date": today.in_words(), "title": protocol_title },
        "learners": learners, "signatory": head(&centre, today),
        "group": group.map(|group| group.name.as_str()),
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
            group: group.map(|group| group.id),
            ..Wanted::of("completion_order", &data)
        },
    )?;
    Ok(())
}

/// What an order is about.
#[derive(Default)]
pub(crate) struct About {
    pub enrolment: Option<Uuid>,
    pub protocol: Option<Uuid>,
    pub group: Option<Uuid>,
}

/// Numbers an order dated with `day`; gives its id and number.
pub(crate) fn insert(work: &mut Work, kind: &'static str, day: Day, about: &About) -> Stored<(Uuid, Number)> {
    let (id, number, now) = (Uuid::now_v7(), number::next_on(work, kind, day)?, work.now());
    work.run(
        "insert into official_order (id, kind, year, seq, number, dated_on, enrolment, protocol, study_group, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        values![
            id,
            kind,
            number.year,
            number.seq,
            &number.text,
            day,
            about.enrolment,
            about.protocol,
            about.group,
            now
        ],
    )?;
    work.note_with("order.made", id, Some(&number.text))?;
    Ok((id, number))
}
