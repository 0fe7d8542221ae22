//! An appeal against a result: the learner says why within a term, people decide once and give a reason (п. 2.1: a mark itself is not
//! changed; whoever is right gets another attempt). An attempt that was opened again ends anew, and each end has an appeal of its own.
use accounts::frame::Frame;
use accounts::person::Person;
use accounts::{Right, Visit};
use admissions::Enrolment;
use axum::extract::Path;
use maud::{Markup, html};
use regulations::Centre;
use serde::Deserialize;
use store::{Db, Fault, Row, Stored, Work, values};
use trainer::{Attempt, Mode, Outcome, outcome};
use uuid::Uuid;
use web::parts::Tone;
use web::{Messages, Posted, Reply, parts, see_other};
use words::{FullName, Moment};

use crate::standing::{ATTEMPT, give};

const FRAME: Frame = Frame::Cabinet("/cabinet");
const SECTION: Frame = Frame::Office("/results");
const LONGEST: usize = 4000;

pub(crate) struct Appeal {
    id: Uuid,
    attempt: Uuid,
    enrolment: Uuid,
    /// The end of the attempt that it is against.
    ended: Moment,
    complaint: String,
    /// new, upheld, rejected
    state: String,
    decision: Option<String>,
    at: Moment,
}

macro_rules! appeals {
    ($rest:literal) => {
        concat!(
            "select id, attempt, enrolment, complaint, state, decision, created_at, ended_at from appeal ",
            $rest
        )
    };
}

fn read(row: &Row) -> Stored<Appeal> {
    Ok(Appeal {
        id: row.get(0)?,
        attempt: row.get(1)?,
        enrolment: row.get(2)?,
        complaint: row.get(3)?,
        state: row.get(4)?,
        decision: row.get(5)?,
        at: Moment(row.get(6)?),
        ended: Moment(row.get(7)?),
    })
}

/// The person's own finished attempt and what was or may be said against it.
struct Own {
    attempt: Attempt,
    finished: Moment,
    /// The latest first.
    appeals: Vec<Appeal>,
    /// The moment until which an appeal is taken.
    until: Moment,
    /// The person sits an attestation now: what was decided may name a right answer, and waits.
    sits: bool,
}

impl Own {
    fn load(db: &mut Db, person: Uuid, attempt: Uuid) -> Stored<Self> {
        let attempt = Attempt::of(db, person, attempt)?;
        let finished = attempt.finished.filter(|_| attempt.mode.counts()).ok_or(Fault::Missing)?;
        let appeals = db.all(
            appeals!("where attempt = ?1 order by created_at desc, id desc"),
            values![attempt.id],
            read,
        )?;
        // A term in days ends with its last day.
        let until = Moment::midnight(finished.day().plus(Centre::load(db)?.appeal_days + 1));
        let sits = Attempt::being_sat(db, person)?.is_some();
        Ok(Self { attempt, finished, appeals, until, sits })
    }

