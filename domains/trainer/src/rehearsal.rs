//! A rehearsal: the rules of the final attestation without its consequences (п. 2.1).
use accounts::Visit;
use admissions::Enrolment;
use axum::extract::Path;
use maud::{Markup, html};
use programmes::Content;
use store::{Db, Stored};
use uuid::Uuid;
use web::{Posted, Reply, parts, see_other};
use words::count;

use crate::training::{FRAME, seed};
use crate::{Attempt, Mode, Ready};

/// The way into a rehearsal, and what the latest ones came to.
pub(crate) fn section(visit: &Visit, enrolment: Uuid, content: &Content, rehearsals: &[Attempt]) -> Markup {
    let (package, open) = (&content.attestation, rehearsals.iter().find(|one| !one.is_over(visit.now)));
    let questions = count(i64::try_from(content.questions()).unwrap_or(0), ["вопрос", "вопроса", "вопросов"]);
    html! {
        section.panel.mt-5.stack {
            h2.h-s { "Репетиция" }
            p { "Всё как на итоговой аттестации: " (questions) ", " (count(i64::from(package.minutes), ["минута", "минуты", "минут"])) ", тот же порог. Ни на что не влияет." }
            @for one in rehearsals.iter().rev().filter(|one| one.finished.is_some()).take(3) {
                @if let Some(score) = one.score() { p.small { a href={ "/attempts/" (one.id) } { (one.started.shown(visit.now)) } ": " (score) } }
            }
            (parts::form(&format!("/studies/{enrolment}/rehearsal"), "inline", &html! {
                button.btn type="submit" { @if open.is_some() { "Продолжить репетицию" } @else { "Начать репетицию" } }
            }))
        }
    }
}

/// The best whole percent of the rehearsals; none: there was none.
pub fn best_rehearsal(db: &mut Db, enrolment: Uuid) -> Stored<Option<i64>> {
    let rehearsals = Attempt::all_of(db, enrolment, Mode::Rehearsal)?;
    Ok(rehearsals.iter().filter_map(|one| Some(one.score()?.percent())).max())
}

/// The way in stands on the page of training.
pub(crate) async fn ask(_: Visit, Path(id): Path<Uuid>) -> Reply {
    Ok(see_other(&format!("/studies/{id}/training")))
}

pub(crate) async fn begin(
    visit: Visit,
    Path(id): Path<Uuid>,
    Posted { .. }: Posted<crate::finish::Nothing>,
) -> Reply {
    let (person, now, seed) = (visit.person()?, visit.now, seed());
    let begun = visit
        .write(move |work| {
            let enrolment = Enrolment::of(work, person, id)?;
            crate::close_overdue(work, enrolment.id)?;
            let rehearsals = Attempt::all_of(work, enrolment.id, Mode::Rehearsal)?;
            // A second tab, a double click: both come to the one that goes on.
            if let Some(open) = rehearsals.iter().find(|one| !one.is_over(now)) {
                return Ok(Ok(open.id));
            }
            if let Some(sits) = Attempt::being_sat(work, person)? {
                return Ok(Ok(sits));
            }
            if !enrolment.is_open(work.today()) {
                return Ok(Err(None));
            }
            let content = enrolment.programme(work)?.content;
            match Ready::rehearsal(work, &enrolment, &content, seed)? {
                Ok(ready) => ready.begin(work).map(Ok),
                Err(short) => Ok(Err(Some(short.to_string()))),
            }
        })
        .await?;
    match begun {
        Ok(attempt) => Ok(see_other(&format!("/attempts/{attempt}/questions/1"))),
        Err(None) => Ok(see_other(&format!("/studies/{id}/attestation"))),
        Err(Some(short)) => {
            let body = html! {
                main.wrap #main {
                    p.crumb { a href={ "/studies/" (id) "/training" } { "Тренировка" } }
                    div.page-head { h1 { "Репетиция" } }
                    (parts::note(parts::Tone::Warn, "lock", &html! { p { "Для репетиции пока не хватает вопросов (" (short) "). Потренируйтесь по модулям и скажите об этом методисту." } }))
                }
            };
            visit.page("Репетиция", FRAME, body)
        }
    }
}
