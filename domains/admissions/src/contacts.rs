//! A mistake in how a learner is reached or known: telephone, e-mail with the way in, birthday, СНИЛС (domain reference 2.2: a registry
//! takes no wrong digit).
use accounts::Visit;
use accounts::person::{Known, Person, correct, with_login};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Stored, Work};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};
use words::{Day, Email, Phone, Snils};

use crate::expel::SECTION;
use crate::rename::learner;

const TITLE: &str = "Исправление данных";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    phone: String,
    email: String,
    birthday: String,
    snils: String,
}

impl Form {
    fn of(person: &Person) -> Self {
        let text = |value: Option<String>| value.unwrap_or_default();
        Self {
            phone: text(person.phone.as_ref().map(Phone::to_string)),
            email: text(person.email.as_ref().map(|email| email.as_str().to_owned())),
            birthday: text(person.birthday.map(Day::dotted)),
            snils: text(person.snils.as_ref().map(Snils::to_string)),
        }
    }

    /// What was known may be corrected, never emptied, but for an e-mail address: not everybody has one.
    fn check(&self, before: &Person, today: Day) -> Result<Known, Messages> {
        let mut said = Messages::none();
        let empty = |text: &str| text.trim().is_empty();
        let phone = match &before.phone {
            None if empty(&self.phone) => None,
            _ => said.take("phone", Phone::parse(&self.phone)),
        };
        let email = if empty(&self.email) { None } else { said.take("email", Email::parse(&self.email)) };
        let birthday = match before.birthday {
            None if empty(&self.birthday) => None,
            _ => said.take("birthday", Day::parse(&self.birthday)),
        };
        if birthday.is_some_and(|day| day >= today) {
            said.say("birthday", "Дата рождения: раньше сегодняшнего дня");
        }
        let snils = match &before.snils {
            None if empty(&self.snils) => None,
            _ => said.take("snils", Snils::parse(&self.snils)),
        };
        if said.is_empty() { Ok(Known { phone, email, birthday, snils }) } else { Err(said) }
    }
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let person = learner(&visit, id).await?;
    visit.page(TITLE, SECTION, page(id, &person, &Form::of(&person), &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let person = learner(&visit, id).await?;
    let known = match form.check(&person, visit.today()) {
        Ok(known) => known,
        Err(said) => return visit.again(TITLE, SECTION, page(id, &person, &form, &said)),
    };
    match visit.write(move |work| put_right(work, id, &known)).await? {
        None => Ok(see_other(&format!("/learners/{id}"))),
        Some((field, sentence)) => {
            let said = Messages::one(if field == "snils" { "snils" } else { "email" }, sentence);
            visit.again(TITLE, SECTION, page(id, &person, &form, &said))
        }
    }
}

/// Stores what has been corrected, or says which field belongs to somebody else. Whoever gets another address is told at both.
fn put_right(work: &mut Work, id: Uuid, known: &Known) -> Stored<Option<(String, String)>> {
    let before = Person::find(work, id)?;
    if let Some(snils) = &known.snils
        && Person::with_snils(work, snils)?.is_some_and(|other| other != id)
    {
        return Ok(Some(("snils".to_owned(), "СНИЛС: под ним у нас уже есть другой человек".to_owned())));
    }
    if let Some(email) = &known.email
        && with_login(work, email.as_str())?.is_some_and(|other| other != id)
    {
        return Ok(Some(("email".to_owned(), "Почта: с ней уже входит другой человек".to_owned())));
    }
    let login = correct(work, id, known)?;
    if before.email.as_ref().map(Email::as_str) == known.email.as_ref().map(Email::as_str) {
        return Ok(None);
    }
    for to in [&before.email, &known.email].into_iter().flatten() {
        post::write(
            work,
            &post::Letter {
                to: to.as_str().to_owned(),
                secret: false,
                subject: "Почта в учебном центре изменена".to_owned(),
                body: format!(
                    "Здравствуйте, {}.\n\nПочту, на которую мы пишем, изменили: {}. Логин для входа: {login}. Если вы об этом не просили, \
                     ответьте на это письмо.",
                    before.name.given,
                    known.email.as_ref().map_or("адрес убран", Email::as_str)
                ),
            },
        )?;
    }
    Ok(None)
}

fn page(id: Uuid, person: &Person, form: &Form, said: &Messages) -> Markup {
    let field = |name, label, value| parts::field(name, label, value).longest(200).told(said);
    html! {
        main.dash #main {
            p.crumb { a href={ "/learners/" (id) } { (person.name) } }
            div.dash-head { h1 { (TITLE) } }
            (parts::summary(said))
            (parts::form(&format!("/learners/{id}/contacts"), "form", &html! {
                div.pair {
                    (field("phone", "Телефон", &form.phone).kind("tel"))
                    (field("email", "Почта", &form.email).kind("email").optional().tip("Кто входил по прежней почте, будет входить по новой"))
                }
                div.pair { (field("birthday", "Дата рождения", &form.birthday)) (field("snils", "СНИЛС", &form.snils)) }
                p.small.muted { "Выданные документы и подписанное заявление останутся какими были." }
                div { (parts::submit("Сохранить")) }
            }))
        }
    }
}
