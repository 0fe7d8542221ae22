//! Personal data that nothing keeps any longer is destroyed at a person's request (domain reference 8): by order, with what law keeps
//! named. An application that came to nothing goes whole.
use accounts::Visit;
use accounts::person::{Person, forget_contacts, is_staff};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Failure, Messages, Posted, Reply, parts, see_other};

use crate::application::Application;
use crate::copies::Attached;
use crate::enrolment::{Enrolment, State};
use crate::expel::SECTION;

/// A learner's contacts and copies are destroyed.
pub struct Erased {
    pub person: Uuid,
    /// «заявление от 20.11.2026»
    pub grounds: String,
}

/// Whoever studied here, studies no longer and does not work here.
fn former(db: &mut Db, id: Uuid) -> Stored<Person> {
    let enrolments = Enrolment::all_of(db, id)?;
    let studies = enrolments.iter().any(|one| one.state == State::Active);
    if enrolments.is_empty() || studies || is_staff(db, id)? {
        return Err(Fault::Missing);
    }
    Person::find(db, id)
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    grounds: String,
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let person = visit.read(move |db| former(db, id)).await?;
    visit.page("Уничтожение данных", SECTION, page(id, &person, "", &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, key }: Posted<Form>) -> Reply {
    let person = visit.read(move |db| former(db, id)).await?;
    let mut said = Messages::none();
    let Some(grounds) = said.text("grounds", &form.grounds, "Основание", 200) else {
        return visit.again("Уничтожение данных", SECTION, page(id, &person, &form.grounds, &said));
    };
    let files = visit.write(move |work| work.once(key, |work| erase(work, id, &grounds))).await?;
    for file in files.iter().filter_map(|file| files::Hash::parse(file)) {
        visit.house.files.remove_sealed(file).await.map_err(Failure::broken)?;
    }
    Ok(see_other(&format!("/learners/{id}")))
}

/// Destroys what is kept for reaching the person, and the copies of documents; gives the files that went with them.
fn erase(work: &mut Work, id: Uuid, grounds: &str) -> Stored<Vec<String>> {
    former(work, id)?;
    forget_contacts(work, id)?;
    let mut files = Vec::new();
    for enrolment in Enrolment::all_of(work, id)? {
        let (application, sealed): (Uuid, String) = work.one(
            "select a.id, a.data from application a join enrolment e on e.application = a.id where e.id = ?1",
            values![enrolment.id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let mut data: Application = work.unseal(&sealed)?;
        for field in [&mut data.phone, &mut data.email, &mut data.address, &mut data.passport] {
            field.clear();
        }
        let (data, now) = (work.seal(&data)?, work.now());
        work.run(
            "update application set data = ?2, email_folded = '', changed_at = ?3 where id = ?1",
            values![application, data, now],
        )?;
        files.extend(forget_copies(work, application)?);
    }
    work.note_with("person.erased", id, Some(grounds))?;
    work.tell(Erased { person: id, grounds: grounds.to_owned() })?;
    Ok(files)
}

/// The rows stay with the mark that a copy is not kept; the files go.
fn forget_copies(work: &mut Work, application: Uuid) -> Stored<Vec<String>> {
    let now = work.now();
    let files: Vec<String> = Attached::all_of(work, application)?
        .into_iter()
        .filter_map(|copy| copy.file.map(|file| file.to_string()))
        .collect();
    work.run(
        "update application_copy set file = null, removed_at = ?2 where application = ?1 and file is not null",
        values![application, now],
    )?;
    Ok(files)
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

/// An application that came to nothing goes with all that belongs to it; one that enrolled stays in the personal file.
pub(crate) async fn remove(visit: Visit, Path(id): Path<Uuid>, Posted { .. }: Posted<Nothing>) -> Reply {
    let files = visit
        .write(move |work| {
            let state: String =
                work.one("select state from application where id = ?1", values![id], |row| row.get(0))?;
            if state == "enrolled" {
                return Err(Fault::Missing);
            }
            let files = forget_copies(work, id)?;
            work.run("update incoming set application = null where application = ?1", values![id])?;
            work.run("delete from application_copy where application = ?1", values![id])?;
            work.run("delete from agreement where application = ?1", values![id])?;
            work.run("delete from application where id = ?1", values![id])?;
            work.note("application.removed", id)?;
            Ok(files)
        })
        .await?;
    for file in files.iter().filter_map(|file| files::Hash::parse(file)) {
        visit.house.files.remove_sealed(file).await.map_err(Failure::broken)?;
    }
    Ok(see_other("/applications"))
}

fn page(id: Uuid, person: &Person, grounds: &str, said: &Messages) -> Markup {
    html! {
        main.dash #main {
            p.crumb { a href={ "/learners/" (id) } { (person.name) } }
            div.dash-head { h1 { "Уничтожение данных" } }
            p { "По приказу будут уничтожены: телефон, почта, адрес и паспорт в анкете, копии документов, снимки перед аттестацией, вход в кабинет." }
            p.mt-3 { "Останется то, что хранить велит закон: имя, дата рождения, СНИЛС, образование, личное дело с заявлением и согласиями, приказы, протоколы, выданные документы и книга регистрации." }
            (parts::summary(said))
            (parts::form(&format!("/learners/{id}/erasure"), "form mt-5", &html! {
                (parts::field("grounds", "Основание", grounds).longest(200).told(said).tip("Например, «заявление от 20.11.2026»"))
                p.small.muted { "Вернуть данные будет нельзя." }
                div { (parts::submit("Уничтожить")) }
            }))
        }
    }
}
