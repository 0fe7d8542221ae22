//! Another name: a change by document, or a mistake put right (domain reference 2.5, 2.8).
use accounts::Visit;
use accounts::person::{NewName, Person, rename};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};
use words::FullName;

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
        let name = said.take("family", FullName::parse(&self.family, &self.given, &self.patronymic));
        let why = NewName::parse(&self.why);
        let grounds = match why {
            None => {
                said.say("why", "Почему: выберите");
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

/// Only who has been enrolled: the names of the staff are not changed here.
async fn learner(visit: &Visit, id: Uuid) -> Result<Person, web::Failure> {
    visit
        .read(move |db| {
            if Enrolment::all_of(db, id)?.is_empty() {
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
    visit.page("Имя", SECTION, page(id, &person, &form, &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let person = learner(&visit, id).await?;
    match form.check() {
        Ok((name, why, grounds)) => {
            visit.write(move |work| rename(work, id, &name, why, &grounds)).await?;
            Ok(see_other(&format!("/learners/{id}")))
        }
        Err(said) => visit.again("Имя", SECTION, page(id, &person, &form, &said)),
    }
}

fn page(id: Uuid, person: &Person, form: &Form, said: &Messages) -> Markup {
    let field = |name, label, value| parts::field(name, label, value).longest(50).told(said);
    html! {
        main.dash #main {
            p.crumb { a href={ "/learners/" (id) } { (person.name) } }
            div.dash-head { h1 { "Имя" } }
            (parts::summary(said))
            (parts::form(&format!("/learners/{id}/name"), "form", &html! {
                (field("family", "Фамилия", &form.family))
                div.pair { (field("given", "Имя", &form.given)) (field("patronymic", "Отчество", &form.patronymic).optional()) }
                (parts::choices("why", "Почему", &NewName::ALL, &form.why, said))
                (parts::field("grounds", "Документ о перемене имени", &form.grounds).told(said).optional().tip("Для приказа: «свидетельство о заключении брака III-МЮ № 123456 от 01.11.2026»"))
                p.small.muted { "Выданные документы останутся с прежним именем, пока вы их не замените." }
                div { (parts::submit("Сохранить")) }
            }))
        }
    }
}
