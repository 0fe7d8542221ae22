//! The result of an attestation: the score, the topics, and the answers with their explanations, after the end only.
use std::collections::BTreeMap;

use accounts::Visit;
use accounts::frame::Frame;
use admissions::Enrolment;
use axum::extract::Path;
use marking::{Mark, Score};
use maud::{Markup, html};
use programmes::Late;
use questions::Asked;
use store::{Db, Stored, Work, values};
use uuid::Uuid;
use web::parts::icon;
use web::{Reply, parts, see_other};
use words::{Moment, count};

use crate::chain::{self, New};
use crate::finish::{close_if_over, score_of};
use crate::{Attempt, Marked, Mode, Sheet};

/// What an attempt came to, seat by seat.
pub struct Outcome {
    pub attempt: Attempt,
    pub sheet: Sheet,
    pub marks: Vec<(Asked, Marked)>,
}

impl Outcome {
    pub fn score(&self) -> Score {
        score_of(&self.marks)
    }

    /// Each question as it was answered: `whose` answer it is stands beside it.
    pub fn answers(&self, whose: &str) -> Markup {
        html! {
            ol.lines.mt-3 {
                @for (place, (asked, marked)) in self.marks.iter().enumerate() {
                    li.doc { div.body { p.label { "Вопрос " (place + 1) } (questions::reviewed(asked, &marked.answer, whose)) } }
                }
            }
        }
    }
}

/// The outcome of a finished attempt of this person.
pub fn outcome(db: &mut Db, person: Uuid, id: Uuid) -> Stored<Outcome> {
    let attempt = Attempt::of(db, person, id)?;
    let sheet = Sheet::of(db, &attempt)?;
    let marks = sheet.marks(db, &attempt)?;
    Ok(Outcome { attempt, sheet, marks })
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    let attempt = visit.read(move |db| Attempt::of(db, person, id)).await?;
    if attempt.mode == Mode::Training {
        return Ok(see_other(&format!("/training/{id}/1")));
    }
    if attempt.finished.is_none() {
        if !attempt.is_over(visit.now) {
            return Ok(see_other(&format!("/attempts/{id}/questions/1")));
        }
        // The learner is back before the job has come to it.
        let attempt = visit
            .write(move |work| {
                close_if_over(work, id)?;
                Attempt::find(work, id)
            })
            .await?;
        if let (None, Some(closes)) = (attempt.finished, attempt.closes()) {
            return visit.page("Время вышло", Frame::Bare("exam.js"), waits(&attempt, closes));
        }
    }
    let (outcome, around) = visit
        .read(move |db| {
            let outcome = outcome(db, person, id)?;
            let content = Enrolment::of(db, person, outcome.attempt.enrolment)?.programme(db)?.content;
            let written = content.attestation.written.is_some();
            let titles = content.modules.into_iter().map(|module| (module.code, module.title)).collect();
            let number = outcome.attempt.place(db)?;
            let (late, sits) = (late(db, id)?, Attempt::being_sat(db, person)?.is_some());
            let annulled = chain::steps(db, id)?.into_iter().rev().find(|step| step.kind == "annul");
            let annulled = annulled.and_then(|step| chain::reason(&step));
            Ok((outcome, Around { titles, written, number, late, sits, annulled }))
        })
        .await?;
    // From now on the attempt cannot be opened again.
    if outcome.attempt.mode.counts()
        && outcome.attempt.shows_keys()
        && !around.sits
        && !visit.write(move |work| see(work, id)).await?
    {
        return Ok(see_other(&format!("/attempts/{id}")));
    }
    let title = match (outcome.attempt.annulled, outcome.attempt.passed) {
        (Some(_), _) => "Аннулировано",
        (None, Some(true)) => "Сдано",
        _ => "Не сдано",
    };
    visit.page(title, Frame::Cabinet("/cabinet"), page(&visit, &outcome, &around))
}

/// The time is over, and answers that were given in time may still lie on a device without a connection.
fn waits(attempt: &Attempt, closes: Moment) -> Markup {
    html! {
        main.wrap #main {
            div.narrow.stack {
                p.label { (attempt.title()) " · " (attempt.rules.title) }
                h1 { "Время вышло" }
                p { "Если часть ответов вы дали без связи, откройте эту страницу на том же устройстве до " (closes.time()) ": они уйдут сами." }
                form action={ "/attempts/" (attempt.id) "/completion" } method="post" data-over=(attempt.id) {
                    (parts::form_key())
                    (parts::submit("Показать результат"))
                }
            }
        }
    }
}

/// What the page says besides the outcome.
struct Around {
    /// Of the modules, by their codes.
    titles: BTreeMap<String, String>,
    /// The commission's part follows a passed test.
    written: bool,
    /// Which attempt it is, from 1.
    number: i64,
    /// Answers given in time that came too late to count.
    late: i64,
    /// Its learner sits an attestation now, and may see no key.
    sits: bool,
    /// Why it was annulled, where it was.
    annulled: Option<String>,
}

/// Whether its learner has looked at the keys of an attempt.
pub fn has_seen(db: &mut Db, attempt: Uuid) -> Stored<bool> {
    let seen = "select cast(count(*) as bigint) from attempt_step where attempt = ?1 and kind = 'seen'";
    Ok(db.count(seen, values![attempt])? > 0)
}

/// Its learner looks at the keys: from now on the attempt cannot be opened again. False: it goes on, and there is nothing to look at.
pub fn see(work: &mut Work, attempt: Uuid) -> Stored<bool> {
    if Attempt::find(work, attempt)?.finished.is_none() {
        return Ok(false);
    }
    if !has_seen(work, attempt)? {
        let at = work.now();
        let step = New { key: Uuid::now_v7(), kind: "seen", seat: None, content: None, at };
        chain::add(work, attempt, &step)?;
    }
    Ok(true)
}

