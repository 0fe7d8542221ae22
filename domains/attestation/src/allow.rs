//! One learner's attestation as a methodist sees it: the attempts, and what may be given above the rules with a reason.
use accounts::Visit;
use accounts::frame::Frame;
use accounts::person::Person;
use admissions::{Enrolment, State};
use axum::extract::Path;
use maud::{Markup, html};
use programmes::{Identification, Version};
use serde::Deserialize;
use store::{Db, Fault, Stored, values};
use trainer::{Attempt, Mode};
use uuid::Uuid;
use web::parts::Tone;
use web::{Messages, Posted, Reply, parts, see_other};
use words::{Moment, count};

use crate::standing::{ATTEMPT, MINUTES, give};
use crate::{Standing, identify};

const SECTION: Frame = Frame::Office("/learners");
const KINDS: [(&str, &str); 2] = [(MINUTES, "Минут больше на каждую попытку"), (ATTEMPT, "Попыток больше")];

/// Beside what is given in numbers: neither a code nor a photo before the next attempt.
const NO_CODE: &str = "no_code";

struct Whole {
    enrolment: Enrolment,
    person: Person,
    version: Version,
    attempts: Vec<Attempt>,
    standing: Standing,
    /// Kind, amount, reason, moment of what was given.
    given: Vec<(String, i64, String, Moment)>,
    /// No code is asked for before the next attempt.
    waived: bool,
}

fn load(db: &mut Db, id: Uuid, now: Moment) -> Stored<Whole> {
    let enrolment = Enrolment::find(db, id)?;
    let mut attempts = Attempt::all_of(db, id, Mode::Intermediate)?;
    attempts.extend(Attempt::all_of(db, id, Mode::Attestation)?);
    let given = db.all(
        "select kind, amount, reason, given_at from allowance where enrolment = ?1 order by given_at, id",
        values![id],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, Moment(row.get(3)?))),
    )?;
    Ok(Whole {
        person: Person::find(db, enrolment.person)?,
        version: enrolment.programme(db)?,
        standing: Standing::of(db, id)?,
        waived: identify::is_waived(db, id, now)?,
        enrolment,
        attempts,
        given,
    })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    kind: String,
    amount: String,
    reason: String,
}

