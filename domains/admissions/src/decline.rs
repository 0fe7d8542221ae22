//! A learner's name in the cases of the documents, put right by hand where the rules get it wrong (domain reference 6.2).
use accounts::person::Person;
use accounts::{CASES, Visit, decline, in_case};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::Stored;
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};

use crate::expel::SECTION;
use crate::rename::learner;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    genitive: String,
    dative: String,
    accusative: String,
    instrumental: String,
    /// The name that was declined: another one may have come meanwhile.
    name: String,
}

impl Form {
    /// In the order of [`CASES`].
    fn texts(&self) -> [&str; 4] {
        [&self.genitive, &self.dative, &self.accusative, &self.instrumental]
    }
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let person = learner(&visit, id).await?;
    let forms = visit
        .read(move |db| CASES.iter().map(|(case, ..)| in_case(db, id, *case)).collect::<Stored<Vec<_>>>())
        .await?;
    let [genitive, dative, accusative, instrumental] = forms.try_into().unwrap_or_default();
    let form = Form { genitive, dative, accusative, instrumental, name: person.name.to_string() };
    visit.page("Падежи имени", SECTION, page(id, &person, &form, &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let person = learner(&visit, id).await?;
    let mut said = Messages::none();
    for ((_, field, label), text) in CASES.into_iter().zip(form.texts()) {
        if said.text(field, text, label, 160).is_some_and(|text| !text.chars().all(stands_in_a_name)) {
            said.say(field, format!("{label}: только буквы, дефис и апостроф"));
        }
    }
    if !said.is_empty() {
        return visit.again("Падежи имени", SECTION, page(id, &person, &form, &said));
    }
    let tidy = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let forms: Vec<_> =
        CASES.into_iter().zip(form.texts()).map(|((case, ..), text)| (case, tidy(text))).collect();
    let declined = form.name.clone();
    let same_name = visit
        .write(move |work| {
            let same = Person::find(work, id)?.name.to_string() == declined;
            if same { decline(work, id, &forms).map(|()| true) } else { Ok(false) }
        })
        .await?;
    if same_name {
        return Ok(see_other(&format!("/learners/{id}")));
    }
    let said = Messages::one("genitive", "Пока вы писали, имя изменили. Откройте страницу заново");
    visit.again("Падежи имени", SECTION, page(id, &person, &form, &said))
}

fn stands_in_a_name(c: char) -> bool {
    c.is_alphabetic() || c.is_whitespace() || "-'’.".contains(c)
}

fn page(id: Uuid, person: &Person, form: &Form, said: &Messages) -> Markup {
    html! {
        main.dash #main {
            p.crumb { a href={ "/learners/" (id) "/name" } { "Изменение имени" } }
            div.dash-head { h1 { "Падежи имени" } }
            p.muted { (person.name) ". Так имя стоит в приказах и заявлении. Что просклонялось неверно, исправьте: неподписанные приказы и выписки из них напечатаются заново, подписанные останутся как есть." }
            (parts::summary(said))
            (parts::form(&format!("/learners/{id}/name/cases"), "form mt-5", &html! {
                input type="hidden" name="name" value=(form.name);
                @for ((_, field, label), text) in CASES.into_iter().zip(form.texts()) {
                    (parts::field(field, label, text).longest(160).told(said))
                }
                div { (parts::submit("Сохранить")) }
            }))
        }
    }
}