fn late(db: &mut Db, attempt: Uuid) -> Stored<i64> {
    db.count(
        "select cast(count(distinct seat) as bigint) from attempt_step where attempt = ?1 and kind = 'late'
           and n > (select coalesce(max(n), 0) from attempt_step where attempt = ?1 and kind = 'accept')",
        values![attempt],
    )
}

fn page(visit: &Visit, outcome: &Outcome, around: &Around) -> Markup {
    let Around { titles, written, number, late, sits, annulled } = around;
    let Outcome { attempt, marks, .. } = outcome;
    let total = marks.len();
    let keys_in_sight = attempt.shows_keys();
    let score = outcome.score();
    let passed = attempt.passed == Some(true);
    let mut topics: BTreeMap<&str, Vec<Mark>> = BTreeMap::new();
    for (seat, (_, marked)) in attempt.ticket.seats.iter().zip(marks) {
        topics.entry(&seat.topic).or_default().push(marked.mark);
    }
    let mistakes = marks.iter().filter(|(_, marked)| !marked.mark.is_whole()).count();
    html! {
        main.wrap #main {
            (parts::island("deliver.js"))
            p.crumb { a href="/cabinet" { "Обучение" } }
            div.page-head.stack data-ended=(attempt.id) {
                p.label { (attempt.title()) " · " (attempt.rules.title) }
                h1 { @if attempt.annulled.is_some() { "Аннулировано, " } @else if passed { "Сдано, " } @else { "Не сдано, " } (score) }
                p.muted {
                    "Нужно не меньше " (attempt.rules.threshold.needed(total)) ". Попытка " (number) ", "
                    (attempt.finished.map(|at| at.shown(visit.now)).unwrap_or_default()) "."
                }
                div.cluster {
                    @if attempt.mode == Mode::Rehearsal { a.btn.primary href={ "/studies/" (attempt.enrolment) "/attestation" } { "К итоговой аттестации" (icon("arrow-right")) } a.btn href={ "/studies/" (attempt.enrolment) "/training" } { "Потренироваться" } }
                    @else if passed && attempt.mode == Mode::Attestation && *written { a.btn.primary href={ "/studies/" (attempt.enrolment) "/work" } { "К письменной работе" (icon("arrow-right")) } }
                    @else if passed && attempt.mode == Mode::Attestation { a.btn.primary href="/papers" { (icon("file-badge")) "Документы" } }
                    @else if passed { a.btn.primary href="/cabinet" { "Дальше" (icon("arrow-right")) } }
                    @else { a.btn.primary href="/cabinet" { "К программе" } a.btn href={ "/studies/" (attempt.enrolment) "/training" } { "Потренироваться" } }
                }
                @if *late > 0 {
                    (parts::note(parts::Tone::Warn, "history", &html! { p { (count(*late, ["ответ", "ответа", "ответов"])) " передано с опозданием: сохранено, но не засчитано. " @if attempt.rules.late != Some(Late::Never) && attempt.late > 0 && !passed { "Засчитать ли, решит методист. " } "Если связи не было не по вашей вине, подайте апелляцию." } }))
                }
                @if attempt.annulled.is_none() && !passed && failed_critical(outcome) {
                    p { strong { "Баллов хватает, но есть ошибка в критическом вопросе." } " Такая ошибка — не сдано." }
                }
                @if attempt.mode.counts() { p.small { a href={ "/attempts/" (attempt.id) "/sheet.pdf" } target="_blank" { "Экзаменационный лист, PDF" } } }
                @else { p.small.muted { "Репетиция ни на что не влияет: в документы и в число попыток она не попадает." } }
                @if let Some(reason) = annulled { p { "Почему: " (reason) } }
                @if !passed && attempt.mode.counts() && attempt.annulled.is_none() { p.small.muted { "Не согласны с результатом? " a href={ "/attempts/" (attempt.id) "/appeal" } { "Подайте апелляцию" } "." } }
            }
            section {
                h2 { "По темам" }
                table.tbl {
                    thead { tr { th scope="col" { "Тема" } th.r scope="col" { "Верно" } th scope="col" { "Доля" } } }
                    tbody {
                        @for (topic, marks) in topics {
                            @let score = Score::of(marks);
                            tr {
                                th scope="row" { (titles.get(topic).map_or(topic, String::as_str)) }
                                td.r data-l="Верно" { (score) }
                                td data-l="Доля" { (parts::share(score.percent())) }
                            }
                        }
                    }
                }
            }
            @if keys_in_sight && *sits {
                (parts::note(parts::Tone::Plain, "lock", &html! { p { "Сейчас у вас идёт аттестация. Ответы и пояснения откроются, когда она закончится." } }))
            } @else if keys_in_sight { section.mt-8 {
                h2 { "Ответы" }
                p.muted {
                    @if mistakes == 0 { "Все ответы верные." }
                    @else { (count(i64::try_from(mistakes).unwrap_or(0), ["ошибка", "ошибки", "ошибок"])) "." }
                }
                (outcome.answers(OWN))
            } }
        }
    }
}

/// The points are enough, and still a critical question is wrong.
fn failed_critical(Outcome { attempt, marks, .. }: &Outcome) -> bool {
    let mut seats = attempt.ticket.seats.iter().zip(marks);
    score_of(marks).passes(attempt.rules.threshold)
        && seats.any(|(seat, (_, marked))| seat.critical && !marked.mark.is_whole())
}

/// What stands beside the learner's own answer.
pub(crate) const OWN: &str = "Ваш ответ";
