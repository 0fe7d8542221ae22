//! Sitting an attestation: one question on the page, the map beside it. Works without JavaScript; the island saves each
//! choice at once and shows the time.
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use marking::Question;
use maud::{Markup, html};
use questions::form::{self, Asked};
use uuid::Uuid;
use web::parts::icon;
use web::{Failure, Posted, Reply, parts, see_other};

use crate::answer::{Step, Taken, take};
use crate::sheet::Kind;
use crate::{Attempt, Sheet};

pub(crate) async fn show(visit: Visit, Path((id, n)): Path<(Uuid, usize)>) -> Reply {
    let person = visit.person()?;
    let seat = n.checked_sub(1).ok_or_else(Failure::missing)?;
    let (attempt, sheet, question) = visit
        .read(move |db| {
            let attempt = Attempt::of(db, person, id)?;
            let place = attempt.ticket.seats.get(seat).ok_or(store::Fault::Missing)?;
            let question = questions::asked(db, place.question)?.question;
            let sheet = Sheet::of(db, &attempt)?;
            Ok((attempt, sheet, question))
        })
        .await?;
    if !attempt.mode.is_sat() || attempt.is_over(visit.now) {
        return Ok(see_other(&format!("/attempts/{id}")));
    }
    // Of questions that come one after another only the one that is open is shown.
    if let Some(open) = attempt.open.filter(|open| open.seat != seat) {
        return Ok(see_other(&format!("/attempts/{id}/questions/{}", open.seat + 1)));
    }
    let page = page(&visit, &attempt, &sheet, seat, &question);
    visit.page(attempt.title(), Frame::Bare("exam.js"), page)
}

pub(crate) async fn submit(
    visit: Visit,
    Path((id, n)): Path<(Uuid, usize)>,
    Posted { form: sent, key }: Posted<Vec<(String, String)>>,
) -> Reply {
    let person = visit.person()?;
    let seat = n.checked_sub(1).ok_or_else(Failure::missing)?;
    // Without JavaScript the form carries the answer, and where to go.
    let go = sent.iter().rev().find(|(name, _)| name == "go").map(|(_, go)| go.clone()).unwrap_or_default();
    let flag = go == "flag";
    let (over, seats) = visit
        .write(move |work| {
            let attempt = Attempt::of(work, person, id)?;
            let place = attempt.ticket.seats.get(seat).ok_or(store::Fault::Missing)?;
            let question = questions::asked(work, place.question)?.question;
            let sheet = Sheet::of(work, &attempt)?;
            let answer = form::answer(&question, &sent, "");
            let mut over = false;
            // Going on with the same answer is not a new step, nor is going on without one.
            let before = &sheet.answers[seat];
            let covered = sent.iter().any(|(name, _)| name == "covered");
            if !covered && *before != answer && !(before.is_empty() && answer.is_empty()) {
                let step = Step { key, seat, kind: Kind::Answer(answer), given: None };
                over = matches!(take(work, person, id, &step)?, Taken::Over { .. });
            }
            if attempt.open.is_some() {
                // An answer that came too late for its question ends nothing.
                attempt.turn(work, seat)?;
                return Ok((attempt.is_over(work.now()), attempt.ticket.seats.len()));
            }
            if flag {
                let kind = if sheet.flagged.contains(&seat) { Kind::Unflag } else { Kind::Flag };
                let flag_key = Uuid::from_u128(key.as_u128() ^ 1);
                let step = Step { key: flag_key, seat, kind, given: None };
                over = matches!(take(work, person, id, &step)?, Taken::Over { .. });
            }
            Ok((over, attempt.ticket.seats.len()))
        })
        .await?;
    let next = match (over, go.as_str()) {
        (true, _) => format!("/attempts/{id}"),
        (_, "flag") => format!("/attempts/{id}/questions/{n}"),
        (_, "back") => format!("/attempts/{id}/questions/{}", n.saturating_sub(1).max(1)),
        (_, "finish") => format!("/attempts/{id}/completion"),
        _ if n >= seats => format!("/attempts/{id}/completion"),
        _ => format!("/attempts/{id}/questions/{}", n + 1),
    };
    Ok(see_other(&next))
}

/// `26:41`
fn clock(seconds: i64) -> String {
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

/// The header of an attestation: what it is, what is kept, how much time is left.
pub(crate) fn header(visit: &Visit, attempt: &Attempt, sheet: &Sheet) -> Markup {
    let (total, answered, left) =
        (attempt.ticket.seats.len(), sheet.answered(), attempt.seconds_left(visit.now).unwrap_or(0));
    let words = format!("Ответов: {answered} из {total}");
    html! {
        header.exam-top {
            div.in {
                p.ttl { span.small.muted { (attempt.title()) } b { (attempt.rules.title) } }
                p.save role="status" data-state="ok" { (icon("cloud-check")) span { (words) } }
                div.timer.soon[left < 300] #timer {
                    span.sr { "Осталось времени:" }
                    time datetime={ "PT" (left) "S" } { (clock(left)) }
                    button type="button" hidden aria-label="Скрыть таймер" title="Скрыть таймер" { (icon("eye-off")) }
                }
                (parts::look_tools(visit.prefs))
            }
            progress.line max=(total) value=(answered) aria-label=(words) {}
            div.offline hidden { p.in { (icon("cloud-off")) span {} } }
            div.told #duty hidden { p.in { (icon("mail")) strong { "Дежурный:" } span {} button.btn.quiet type="button" { "Понятно" } } }
            div.told #paused hidden[attempt.paused.is_none()] { p.in { (icon("clock")) "Дежурный остановил время. Вопросы откроются, когда он пустит его дальше." } }
            p.sr #announce role="status" {}
        }
    }
}

