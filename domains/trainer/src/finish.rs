//! The end of an attestation: by the learner, or by time; marked by the program in the same unit of work (п. 2.1).
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use files::Files;
use marking::{Score, passes};
use maud::html;
use questions::Asked;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Fault, Job, Jobs, Store, Stored, Who, Work, values};
use uuid::Uuid;
use web::{Posted, Reply, parts, see_other};
use words::count;

use crate::{Attempt, Ended, Finished, Marked, Sheet, chain, day, remark, sit};

/// Closes an attempt at its deadline, whoever has gone away.
#[derive(Serialize, Deserialize)]
pub struct Close {
    pub attempt: Uuid,
}
impl Job for Close {
    const KIND: &'static str = "attempt.close";
}

pub fn jobs(jobs: &mut Jobs, store: &Store, files: &Files) {
    day::jobs(jobs, store, files);
    remark::jobs(jobs, store);
    let store = store.clone();
    jobs.on(move |job: Close| {
        let store = store.clone();
        async move {
            store.write(Who::system(), move |work| close_if_over(work, job.attempt)).await?;
            Ok(())
        }
    });
}

/// Closes the attempt if nothing given in time can come in any more and nobody has closed it yet.
pub(crate) fn close_if_over(work: &mut Work, attempt: Uuid) -> Stored<()> {
    let attempt = Attempt::find(work, attempt)?;
    if attempt.finished.is_none()
        && attempt.closes().is_some_and(|closes| attempt.counted(work.now()) >= closes)
    {
        settle(work, &attempt, Ended::ByTime)?;
    }
    Ok(())
}

/// Closes what is over and was not closed yet among an enrolment's attempts: whoever begins anew waits for nothing from the one before.
pub fn close_overdue(work: &mut Work, enrolment: Uuid) -> Stored<()> {
    for attempt in Attempt::unfinished(work, enrolment)? {
        if attempt.is_over(work.now()) {
            settle(work, &attempt, Ended::ByTime)?;
        }
    }
    Ok(())
}

/// Marks the attempt and tells it. Only an open attempt is settled: the second to come finds it closed.
pub(crate) fn settle(work: &mut Work, attempt: &Attempt, ended: Ended) -> Stored<()> {
    let marks = Sheet::of(work, attempt)?.marks(work, attempt)?;
    let score = score_of(&marks);
    let passed = is_passed(attempt, &marks);
    // By time means at the deadline, however late the server came to it.
    let at = match (ended, attempt.deadline) {
        (Ended::ByTime, Some(deadline)) => deadline,
        _ => work.now(),
    };
    let closed = work.run(
        "update attempt set finished_at = ?2, ended_by = ?3, points = ?4, passed = ?5, marks = ?6
         where id = ?1 and finished_at is null",
        values![attempt.id, at, ended.code(), score.points.0, passed, kept(&marks)?],
    )?;
    if closed == 0 {
        return Ok(());
    }
    let told = json!({
        "by": ended.code(), "points": score.points.0, "total": score.total, "passed": passed,
        "corrections": remark::in_force(&marks),
    });
    chain::tell(work, attempt.id, "finish", &told, at)?;
    if !attempt.mode.counts() {
        return Ok(());
    }
    work.note_with("attempt.finished", attempt.id, Some(&score.to_string()))?;
    let module = attempt.module.clone();
    work.tell(Finished { attempt: attempt.id, enrolment: attempt.enrolment, module, score, passed })
}

pub(crate) fn score_of(marks: &[(Asked, Marked)]) -> Score {
    Score::of(marks.iter().map(|(_, marked)| marked.mark))
}

pub(crate) fn is_passed(attempt: &Attempt, marks: &[(Asked, Marked)]) -> bool {
    let marks: Vec<_> = marks.iter().map(|(_, marked)| marked.mark).collect();
    passes(&attempt.ticket, &marks, attempt.rules.threshold)
}

/// The marks as the attempt keeps them, for what is counted over many.
pub(crate) fn kept(marks: &[(Asked, Marked)]) -> Stored<String> {
    let marks: Vec<&Marked> = marks.iter().map(|(_, marked)| marked).collect();
    serde_json::to_string(&marks).map_err(Fault::data)
}

/// Before the end: how many are without an answer, and the way back to them.
pub(crate) async fn ask(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    let (attempt, sheet) = visit
        .read(move |db| {
            let attempt = Attempt::of(db, person, id)?;
            let sheet = Sheet::of(db, &attempt)?;
            Ok((attempt, sheet))
        })
        .await?;
    if attempt.is_over(visit.now) {
        return Ok(see_other(&format!("/attempts/{id}")));
    }
    let empty: Vec<usize> = (0..sheet.answers.len()).filter(|&seat| sheet.answers[seat].is_empty()).collect();
    let first = attempt.open.map_or_else(|| empty.first().copied().unwrap_or(0), |open| open.seat) + 1;
    let left = attempt.seconds_left(visit.now).unwrap_or(0);
    let body = html! {
        div.exam data-attempt=(id) data-left=(left) {
            (sit::header(&visit, &attempt, &sheet))
            main.wrap #main {
                div.narrow.stack {
                    h1 { @if attempt.mode.counts() { "Завершить аттестацию?" } @else { "Завершить репетицию?" } }
                    @if empty.is_empty() {
                        p { "Ответы есть на все вопросы. После завершения изменить их будет нельзя." }
                    } @else {
                        p { strong { (count(i64::try_from(empty.len()).unwrap_or(0), ["вопрос", "вопроса", "вопросов"])) } " без ответа. " @if attempt.open.is_some() { "К прошлым вопросам вернуться нельзя." } @else { "После завершения изменить ответы будет нельзя." } }
                    }
                    (parts::form(&format!("/attempts/{id}/completion"), "cluster", &html! {
                        (parts::submit("Завершить"))
                        a.btn href={ "/attempts/" (id) "/questions/" (first) } { @if attempt.open.is_some() { "Вернуться к вопросу" } @else { "Вернуться к вопросам" } }
                    }))
                }
            }
        }
    };
    visit.page("Завершение аттестации", Frame::Bare("exam.js"), body)
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { .. }: Posted<Nothing>) -> Reply {
    let person = visit.person()?;
    visit
        .write(move |work| {
            let attempt = Attempt::of(work, person, id)?;
            if !attempt.mode.is_sat() || attempt.finished.is_some() {
                return Ok(());
            }
            let ended = if attempt.is_over(work.now()) { Ended::ByTime } else { Ended::ByLearner };
            settle(work, &attempt, ended)
        })
        .await?;
    Ok(see_other(&format!("/attempts/{id}")))
}
