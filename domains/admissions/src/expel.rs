//! Expulsion before the end of study (domain reference 2.5): an order and a reference follow.
use accounts::Visit;
use accounts::frame::Frame;
use accounts::person::Person;
use axum::extract::Path;
use maud::{Markup, html};
use programmes::Version;
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};
use words::Day;

use crate::enrolment::{Enrolment, State, Why};

pub(crate) const SECTION: Frame = Frame::Office("/learners");

/// Somebody has been expelled.
pub struct Expelled {
    pub enrolment: Uuid,
    pub on: Day,
    pub why: Why,
    /// «заявление от 20.11.2026»
    pub grounds: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    why: String,
    on: String,
    grounds: String,
}

impl Form {
    fn check(&self, enrolment: &Enrolment, today: Day) -> Result<(Why, Day, String), Messages> {
        let mut said = Messages::none();
        let why = Why::parse(&self.why);
        if why.is_none() {
            said.say("why", "Причина: выберите");
        }
        let on = said.take("on", Day::parse(&self.on));
        let least = enrolment.starts.min(today);
        if on.is_some_and(|on| on < least || on > today) {
            let sentence = format!("День отчисления: с {} по сегодня", least.dotted());
            said.say("on", sentence);
        }
        let grounds = said.text("grounds", &self.grounds, "Основание", 200);
        match (why, on, grounds) {
            (Some(why), Some(on), Some(grounds)) if said.is_empty() => Ok((why, on, grounds)),
            _ => Err(said),
        }
    }
}

/// A study that still goes on, with its learner: what can be ended or made longer.
pub(crate) fn going_on(db: &mut Db, id: Uuid) -> Stored<(Enrolment, Person, Version)> {
    let enrolment = Enrolment::find(db, id)?;
    if enrolment.state != State::Active {
        return Err(Fault::Missing);
    }
    let (person, version) = (Person::find(db, enrolment.person)?, enrolment.programme(db)?);
    Ok((enrolment, person, version))
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let study = visit.read(move |db| going_on(db, id)).await?;
    let form = Form { on: visit.today().dotted(), ..Form::default() };
    visit.page("Отчисление", SECTION, page(&study, &form, &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    // Expelled by somebody else a moment ago, perhaps: the learner's page says so.
    let enrolment = visit.read(move |db| Enrolment::find(db, id)).await?;
    let learner = format!("/learners/{}", enrolment.person);
    match form.check(&enrolment, visit.today()) {
        Ok((why, on, grounds)) => {
            visit.write(move |work| expel(work, id, why, on, &grounds)).await?;
            Ok(see_other(&learner))
        }
        Err(said) => {
            let study = visit.read(move |db| going_on(db, id)).await?;
            visit.again("Отчисление", SECTION, page(&study, &form, &said))
        }
    }
}

/// Ends study. Expelling twice is expelling once. Whoever is taken off the list before the start was never ordered, so no
/// order takes that back.
fn expel(work: &mut Work, id: Uuid, why: Why, on: Day, grounds: &str) -> Stored<()> {
    let ended = work.run(
        "update enrolment set state = 'expelled', expelled_on = ?2, expelled_why = ?3 where id = ?1 and state = 'active'",
        values![id, on, why.code()],
    )?;
    if ended == 0 {
        return Ok(());
    }
    work.note_with("enrolment.expelled", id, Some(why.code()))?;
    let enrolment = Enrolment::find(work, id)?;
    if !enrolment.ordered {
        return Ok(());
    }
    work.tell(Expelled { enrolment: id, on, why, grounds: grounds.to_owned() })?;
    let (person, content) = (Person::find(work, enrolment.person)?, enrolment.programme(work)?.content);
    let words = format!(
        "С {} обучение по программе «{}» прекращено {}. Приказ и справка об обучении — в вашем кабинете, в разделе \
         «Документы».\n\nЕсли это ошибка, ответьте на это письмо.",
        on.in_words(),
        content.title,
        why.russian()
    );
    person.write(work, format!("Обучение прекращено: {}", content.title), &words)
}

fn page((enrolment, person, version): &(Enrolment, Person, Version), form: &Form, said: &Messages) -> Markup {
    let reasons: Vec<_> = Why::ALL.iter().map(|why| (why.code(), capitalised(why.russian()))).collect();
    let reasons: Vec<_> = reasons.iter().map(|(code, words)| (*code, words.as_str())).collect();
    html! {
        main.dash #main {
            p.crumb { a href={ "/learners/" (enrolment.person) } { (person.name) } }
            div.dash-head { h1 { "Отчисление" } }
            dl.key-facts.mt-5 {
                dt { "Программа" } dd { (version.content.title) }
                dt { "Учится с" } dd { (enrolment.starts.in_words()) }
            }
            (parts::summary(said))
            (parts::form(&format!("/enrolments/{}/expulsion", enrolment.id), "form mt-5", &html! {
                (parts::choices("why", "Причина", &reasons, &form.why, said))
                (parts::field("on", "День отчисления", &form.on).longest(10).told(said))
                (parts::field("grounds", "Основание", &form.grounds).told(said).tip("Например, «заявление слушателя от 20.11.2026»"))
                p.small.muted { "Доступ закроется сразу. Приказ и справку об обучении система подготовит сама; если обучение ещё не началось, человек просто уйдёт из списка." }
                div { (parts::submit("Отчислить")) }
            }))
        }
    }
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