fn page(visit: &Visit, attempt: &Attempt, sheet: &Sheet, seat: usize, question: &Question) -> Markup {
    let (n, total) = (seat + 1, attempt.ticket.seats.len());
    let left = attempt.seconds_left(visit.now).unwrap_or(0);
    let attempt_address = format!("/attempts/{}", attempt.id);
    let address = |n: usize| format!("{attempt_address}/questions/{n}");
    let next = if n < total { address(n + 1) } else { format!("{attempt_address}/completion") };
    let flagged = sheet.flagged.contains(&seat);
    let (one_by_one, seconds) = (attempt.open.is_some(), attempt.seconds_on(visit.now));
    let shown = attempt.paused.is_none() && seconds != Some(0);
    html! {
        div.exam data-attempt=(attempt.id) data-seat=(seat) data-left=(left) data-token=[attempt.token(visit.now)] data-pages=[attempt.rules.offline.then_some(total)] data-worker=(web::assets::address("worker.js")) data-one-by-one[one_by_one] data-seat-over[seconds == Some(0)] {
            (header(visit, attempt, sheet))
            div.exam-body {
                main.q #main {
                    // Only the server knows what was chosen: a browser that fills the form in from its memory would lie.
                    form action=(address(n)) method="post" autocomplete="off" {
                        (parts::form_key())
                        // Enter presses the first button of a form, and that must not be «Назад».
                        button.sr type="submit" name="go" value="next" data-to=(next) tabindex="-1" aria-hidden="true" {}
                        p.label { "Вопрос " (n) " из " (total) @if let Some(seconds) = seconds.filter(|seconds| *seconds > 0) { span #seat-time data-left=(seconds) { " · на него " time { (clock(seconds)) } } } }
                        @if seconds == Some(0) { (parts::note(parts::Tone::Warn, "clock", &html! { p { strong { "Время на этот вопрос вышло." } " Что вы успели ответить, сохранено." } })) }
                        // What is not on the page is not answered by it.
                        @if !shown { input type="hidden" name="covered" value="on"; }
                        @if shown { fieldset {
                            legend { div.qtext role="heading" aria-level="1" { (form::heading(question)) } }
                            p.hint { (form::hint(question)) }
                            (form::fields(&Asked { question, order: &attempt.ticket.seats[seat].order, answer: &sheet.answers[seat], prefix: "", closed: false }))
                        } }
                        div.qnav {
                            @if n > 1 && !one_by_one {
                                button.btn.prev type="submit" name="go" value="back" data-to=(address(n - 1)) aria-label="Назад" { (icon("arrow-left")) span { "Назад" } }
                            }
                            @if !one_by_one { button.btn.quiet.flag type="submit" name="go" value="flag" aria-pressed=(flagged) { (icon("flag")) span { "Вернуться позже" } } }
                            button.btn.primary type="submit" name="go" value="next" data-to=(next) { @if n < total { "Далее" (icon("arrow-right")) } @else { "К завершению" } }
                        }
                    }
                }
                (map(attempt, sheet, seat))
            }
        }
    }
}

fn map(attempt: &Attempt, sheet: &Sheet, current: usize) -> Markup {
    let answered = sheet.answered();
    html! {
        aside.map aria-labelledby="mh" {
            div.inner {
                h2.h-s id="mh" { "Ответов: " (answered) " из " (attempt.ticket.seats.len()) }
                ol.l {
                    @for (seat, answer) in sheet.answers.iter().enumerate() {
                        @let (answer, flag) = (!answer.is_empty(), sheet.flagged.contains(&seat));
                        li {
                            a href=[attempt.open.is_none().then(|| format!("/attempts/{}/questions/{}", attempt.id, seat + 1))] class={ @if answer { "ans " } @if flag { "flg" } }
                                aria-current=[(seat == current).then_some("step")]
                                aria-label={ "Вопрос " (seat + 1) @if answer { ", ответ дан" } @else { ", нет ответа" } @if flag { ", отмечен" } } { (seat + 1) }
                        }
                    }
                }
                ul.key {
                    li { i.ans {} "Ответ дан" }
                    li { i {} "Нет ответа" }
                    @if attempt.open.is_none() { li { i.flg {} "Отмечен" } }
                }
                a.btn href={ "/attempts/" (attempt.id) "/completion" } { @if attempt.mode.counts() { "Завершить аттестацию" } @else { "Завершить репетицию" } }
                p.mt-3.xs.muted { "Ответы сохраняются сами. " @if attempt.open.is_some() { "К прошлым вопросам вернуться нельзя." } @else { "Закрыли страницу — вернитесь с любого устройства и продолжайте." } }
            }
        }
    }
}
