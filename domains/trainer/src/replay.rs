//! An attempt from its first to its last step, as the chain holds it, marked again on the spot: for whoever decides an appeal.
use accounts::frame::Frame;
use accounts::person::Person;
use accounts::{Right, Visit};
use axum::extract::Path;
use marking::Answer;
use maud::{Markup, html};
use questions::Asked;
use serde_json::Value;
use store::Fault;
use uuid::Uuid;
use web::parts::Tone;
use web::{Reply, parts};
use words::{FullName, Moment};

use crate::chain::{Kept, LateAnswer, first_broken, steps};
use crate::result::{Outcome, outcome};
use crate::{Attempt, finish};

const SECTION: Frame = Frame::Office("/results");

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let (name, outcome, steps) = visit
        .read(move |db| {
            let attempt = Attempt::find(db, id)?;
            if !attempt.mode.counts() {
                return Err(Fault::Missing);
            }
            let name = Person::find(db, attempt.person)?.name;
            Ok((name, outcome(db, attempt.person, id)?, steps(db, id)?))
        })
        .await?;
    visit.page("Попытка по шагам", SECTION, page(&visit, &name, &outcome, &steps))
}

fn page(visit: &Visit, name: &FullName, outcome: &Outcome, steps: &[Kept]) -> Markup {
    let attempt = &outcome.attempt;
    let asked: Vec<&Asked> = outcome.marks.iter().map(|(asked, _)| asked).collect();
    html! {
        main.dash #main {
            p.crumb { a href="/results" { "Результаты" } }
            div.dash-head { h1 { (name) } @if attempt.finished.is_some() && visit.may(Right::MoveLearners) {
                @if attempt.late > 0 { a.btn href={ "/results/" (attempt.id) "/late" } { "Ответы с опозданием" } }
                @if attempt.passed == Some(false) && attempt.annulled.is_none() { a.btn href={ "/results/" (attempt.id) "/reopening" } { "Открыть снова" } }
                @if attempt.annulled.is_none() { a.btn href={ "/results/" (attempt.id) "/annulment" } { "Аннулировать" } }
            } }
            p.muted { (attempt.title()) ": " (attempt.rules.title) ". Начата " (attempt.started.shown(visit.now)) "." }
            (verdict(outcome, steps))
            ol.lines.mt-5 {
                @for step in steps {
                    li.doc { div.body {
                        p.small.muted { (Moment(step.at).day().dotted()) " " (seconds(step.at)) " · шаг " (step.n) }
                        p { (in_words(step, attempt, &asked)) }
                    } }
                }
            }
            @if attempt.finished.is_some() { section.mt-8 { h2 { "Вопросы и ответы" } (outcome.answers("Ответ слушателя")) } }
        }
    }
}

/// `14:07:31`
pub(crate) fn seconds(at: i64) -> String {
    format!("{}:{:02}", Moment(at).time(), at / 1000 % 60)
}

fn verdict(outcome: &Outcome, steps: &[Kept]) -> Markup {
    let (attempt, again) = (&outcome.attempt, outcome.score());
    let broken = first_broken(attempt.id, steps);
    let passed = finish::is_passed(attempt, &outcome.marks);
    html! {
        @match broken {
            Some(n) => { (parts::note(Tone::Bad, "triangle-alert", &html! { p { strong { "Шаг " (n) " изменён." } " Цепочка отпечатков на нём обрывается." } })) }
            None => { p { (parts::tag(Tone::Ok, "Цепочка шагов цела")) } }
        }
        @if let (Some(_), Some(score)) = (attempt.finished, attempt.score()) {
            p.mt-3 {
                "Записано: " (score) ", " (said(attempt.passed == Some(true), attempt.annulled.is_some())) ". Посчитано заново по ответам ниже: " (again) ". "
                @if score == again && (attempt.annulled.is_some() || attempt.passed == Some(passed)) { (parts::tag(Tone::Ok, "Совпадает")) } @else { (parts::tag(Tone::Bad, "Не совпадает")) }
            }
        } @else { p.mt-3 { "Попытка ещё идёт." } }
    }
}

