//! Orders about one learner: expulsion, a longer term, another group, another name (domain reference 2.5).
use accounts::in_case;
use accounts::person::{NewName, Person, Renamed};
use admissions::{Enrolment, Erased, Expelled, Extended, Group, State, Transferred};
use regulations::Centre;
use serde_json::json;
use store::{Stored, Work};
use uuid::Uuid;
use words::Case;

use crate::number::Number;
use crate::order::{About, insert};
use crate::paper::{Wanted, centre_data, head, want};
use crate::reference;

/// An order about one learner.
struct Order<'a> {
    kind: &'static str,
    title: &'static str,
    /// «Об отчислении слушателя»
    heading: &'static str,
    clauses: Vec<String>,
    /// Name and value, under the first clause.
    facts: Vec<(&'static str, String)>,
    grounds: &'a str,
    person: Uuid,
    enrolment: Option<Uuid>,
}

/// Numbers the order and wants its paper; gives its id and number.
fn order(work: &mut Work, about: &Order) -> Stored<(Uuid, Number)> {
    let centre = Centre::load(work)?;
    let (id, number) =
        insert(work, about.kind, work.today(), &About { enrolment: about.enrolment, ..About::default() })?;
    let mut facts = about.facts.clone();
    facts.push(("Место образовательной деятельности", centre.place.clone()));
    let data = json!({
        "number": number.text, "date": work.today().in_words(), "city": centre.city, "place": centre.place,
        "centre": centre_data(&centre), "heading": about.heading, "clauses": about.clauses, "facts": facts,
        "basis": about.grounds, "signatory": head(&centre, work.today()),
    });
    want(
        work,
        &Wanted {
            title: about.title,
            number: &number.text,
            person: Some(about.person),
            enrolment: about.enrolment,
            ..Wanted::of(about.kind, &data)
        },
    )?;
    Ok((id, number))
}

/// Orders the expulsion and issues the reference.
pub(crate) fn of_expulsion(work: &mut Work, fact: &Expelled) -> Stored<()> {
    let enrolment = Enrolment::find(work, fact.enrolment)?;
    let person = Person::find(work, enrolment.person)?;
    let content = enrolment.programme(work)?.content;
    let name = in_case(work, enrolment.person, Case::Accusative)?;
    let (id, number) = order(
        work,
        &Order {
            kind: "expulsion_order",
            title: "Приказ об отчислении",
            heading: "Об отчислении слушателя",
            clauses: vec![
                format!("Отчислить {name} с {} {}.", fact.on.in_words(), fact.why.russian()),
                "Выдать справку об обучении.".to_owned(),
            ],
            facts: vec![
                ("Программа", format!("«{}»", content.title)),
                ("Вид программы", content.kind.in_orders().to_owned()),
                ("Объём", content.hours_in_words()),
                ("Обучение начато", enrolment.starts.in_words()),
            ],
            grounds: &fact.grounds,
            person: enrolment.person,
            enrolment: Some(enrolment.id),
        },
    )?;
    reference::issue(work, &enrolment, &person, &content, fact, (id, &number.text))
}

pub(crate) fn of_erasure(work: &mut Work, fact: &Erased) -> Stored<()> {
    let name = in_case(work, fact.person, Case::Genitive)?;
    order(
        work,
        &Order {
            kind: "erasure_order",
            title: "Приказ об уничтожении персональных данных",
            heading: "Об уничтожении персональных данных",
            clauses: vec![
                format!("Уничтожить персональные данные {name}, обрабатывать которые больше нет оснований."),
                "Считать этот приказ актом об уничтожении: данные стёрты в информационной системе в день приказа.".to_owned(),
            ],
            facts: vec![
                ("Уничтожено", "телефон, почта, адрес и паспорт в анкете, копии документов, вход в личный кабинет".to_owned()),
                ("Хранится по закону", "имя, дата рождения, СНИЛС, образование, личное дело, приказы, протоколы, выданные документы".to_owned()),
            ],
            grounds: &fact.grounds,
            person: fact.person,
            enrolment: None,
        },
    )?;
    Ok(())
}

pub(crate) fn of_transfer(work: &mut Work, fact: &Transferred) -> Stored<()> {
    let enrolment = Enrolment::find(work, fact.enrolment)?;
    let content = enrolment.programme(work)?.content;
    let name = in_case(work, enrolment.person, Case::Accusative)?;
    let to = Group::find(work, fact.to)?;
    let from = fact.from.map(|group| Group::find(work, group)).transpose()?;
    let from = from.map(|group| format!(" из группы «{}»", group.name)).unwrap_or_default();
    order(
        work,
        &Order {
            kind: "transfer_order",
            title: "Приказ о переводе в другую группу",
            heading: "О переводе слушателя в другую группу",
            clauses: vec![format!(
                "Перевести {name}{from} в группу «{}» с {}",
                to.name,
                work.today().in_words()
            )],
            facts: vec![
                ("Программа", format!("«{}»", content.title)),
                ("Вид программы", content.kind.in_orders().to_owned()),
                ("Срок обучения", format!("{} – {}", enrolment.starts.in_words(), enrolment.ends.in_words())),
            ],
            grounds: &fact.grounds,
            person: enrolment.person,
            enrolment: Some(enrolment.id),
        },
    )?;
    Ok(())
}

pub(crate) fn of_extension(work: &mut Work, fact: &Extended) -> Stored<()> {
    let enrolment = Enrolment::find(work, fact.enrolment)?;
    let content = enrolment.programme(work)?.content;
    let name = in_case(work, enrolment.person, Case::Dative)?;
    order(
        work,
        &Order {
            kind: "extension_order",
            title: "Приказ о продлении обучения",
            heading: "О продлении срока обучения",
            clauses: vec![format!("Продлить {name} срок обучения до {}", enrolment.ends.in_words())],
            facts: vec![
                ("Программа", format!("«{}»", content.title)),
                ("Вид программы", content.kind.in_orders().to_owned()),
                ("Объём", content.hours_in_words()),
                ("Прежний срок", format!("с {} по {}", enrolment.starts.in_words(), fact.before.in_words())),
            ],
            grounds: &fact.grounds,
            person: enrolment.person,
            enrolment: Some(enrolment.id),
        },
    )?;
    Ok(())
}

/// A change of name by document is ordered while the person studies; a mistake put right is not.
pub(crate) fn of_name(work: &mut Work, fact: &Renamed) -> Stored<()> {
    let studies = Enrolment::all_of(work, fact.person)?.iter().any(|one| one.state == State::Active);
    if fact.why == NewName::Typo || !studies {
        return Ok(());
    }
    let person = Person::find(work, fact.person)?;
    let before = &fact.before_accusative;
    let now = in_case(work, fact.person, Case::Instrumental)?;
    let listed = person.sex.agree("числящуюся слушательницей", "числящегося слушателем");
    order(
        work,
        &Order {
            kind: "name_order",
            title: "Приказ о перемене имени",
            heading: "О внесении изменений в личные данные слушателя",
            clauses: vec![
                format!("Считать {before}, {listed}, {now}."),
                "Внести изменения в личное дело и учётные данные.".to_owned(),
            ],
            facts: Vec::new(),
            grounds: &fact.grounds,
            person: fact.person,
            enrolment: None,
        },
    )?;
    Ok(())
}