impl Form {
    fn check(&self) -> Result<(&'static str, u32, String), Messages> {
        let mut said = Messages::none();
        let kind = KINDS.iter().map(|(code, _)| *code).find(|code| *code == self.kind);
        if kind.is_none() {
            said.say("kind", "Что дать: выберите");
        }
        let most = if kind == Some(ATTEMPT) { 5 } else { 240 };
        let amount = self.amount.trim().parse().ok().filter(|amount| (1..=most).contains(amount));
        if amount.is_none() {
            said.say("amount", format!("Сколько: от 1 до {most}"));
        }
        let reason = said.text("reason", &self.reason, "Причина", 300);
        match (kind, amount, reason) {
            (Some(kind), Some(amount), Some(reason)) if said.is_empty() => Ok((kind, amount, reason)),
            _ => Err(said),
        }
    }
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let now = visit.now;
    let whole = visit.read(move |db| load(db, id, now)).await?;
    visit.page("Аттестация слушателя", SECTION, page(&visit, &whole, &Form::default(), &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, key }: Posted<Form>) -> Reply {
    let by = visit.person()?;
    if form.kind == NO_CODE && !form.reason.trim().is_empty() {
        let reason: String = form.reason.trim().chars().take(300).collect();
        visit
            .write(move |work| {
                if Enrolment::find(work, id)?.state != State::Active {
                    return Err(Fault::Missing);
                }
                identify::waive(work, id, &reason)
            })
            .await?;
        return Ok(see_other(&format!("/enrolments/{id}/attestation")));
    }
    let said = match form.check() {
        Err(said) => said,
        Ok((kind, amount, reason)) => {
            let changed = visit
                .write(move |work| {
                    work.once(key, |work| {
                        let enrolment = Enrolment::find(work, id)?;
                        if enrolment.state != State::Active {
                            return Err(Fault::Missing);
                        }
                        give(work, &enrolment, kind, amount, &reason, by)
                    })
                })
                .await?;
            for attempt in changed {
                visit.house.live.tell(attempt);
            }
            return Ok(see_other(&format!("/enrolments/{id}/attestation")));
        }
    };
    let now = visit.now;
    let whole = visit.read(move |db| load(db, id, now)).await?;
    visit.again("Аттестация слушателя", SECTION, page(&visit, &whole, &form, &said))
}

fn page(visit: &Visit, whole: &Whole, form: &Form, said: &Messages) -> Markup {
    let Whole { enrolment, person, version, attempts, standing, given, waived } = whole;
    let package = &version.content.attestation;
    let mut kinds = KINDS.to_vec();
    match package.identification {
        Identification::Password => {}
        Identification::Code => kinds.push((NO_CODE, "Начать без кода из письма, в течение суток")),
        Identification::Photo => kinds.push((NO_CODE, "Начать без снимка, в течение суток")),
    }
    html! {
        main.dash #main {
            p.crumb { a href={ "/learners/" (enrolment.person) } { (person.name) } }
            div.dash-head { h1 { "Аттестация слушателя" } }
            dl.key-facts.mt-5 {
                dt { "Программа" } dd { (version.content.title) }
                dt { "Время" } dd { (count(i64::from(package.minutes + standing.extra_minutes), ["минута", "минуты", "минут"])) @if standing.extra_minutes > 0 { ", из них добавлено " (standing.extra_minutes) } }
                dt { "Попыток" } dd { (package.attempts + standing.extra_attempts) @if standing.extra_attempts > 0 { ", из них добавлено " (standing.extra_attempts) } }
            }
            section.mt-5 aria-labelledby="tries" {
                h2 id="tries" { "Попытки" }
                @if attempts.is_empty() { p.muted { "Пока не было." } } @else {
                    table.tbl {
                        thead { tr { th scope="col" { "Что" } th.r scope="col" { "Попытка" } th.r scope="col" { "Начата" } th.r scope="col" { "Верно" } th scope="col" { "Результат" } } }
                        tbody { @for (place, attempt) in attempts.iter().enumerate() { (row(visit, attempt, 1 + attempts[..place].iter().filter(|one| one.mode == attempt.mode && one.module == attempt.module).count())) } }
                    }
                }
            }
            @if !given.is_empty() {
                section.mt-5 aria-labelledby="given" {
                    h2 id="given" { "Дано сверх правил" }
                    ul.lines.l { @for (kind, amount, reason, at) in given { li.doc { div.body {
                        p { @if kind == MINUTES { (count(*amount, ["минута", "минуты", "минут"])) } @else { (count(*amount, ["попытка", "попытки", "попыток"])) } }
                        p.small.muted { (at.shown(visit.now)) ". " (reason) }
                    } } } }
                }
            }
            @if enrolment.state == State::Active {
                @if *waived { p.mt-5 { (parts::tag(Tone::Warn, if package.identification == Identification::Photo { "Снимок не спросим" } else { "Код не спросим" })) " Слушатель может начать без него." } }
                section.mt-5.stack {
                    h2 { "Дать сверх правил" }
                    p.small.muted { "Минуты прибавятся и к той попытке, которая идёт сейчас." }
                    (parts::summary(said))
                    (parts::form(&format!("/enrolments/{}/attestation", enrolment.id), "form", &html! {
                        (parts::choices("kind", "Что дать", &kinds, &form.kind, said))
                        (parts::field("amount", "Сколько", &form.amount).optional().digits().longest(3).told(said))
                        (parts::field("reason", "Причина", &form.reason).longest(300).told(said).tip("Например, «заявление от 20.11.2026, справка об инвалидности»"))
                        div { (parts::submit("Дать")) }
                    }))
                }
            }
        }
    }
}

fn row(visit: &Visit, attempt: &Attempt, number: usize) -> Markup {
    html! {
        tr {
            th scope="row" { (attempt.title()) @if attempt.module.is_some() { span.blk.small.muted { (attempt.rules.title) } } }
            td.r data-l="Попытка" { (number) }
            td.r data-l="Начата" { (attempt.started.shown(visit.now)) }
            td.r data-l="Верно" { @if let Some(score) = attempt.score() { (score) } }
            td data-l="Результат" {
                @match attempt.passed {
                    Some(true) => { (parts::tag(Tone::Ok, "Сдано")) }
                    Some(false) => { (parts::tag(Tone::Bad, "Не сдано")) }
                    None => { (parts::tag(Tone::Accent, "Идёт")) @if let Some(deadline) = attempt.deadline { span.small.muted { " до " (deadline.time()) } } }
                }
            }
        }
    }
}
