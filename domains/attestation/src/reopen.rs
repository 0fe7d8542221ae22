//! A failed attempt goes on: the lights went out, the page was closed. By an act with a reason, within a day, and only while its learner has
//! not seen the right answers (п. 3.5).
use accounts::Visit;
use accounts::frame::Frame;
use accounts::person::Person;
use admissions::{Enrolment, State};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use trainer::{Attempt, has_seen, has_trained_since};
use uuid::Uuid;
use web::parts::Tone;
use web::{Messages, Posted, Reply, parts, see_other};
use words::{FullName, Moment, count};

use crate::Annulled;

const SECTION: Frame = Frame::Office("/results");
const LONGEST: usize = 500;
/// For so long after its end an attempt can be opened again.
const HOURS: i64 = 24;

struct Found {
    attempt: Attempt,
    name: FullName,
    refusal: Option<&'static str>,
}

fn find(db: &mut Db, id: Uuid, now: Moment) -> Stored<Found> {
    let attempt = Attempt::find(db, id)?;
    let Some(finished) = attempt.finished.filter(|_| attempt.mode.counts()) else {
        return Err(Fault::Missing);
    };
    let enrolment = Enrolment::find(db, attempt.enrolment)?;
    let later = Attempt::all_of(db, attempt.enrolment, attempt.mode)?
        .iter()
        .any(|other| other.number > attempt.number && other.module == attempt.module);
    let refusal = match () {
        () if attempt.passed == Some(true) => Some("Попытка сдана: открывать её незачем."),
        () if attempt.annulled.is_some() => Some("Попытка аннулирована."),
        () if later => Some("Слушатель уже начал следующую попытку."),
        () if enrolment.state != State::Active || !enrolment.is_open(now.day()) => {
            Some("Доступ к обучению закрыт.")
        }
        () if now > finished.plus_minutes(HOURS * 60) => {
            Some("Прошло больше суток. Можно аннулировать попытку и вернуть её слушателю.")
        }
        // Whether its keys were seen nobody has written down.
        () if attempt.rules.late.is_none() => {
            Some("Попытка начата до обновления системы. Можно аннулировать её и вернуть слушателю.")
        }
        () if has_trained_since(db, attempt.enrolment, attempt.started)? => Some(
            "Слушатель уже тренировался на вопросах этого банка. Можно аннулировать попытку и вернуть её.",
        ),
        () if has_seen(db, id)? => Some(
            "Слушатель уже видел верные ответы. Можно аннулировать попытку и вернуть её: билет будет новый.",
        ),
        () => None,
    };
    Ok(Found { name: Person::find(db, attempt.person)?.name, attempt, refusal })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    minutes: String,
    reason: String,
}

pub(crate) async fn ask(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let now = visit.now;
    let found = visit.read(move |db| find(db, id, now)).await?;
    let left = found.attempt.deadline.zip(found.attempt.finished);
    let left = left.map_or(0, |(deadline, finished)| (deadline.0 - finished.0) / 60_000);
    let form = Form { minutes: left.max(5).to_string(), reason: String::new() };
    visit.page("Открыть снова", SECTION, page(&visit, &found, &form, &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let mut said = Messages::none();
    let minutes = form.minutes.trim().parse().ok().filter(|minutes| (1..=240).contains(minutes));
    if minutes.is_none() {
        said.say("minutes", "Минут: от 1 до 240");
    }
    let (Some(minutes), Some(reason)) = (minutes, said.text("reason", &form.reason, "Причина", LONGEST))
    else {
        let now = visit.now;
        let found = visit.read(move |db| find(db, id, now)).await?;
        return visit.again("Открыть снова", SECTION, page(&visit, &found, &form, &said));
    };
    visit.write(move |work| reopen(work, id, minutes, &reason)).await?;
    Ok(see_other(&format!("/results/{id}")))
}

/// What the end left behind goes, and the attempt goes on. Opening twice is opening once.
fn reopen(work: &mut Work, id: Uuid, minutes: u32, reason: &str) -> Stored<()> {
    let attempt = Attempt::find(work, id)?;
    if attempt.finished.is_none() {
        return Ok(());
    }
    let now = work.now();
    let Found { attempt, refusal: None, .. } = find(work, id, now)? else { return Ok(()) };
    attempt.reopen(work, minutes, reason)?;
    work.run("delete from result where attempt = ?1", values![id])?;
    // What was asked for of the first end is answered by this.
    let now = work.now();
    work.run(
        "update appeal set state = 'upheld', decision = ?2, decided_at = ?3 where attempt = ?1 and state = 'new'",
        values![id, format!("Попытка открыта снова: {reason}"), now],
    )?;
    work.tell(Annulled { attempt: id })?;
    let title = &attempt.rules.title;
    let words = format!(
        "Аттестация «{title}» открыта снова, у вас {}. Ответы, которые вы дали, на месте: войдите в кабинет и продолжите.\n\n{reason}",
        count(i64::from(minutes), ["минута", "минуты", "минут"])
    );
    Person::find(work, attempt.person)?.write(work, format!("Продолжите аттестацию: {title}"), &words)
}

fn page(visit: &Visit, found: &Found, form: &Form, said: &Messages) -> Markup {
    let Found { attempt, name, refusal } = found;
    let score = attempt.score().map(|score| score.to_string()).unwrap_or_default();
    html! {
        main.dash #main {
            p.crumb { a href={ "/results/" (attempt.id) } { "Попытка по шагам" } }
            div.dash-head { h1 { "Открыть попытку снова" } }
            dl.key-facts.mt-5 {
                dt { "Слушатель" } dd { (name) }
                dt { "Аттестация" } dd { (attempt.rules.title) }
                dt { "Результат" } dd { (score) ", " (attempt.finished.map(|at| at.shown(visit.now)).unwrap_or_default()) }
            }
            @match refusal {
                Some(refusal) => { div.mt-5 { (parts::note(Tone::Warn, "lock", &html! { p { (refusal) } })) } }
                None => {
                    p.mt-5.muted { "Тот же билет, ответы на месте. Время пойдёт сразу; слушателю придёт письмо. Прежний результат перестанет действовать." }
                    (parts::summary(said))
                    (parts::form(&format!("/results/{}/reopening", attempt.id), "form mt-5", &html! {
                        (parts::field("minutes", "Сколько минут дать", &form.minutes).digits().longest(3).told(said).tip("Сначала — столько, сколько оставалось, но не меньше пяти"))
                        (parts::area("reason", "Причина", &form.reason, 3).longest(LONGEST).told(said).tip("Её получит слушатель"))
                        div { (parts::submit("Открыть")) }
                    }))
                }
            }
        }
    }
}
