//! An attempt is annulled: somebody else sat it, the power went, the room was noisy. By an act with a reason; a mark itself nobody changes
//! (п. 2.1).
use accounts::Visit;
use accounts::frame::Frame;
use accounts::person::Person;
use admissions::{Enrolment, State};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use trainer::Attempt;
use uuid::Uuid;
use web::parts::Tone;
use web::{Messages, Posted, Reply, parts, see_other};
use words::FullName;

use crate::{Annulled, identities};

const SECTION: Frame = Frame::Office("/results");
const LONGEST: usize = 1000;

/// A finished attempt, whose it is, and why it cannot be annulled, where it cannot.
struct Found {
    attempt: Attempt,
    name: FullName,
    refusal: Option<&'static str>,
}

fn find(db: &mut Db, id: Uuid) -> Stored<Found> {
    let attempt = Attempt::find(db, id)?;
    if !attempt.mode.counts() || attempt.finished.is_none() {
        return Err(Fault::Missing);
    }
    let enrolment = Enrolment::find(db, attempt.enrolment)?;
    let refusal = match () {
        () if attempt.annulled.is_some() => Some("Попытка уже аннулирована."),
        () if attempt.passed == Some(true) && enrolment.state == State::Completed => {
            Some("По этой попытке выдан документ: обучение завершено, и аннулировать её здесь уже нельзя.")
        }
        () => None,
    };
    Ok(Found { name: Person::find(db, attempt.person)?.name, attempt, refusal })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    reason: String,
    /// `back`: the attempt is not used up; `used`: it is.
    given: String,
}

const GIVEN: [(&str, &str); 2] =
    [("back", "Попытку вернуть: слушатель не виноват"), ("used", "Попытку не возвращать: она потрачена")];

pub(crate) async fn ask(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let found = visit.read(move |db| find(db, id)).await?;
    visit.page("Аннулирование", SECTION, page(&visit, &found, &Form::default(), &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let by = visit.person()?;
    let mut said = Messages::none();
    let reason = said.text("reason", &form.reason, "Причина", LONGEST);
    let given = GIVEN.iter().map(|(code, _)| *code).find(|code| *code == form.given);
    if given.is_none() {
        said.say("given", "Попытка: выберите");
    }
    let (Some(reason), Some(given)) = (reason, given) else {
        let found = visit.read(move |db| find(db, id)).await?;
        return visit.again("Аннулирование", SECTION, page(&visit, &found, &form, &said));
    };
    visit.write(move |work| annul(work, id, &reason, given == "back", by)).await?;
    Ok(see_other(&format!("/results/{id}")))
}

/// Annulling twice is annulling once.
pub(crate) fn annul(work: &mut Work, id: Uuid, reason: &str, given_back: bool, by: Uuid) -> Stored<()> {
    let Found { attempt, refusal: None, .. } = find(work, id)? else { return Ok(()) };
    let now = work.now();
    work.run(
        "insert into annulment (attempt, enrolment, reason, given_back, annulled_by, annulled_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
        values![id, attempt.enrolment, reason, given_back, by, now],
    )?;
    Attempt::annul(work, id, reason, given_back)?;
    work.run("update result set passed = ?2, awaits_work = ?2 where attempt = ?1", values![id, false])?;
    // Its work waits for nobody any more, and the next attempt's may come.
    work.run(
        "update written_work set state = 'returned', remark = ?2, decided_by = ?3, decided_at = ?4 where attempt = ?1 and state = 'new'",
        values![id, "Попытка аннулирована", by, now],
    )?;
    work.tell(Annulled { attempt: id })?;
    identities::settle_another(work, attempt.enrolment)?;
    let person = Person::find(work, attempt.person)?;
    let again = if given_back {
        "Эта попытка не в счёт: можно пройти аттестацию ещё раз."
    } else {
        "Попытка считается использованной."
    };
    let title = &attempt.rules.title;
    let words = format!("Попытка аттестации «{title}» аннулирована. {again}\n\n{reason}");
    person.write(work, format!("Попытка аннулирована: {title}"), &words)
}

fn page(visit: &Visit, found: &Found, form: &Form, said: &Messages) -> Markup {
    let Found { attempt, name, refusal } = found;
    let score = attempt.score().map(|score| score.to_string()).unwrap_or_default();
    html! {
        main.dash #main {
            p.crumb { a href={ "/results/" (attempt.id) } { "Попытка по шагам" } }
            div.dash-head { h1 { "Аннулировать попытку" } }
            dl.key-facts.mt-5 {
                dt { "Слушатель" } dd { (name) }
                dt { "Аттестация" } dd { (attempt.rules.title) }
                dt { "Результат" } dd { (score) ", " (attempt.finished.map(|at| at.shown(visit.now)).unwrap_or_default()) }
            }
            @match refusal {
                Some(refusal) => { (parts::note(Tone::Warn, "lock", &html! { p { (refusal) } })) }
                None => {
                    p.mt-5.muted { "Результат перестанет действовать. Ответы и баллы останутся в журнале и в архиве. Протокол, который уже составлен, не изменится: бумагу задним числом не правят, новая попытка встанет в свой протокол. Отменить это нельзя." }
                    (parts::summary(said))
                    (parts::form(&format!("/results/{}/annulment", attempt.id), "form mt-5", &html! {
                        (parts::choices("given", "Попытка", &GIVEN, &form.given, said))
                        (parts::area("reason", "Причина", &form.reason, 4).longest(LONGEST).told(said).tip("Её получит слушатель"))
                        div { (parts::submit("Аннулировать")) }
                    }))
                }
            }
        }
    }
}
