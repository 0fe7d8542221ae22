//! Another name: a change by document, or a mistake put right (domain reference 2.5, 2.8).
use accounts::Visit;
use accounts::person::{NewName, Person, is_staff, rename};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};
use words::FullName;

use crate::customer::name_of;
use crate::enrolment::Enrolment;
use crate::expel::SECTION;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    family: String,
    given: String,
    patronymic: String,
    why: String,
    grounds: String,
}

impl Form {
    fn check(&self) -> Result<(FullName, NewName, String), Messages> {
        let mut said = Messages::none();
        let name = name_of(&mut said, &self.family, &self.given, &self.patronymic);
        let why = NewName::parse(&self.why);
        let grounds = match why {
            None => {
                said.say("why", "Причина: выберите");
                None
            }
            Some(NewName::Typo) => Some(self.grounds.trim().chars().take(200).collect()),
            Some(NewName::Change) => said.text("grounds", &self.grounds, "Документ о перемене имени", 200),
        };
        match (name, why, grounds) {
            (Some(name), Some(why), Some(grounds)) if said.is_empty() => Ok((name, why, grounds)),
            _ => Err(said),
        }
    }
}

/// Whoever has been enrolled and does not work here: those who manage the staff answer for its names.
pub(crate) async fn learner(visit: &Visit, id: Uuid) -> Result<Person, web::Failure> {
    visit
        .read(move |db| {
            if Enrolment::all_of(db, id)?.is_empty() || is_staff(db, id)? {
                return Err(store::Fault::Missing);
            }
            Person::find(db, id)
        })
        .await
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let person = learner(&visit, id).await?;
    let form = Form {
        family: person.name.family.clone(),
        given: person.name.given.clone(),
        patronymic: person.name.patronymic.clone().unwrap_or_default(),
        ..Form::default()
    };
    visit.page("Изменение имени", SECTION, page(id, &person, &form, &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let person = learner(&visit, id).await?;
    match form.check() {
        Ok((name, ..)) if name == person.name => {
            let said = Messages::one("family", "Имя осталось прежним: измените его или вернитесь назад");
            visit.again("Изменение имени", SECTION, page(id, &person, &form, &said))
        }
        Ok((name, why, grounds)) => {
            visit.write(move |work| rename(work, id, &name, why, &grounds)).await?;
            Ok(see_other(&format!("/learners/{id}")))
        }
        Err(said) => visit.again("Изменение имени", SECTION, page(id, &person, &form, &said)),
    }
}

fn page(id: Uuid, person: &Person, form: &Form, said: &Messages) -> Markup {
    let field = |name, label, value| parts::field(name, label, value).longest(50).told(said);
    html! {
        main.dash #main {
            p.crumb { a href={ "/learners/" (id) } { (person.name) } }
            div.dash-head { h1 { "Изменение имени" } a.btn href={ "/learners/" (id) "/name/cases" } { "Падежи" } }
            (parts::summary(said))
            (parts::form(&format!("/learners/{id}/name"), "form", &html! {
                (field("family", "Фамилия", &form.family))
                div.pair { (field("given", "Имя", &form.given)) (field("patronymic", "Отчество", &form.patronymic).optional()) }
                (parts::choices("why", "Причина", &NewName::ALL, &form.why, said))
                (parts::field("grounds", "Документ о перемене имени", &form.grounds).told(said).tip("Нужен, если имя сменилось: «свидетельство о заключении брака III-МЮ № 123456 от 01.11.2026»"))
                p.small.muted { "Выданные документы останутся с прежним именем, пока вы их не замените." }
                div { (parts::submit("Сохранить")) }
            }))
        }
    }
}
