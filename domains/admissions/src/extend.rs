//! A longer term of study (domain reference 2.5): an order follows.
use accounts::Visit;
use accounts::person::Person;
use axum::extract::Path;
use maud::{Markup, html};
use programmes::Version;
use serde::Deserialize;
use store::{Stored, Work, values};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};
use words::Day;

use crate::enrolment::Enrolment;
use crate::expel::{SECTION, going_on};

/// The longest that a term may be moved at once, in days.
const LONGEST: i64 = 366;

/// Somebody may study longer.
pub struct Extended {
    pub enrolment: Uuid,
    pub before: Day,
    /// «болезнь, заявление от 20.11.2026»
    pub grounds: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    until: String,
    grounds: String,
}

impl Form {
    /// What can be told without looking at the study: a day, and what the extension rests on.
    fn check(&self) -> Result<(Day, String), Messages> {
        let mut said = Messages::none();
        let until = said.take("until", Day::parse(&self.until));
        let grounds = said.text("grounds", &self.grounds, "Основание", 200);
        until.zip(grounds).filter(|_| said.is_empty()).ok_or(said)
    }
}

/// Why study cannot be prolonged until this day, if it cannot.
fn refusal(enrolment: &Enrolment, until: Day, today: Day) -> Option<String> {
    let (least, most) = (enrolment.ends.max(today.plus(-1)).plus(1), enrolment.ends.max(today).plus(LONGEST));
    (until < least || until > most)
        .then(|| format!("Новый последний день: с {} по {}", least.dotted(), most.dotted()))
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let study = visit.read(move |db| going_on(db, id)).await?;
    let form = Form { until: study.0.ends.max(visit.today()).plus(30).dotted(), ..Form::default() };
    visit.page("Продление", SECTION, page(&study, &form, &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, key }: Posted<Form>) -> Reply {
    let study = visit.read(move |db| going_on(db, id)).await?;
    let said = match form.check() {
        Err(said) => said,
        // Decided where it is kept: another may have prolonged it since the page was opened.
        Ok((until, grounds)) => {
            let refused =
                visit.write(move |work| work.once(key, |work| extend(work, id, until, &grounds))).await?;
            match refused {
                None => return Ok(see_other(&format!("/learners/{}", study.0.person))),
                Some(sentence) => Messages::one("until", sentence),
            }
        }
    };
    visit.again("Продление", SECTION, page(&study, &form, &said))
}

/// Prolongs, or says why not.
fn extend(work: &mut Work, id: Uuid, until: Day, grounds: &str) -> Stored<Option<String>> {
    let (enrolment, person, version) = going_on(work, id)?;
    let today = work.today();
    if let Some(sentence) = refusal(&enrolment, until, today) {
        return Ok(Some(sentence));
    }
    work.run("update enrolment set ends_on = ?2 where id = ?1", values![id, until])?;
    work.note_with("enrolment.extended", id, Some(&until.to_string()))?;
    work.tell(Extended { enrolment: id, before: enrolment.ends, grounds: grounds.to_owned() })?;
    let opened = if enrolment.ends < today {
        " Материалы и тренировка снова открыты."
    } else {
        ""
    };
    let title = &version.content.title;
    let words = format!("Срок обучения по программе «{title}» продлён до {}{opened}", until.in_words());
    person.write(work, format!("Срок обучения продлён: {title}"), &words)?;
    Ok(None)
}

fn page((enrolment, person, version): &(Enrolment, Person, Version), form: &Form, said: &Messages) -> Markup {
    html! {
        main.dash #main {
            p.crumb { a href={ "/learners/" (enrolment.person) } { (person.name) } }
            div.dash-head { h1 { "Продление" } }
            dl.key-facts.mt-5 {
                dt { "Программа" } dd { (version.content.title) }
                dt { "Доступ до" } dd { (enrolment.ends.in_words()) }
            }
            (parts::summary(said))
            (parts::form(&format!("/enrolments/{}/extension", enrolment.id), "form mt-5", &html! {
                (parts::field("until", "Новый последний день", &form.until).longest(10).told(said))
                (parts::field("grounds", "Основание", &form.grounds).told(said).tip("Например, «болезнь, заявление от 20.11.2026»"))
                div { (parts::submit("Продлить")) }
            }))
        }
    }
}