    /// Whether its last end is one that an appeal was made against.
    fn is_made(&self) -> bool {
        self.appeals.iter().any(|appeal| appeal.ended == self.finished)
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    complaint: String,
}

pub(crate) async fn ask(visit: Visit, Path(attempt): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    let own = visit.read(move |db| Own::load(db, person, attempt)).await?;
    visit.page("Апелляция", FRAME, own_page(&visit, &own, "", &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let person = visit.person()?;
    let mut said = Messages::none();
    let Some(complaint) = said.text("complaint", &form.complaint, "С чем вы не согласны", LONGEST)
    else {
        let own = visit.read(move |db| Own::load(db, person, id)).await?;
        return visit.again("Апелляция", FRAME, own_page(&visit, &own, &form.complaint, &said));
    };
    visit
        .write(move |work| {
            let Own { attempt, finished, until, .. } = Own::load(work, person, id)?;
            let now = work.now();
            if now >= until {
                return Ok(());
            }
            let kept = work.run(
                "insert into appeal (id, enrolment, attempt, complaint, state, created_at, ended_at)
                 values (?1, ?2, ?3, ?4, 'new', ?5, ?6) on conflict (attempt, ended_at) do nothing",
                values![Uuid::now_v7(), attempt.enrolment, attempt.id, &complaint, now, finished],
            )?;
            if kept > 0 { work.note("appeal.made", attempt.id) } else { Ok(()) }
        })
        .await?;
    Ok(see_other(&format!("/attempts/{id}/appeal")))
}

fn own_page(visit: &Visit, own: &Own, typed: &str, said: &Messages) -> Markup {
    let Own { attempt, appeals, until, .. } = own;
    html! {
        main.wrap #main {
            p.crumb { a href={ "/attempts/" (attempt.id) } { "Результат" } }
            div.page-head { p.label { (attempt.title()) " · " (attempt.rules.title) } h1 { "Апелляция" } }
            @if own.is_made() {} @else if visit.now >= *until {
                (parts::note(Tone::Warn, "lock", &html! { p { "Срок апелляции прошёл " (until.plus_minutes(-1).day().shown(visit.today())) ". Напишите методисту, если считаете результат ошибкой." } }))
            } @else {
                p { "Назовите вопрос и что в нём неверно. Ответим письмом. Саму отметку не меняет никто: если вы правы, дадут ещё попытку." }
                (parts::summary(said))
                (parts::form(&format!("/attempts/{}/appeal", attempt.id), "form mt-5", &html! {
                    (parts::area("complaint", "С чем вы не согласны", typed, 8).longest(LONGEST).told(said))
                    p.small.muted { "Принимаем до " (until.plus_minutes(-1).day().shown(visit.today())) " включительно." }
                    div { (parts::submit("Подать")) }
                }))
            }
            @for appeal in appeals {
                section.mt-5 {
                    p { @if appeal.ended != own.finished { "Против прежнего результата. " } "Принята " (appeal.at.shown(visit.now)) ". " (tag(&appeal.state)) }
                    p.mt-3 { (appeal.complaint) }
                    @if let Some(decision) = &appeal.decision { h2.mt-5 { "Решение" } p { @if own.sits { "Откроется, когда закончится аттестация, которая сейчас идёт." } @else { (decision) } } }
                }
            }
        }
    }
}

fn tag(state: &str) -> Markup {
    match state {
        "upheld" => parts::tag(Tone::Ok, "Удовлетворена"),
        "rejected" => parts::tag(Tone::Plain, "Отклонена"),
        _ => parts::tag(Tone::Warn, "Ждёт решения"),
    }
}

/// An appeal with whose it is.
pub(crate) struct Named {
    appeal: Appeal,
    name: FullName,
    title: String,
}

/// Those that wait first.
pub(crate) fn newest(db: &mut Db) -> Stored<Vec<Named>> {
    let appeals = db.all(
        appeals!("order by case state when 'new' then 0 else 1 end, created_at desc, id desc limit 100"),
        &[],
        read,
    )?;
    appeals.into_iter().map(|appeal| named(db, appeal)).collect()
}

fn named(db: &mut Db, appeal: Appeal) -> Stored<Named> {
    let enrolment = Enrolment::find(db, appeal.enrolment)?;
    let title = Attempt::find(db, appeal.attempt)?.rules.title;
    Ok(Named { name: Person::find(db, enrolment.person)?.name, title, appeal })
}

pub(crate) fn section(visit: &Visit, appeals: &[Named]) -> Markup {
    html! {
        @if !appeals.is_empty() {
            section.mt-5 aria-labelledby="appeals" {
                h2 id="appeals" { "Апелляции" }
                ul.lines.l { @for one in appeals { li.doc {
                    div.body { p { a href={ "/appeals/" (one.appeal.id) } { (one.name) } " " (tag(&one.appeal.state)) } p.small.muted { (one.title) ", " (one.appeal.at.shown(visit.now)) } }
                } } }
            }
        }
    }
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let found = visit.read(move |db| find(db, id)).await?;
    visit.page("Апелляция", SECTION, page(&visit, &found, &Decision::default(), &Messages::none()))
}

/// The appeal and the attempt it is against.
fn find(db: &mut Db, id: Uuid) -> Stored<(Named, Outcome)> {
    let appeal = db.one(appeals!("where id = ?1"), values![id], read)?;
    let person = Enrolment::find(db, appeal.enrolment)?.person;
    let outcome = outcome(db, person, appeal.attempt)?;
    Ok((named(db, appeal)?, outcome))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Decision {
    state: String,
    decision: String,
}

/// A module is passed in as many attempts as it takes: one more is given for the final attestation only.
const STATES: [(&str, &str); 2] =
    [("upheld", "Удовлетворить: дать ещё одну попытку итоговой аттестации"), ("rejected", "Отклонить")];

pub(crate) async fn decide(
    visit: Visit,
    Path(id): Path<Uuid>,
    Posted { form, .. }: Posted<Decision>,
) -> Reply {
    let by = visit.person()?;
    let mut said = Messages::none();
    let state = STATES.iter().map(|(code, _)| *code).find(|code| *code == form.state);
    if state.is_none() {
        said.say("state", "Решение: выберите");
    }
    let reason = said.text("decision", &form.decision, "Обоснование", LONGEST);
    let (Some(state), Some(reason)) = (state, reason) else {
        let found = visit.read(move |db| find(db, id)).await?;
        return visit.again("Апелляция", SECTION, page(&visit, &found, &form, &said));
    };
    visit.write(move |work| settle(work, id, state, &reason, by)).await?;
    Ok(see_other("/results"))
}

/// Deciding twice is deciding once: the first decision stands.
fn settle(work: &mut Work, id: Uuid, state: &'static str, reason: &str, by: Uuid) -> Stored<()> {
    let (appeal, now) = (work.one(appeals!("where id = ?1"), values![id], read)?, work.now());
    let decided = work.run(
        "update appeal set state = ?2, decision = ?3, decided_by = ?4, decided_at = ?5 where id = ?1 and state = 'new'",
        values![id, state, reason, by, now],
    )?;
    if decided == 0 {
        return Ok(());
    }
    work.note_with("appeal.decided", id, Some(state))?;
    let enrolment = Enrolment::find(work, appeal.enrolment)?;
    let attempt = Attempt::find(work, appeal.attempt)?;
    let gives = state == "upheld" && attempt.mode == Mode::Attestation;
    if gives {
        give(work, &enrolment, ATTEMPT, 1, "апелляция удовлетворена", by)?;
    }
    let person = Person::find(work, enrolment.person)?;
    let words = match (state, gives) {
        ("upheld", true) if enrolment.is_open(work.today()) => {
            "Апелляция удовлетворена, вам дана ещё одна попытка."
        }
        ("upheld", true) => {
            "Апелляция удовлетворена, вам дана ещё одна попытка. Срок доступа вышел: ответьте на это письмо, и мы его продлим."
        }
        ("upheld", false) => "Апелляция удовлетворена.",
        _ => "Апелляция отклонена.",
    };
    let subject = format!("Решение по апелляции: {}", attempt.rules.title);
    person.write(work, subject, &format!("{words}\n\n{reason}"))
}

fn page(visit: &Visit, (named, outcome): &(Named, Outcome), form: &Decision, said: &Messages) -> Markup {
    let Named { appeal, name, title } = named;
    let attempt = &outcome.attempt;
    let was_reopened = attempt.finished != Some(appeal.ended);
    html! {
        main.dash #main {
            p.crumb { a href="/results" { "Результаты" } }
            div.dash-head { h1 { "Апелляция" } (tag(&appeal.state)) }
            dl.key-facts.mt-5 {
                dt { "Слушатель" } dd { (name) }
                dt { "Аттестация" } dd { (title) }
                dt { "Подана" } dd { (appeal.at.shown(visit.now)) }
                dt { "Результат" } dd {
                    @if let Some(finished) = attempt.finished { (outcome.score()) ", " (finished.shown(visit.now)) @if was_reopened { ". Попытку открывали снова: подана против прежнего" } }
                    @else { "попытку открыли снова, она идёт" }
                }
            }
            p.small { a href={ "/results/" (attempt.id) } { "Попытка по шагам" } }
            p.mt-5 { (appeal.complaint) }
            @if let Some(decision) = &appeal.decision { h2.mt-5 { "Решение" } p { (decision) } }
            @else if visit.may(Right::MoveLearners) {
                (parts::summary(said))
                (parts::form(&format!("/appeals/{}", appeal.id), "form mt-5", &html! {
                    (parts::choices("state", "Решение", &STATES, &form.state, said))
                    (parts::area("decision", "Обоснование", &form.decision, 5).longest(LONGEST).told(said).tip("Его получит слушатель"))
                    div { (parts::submit("Сохранить решение")) }
                }))
            }
            @if attempt.finished.is_some() { section.mt-8 { h2 { "Ответы" } (outcome.answers("Ответ слушателя")) } }
        }
    }
}