const fn said(passed: bool, annulled: bool) -> &'static str {
    match (passed, annulled) {
        (_, true) => "аннулировано",
        (true, _) => "сдано",
        (false, _) => "не сдано",
    }
}

/// «Вопрос 3: каска»
fn in_words(step: &Kept, attempt: &Attempt, asked: &[&Asked]) -> Markup {
    let told: Value =
        step.content.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    let number = |name: &str| told[name].as_i64().unwrap_or_default();
    let seat = step.seat.and_then(|seat| usize::try_from(seat).ok());
    let question = seat.map(|seat| format!("Вопрос {}", seat + 1)).unwrap_or_default();
    html! {
        @match step.kind.as_str() {
            "begin" => { "Начало. Билет: " (attempt.ticket.seats.len()) ", по числу " (attempt.ticket.seed) }
            "answer" => { (question) ": " strong { (answer(step.content.as_deref(), step, attempt, asked)) } }
            "late" => { (late_in_words(step, attempt, asked)) " — пришёл с опозданием" }
            "open" => { "Открыт вопрос " (step.seat.unwrap_or_default() + 1) }
            "accept" => { "Ответы, пришедшие с опозданием, засчитаны: " (text("reason")) }
            "refuse" => { "Ответы, пришедшие с опозданием, не засчитаны: " (text("reason")) }
            "reopen" => { "Попытка открыта снова, минут: " (number("minutes")) ". " (text("reason")) }
            "seen" => { "Увидел верные ответы" }
            "flag" => { (question) ": отмечен, чтобы вернуться" }
            "unflag" => { (question) ": отметка снята" }
            "prolong" => { "Добавлено минут: " (number("minutes")) @let reason = text("reason"); @if !reason.is_empty() { ". " (reason) } }
            "pause" => { "Дежурный остановил время: " (text("reason")) }
            "resume" => { "Дежурный пустил время дальше" }
            "left" => { "Ушёл со страницы" }
            "back" => { "Вернулся на страницу" }
            "address" => { "Открыл с адреса " (step.content.as_deref().unwrap_or_default()) }
            "finish" => { "Конец " @if text("by") == "time" { "по времени" } @else { "по кнопке" } ". Баллов: " (marking::Points(number("points"))) }
            "remark" => { "Пересчитано заново. Баллов: " (marking::Points(number("points"))) }
            "annul" => { "Аннулировано: " (text("reason")) }
            other => { (other) }
        }
    }
}

/// A late answer of this outcome.
pub(crate) fn late(step: &Kept, outcome: &Outcome) -> Markup {
    let asked: Vec<&Asked> = outcome.marks.iter().map(|(asked, _)| asked).collect();
    late_in_words(step, &outcome.attempt, &asked)
}

fn late_in_words(step: &Kept, attempt: &Attempt, asked: &[&Asked]) -> Markup {
    let told = LateAnswer::of(step).and_then(|late| serde_json::to_string(&late.answer).ok());
    html! { "Вопрос " (step.seat.unwrap_or_default() + 1) ": " strong { (answer(told.as_deref(), step, attempt, asked)) } }
}

fn answer(told: Option<&str>, step: &Kept, attempt: &Attempt, asked: &[&Asked]) -> String {
    let read = || {
        let seat = usize::try_from(step.seat?).ok()?;
        let given: Answer = serde_json::from_str(told?).ok()?;
        let question = &asked.get(seat)?.question;
        let own = given.own(question, &attempt.ticket.seats.get(seat)?.order);
        Some(if own.is_empty() {
            "ответ убран".to_owned()
        } else {
            questions::in_words(question, &own)
        })
    };
    read().unwrap_or_else(|| "не разобрать".to_owned())
}
