//! Training: any topic, as often as one likes, each answer explained at once, mistakes again (п. 2.1).
use accounts::Visit;
use accounts::frame::Frame;
use admissions::Enrolment;
use axum::extract::Path;
use marking::{Candidate, Mark, Question, Score, Seat, Task, Ticket, TopicQuota, draw};
use maud::{Markup, PreEscaped, html};
use questions::form;
use questions::{Asked, Pooled};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::parts::icon;
use web::{Failure, Posted, Reply, parts, see_other};
use words::{Moment, count};

use crate::rehearsal;
use crate::result::OWN;
use crate::sheet::{Kind, add};
use crate::today::{Memory, PLAN, remember};
use crate::{Attempt, Marked, Mode, Ready, Rules, Sheet};

/// How many questions one training holds at most.
const LONGEST: usize = 10;

pub(crate) const FRAME: Frame = Frame::Cabinet("/cabinet");

pub(crate) async fn choose(visit: Visit, Path(enrolment): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    let now = visit.now;
    let (content, topics, rehearsals, due) = visit
        .read(move |db| {
            let enrolment = Enrolment::of(db, person, enrolment)?;
            let content = enrolment.programme(db)?.content;
            let mut topics: BTreeMap<String, usize> = BTreeMap::new();
            let pool = trained(db, content.bank())?;
            for one in &pool {
                *topics.entry(one.candidate.topic.clone()).or_default() += 1;
            }
            let memory = Memory::of(db, enrolment.id)?;
            let (plan, again) = memory.plan(&pool, now);
            let due = Due {
                again,
                new: plan.len() - again,
                weak: memory.weak(&pool).len(),
                mistakes: mistakes(db, enrolment.id)?.len(),
            };
            let rehearsals = Attempt::all_of(db, enrolment.id, Mode::Rehearsal)?;
            Ok((content, topics, rehearsals, due))
        })
        .await?;
    let begin = |topic: &str, class: &'static str, words: &str| {
        parts::form(
            &format!("/studies/{enrolment}/training"),
            "inline",
            &html! {
                input type="hidden" name="topic" value=(topic);
                button class=(class) type="submit" { (words) }
            },
        )
    };
    let body = html! {
        main.wrap #main {
            p.crumb { a href="/cabinet" { "Обучение" } " · " span.muted { (content.title) } }
            div.page-head.stack {
                h1 { "Тренировка" }
                p.muted { "После каждого ответа — верный ответ и пояснение. В документы тренировка не попадает." }
            }
            @if topics.is_empty() { (parts::empty("Вопросов к этой программе пока нет.", Some(("/cabinet", "К программе")))) } @else {
                @if due.again + due.new > 0 {
                    section.panel.stack {
                        h2.h-s { "На сегодня, минут десять" }
                        p { @if due.again > 0 { "Пора повторить: " (due.again) @if due.new > 0 { ", новых: " (due.new) } "." } @else { "Новых вопросов: " (due.new) "." } " Что помните, спросим реже, что забываете — чаще." }
                        (begin("today", "btn primary", "Начать"))
                    }
                }
                div.cluster.mt-5 {
                    (begin("", "btn", "Вперемешку"))
                    @if due.weak > 0 { (begin("weak", "btn", &format!("Слабые места: {}", due.weak))) }
                    @if due.mistakes > 0 { (begin("mistakes", "btn", &format!("Повторить ошибки: {}", due.mistakes))) }
                }
                (rehearsal::section(&visit, enrolment, &content, &rehearsals))
                h2.mt-8 { "По модулям" }
                ul.lines.mt-2 {
                    @for module in &content.modules {
                        @if let Some(questions) = topics.get(&module.code) {
                            li.doc {
                                div.body { p.med { (module.title) } p.small.muted { (count(i64::try_from(*questions).unwrap_or(0), ["вопрос", "вопроса", "вопросов"])) } }
                                (begin(&module.code, "btn", "Начать"))
                            }
                        }
                    }
                }
            }
        }
    };
    visit.page("Тренировка", FRAME, body)
}

/// What waits for a learner, in questions.
struct Due {
    again: usize,
    new: usize,
    weak: usize,
    mistakes: usize,
}

#[derive(Deserialize)]
pub(crate) struct Begin {
    #[serde(default)]
    topic: String,
}

pub(crate) async fn begin(
    visit: Visit,
    Path(enrolment): Path<Uuid>,
    Posted { form, key }: Posted<Begin>,
) -> Reply {
    let person = visit.person()?;
    let seed = seed();
    let begun = visit
        .write(move |work| {
            let enrolment = Enrolment::of(work, person, enrolment)?;
            if let Some(sits) = Attempt::being_sat(work, person)? {
                return Ok(Err(format!("/attempts/{sits}")));
            }
            if !enrolment.is_open(work.today()) {
                return Ok(Err(format!("/studies/{}/attestation", enrolment.id)));
            }
            let content = enrolment.programme(work)?.content;
            let ticket = ticket(work, &enrolment, content.bank(), &form.topic, seed)?;
            if ticket.seats.is_empty() {
                return Ok(Err(format!("/studies/{}/training", enrolment.id)));
            }
            let rules = Rules::of_training(content.title);
            let ready = Ready::training(work, &enrolment, rules, ticket)?;
            work.once(key, |work| ready.begin(work)).map(Ok)
        })
        .await?;
    Ok(see_other(&match begun {
        Ok(attempt) => format!("/training/{attempt}/1"),
        // The term is over, or there is nothing to train on: the page there says so.
        Err(elsewhere) => elsewhere,
    }))
}

/// Whether keys of the same bank were shown to this learner since: in training, or after a rehearsal.
pub fn has_trained_since(db: &mut Db, enrolment: Uuid, since: Moment) -> Stored<bool> {
    let steps = db.count(
        "select cast(count(*) as bigint) from attempt a join attempt_step s on s.attempt = a.id
         where a.enrolment = ?1 and a.mode in ('training', 'rehearsal') and s.at > ?2",
        values![enrolment, since],
    )?;
    Ok(steps > 0)
}

/// A number from the system's chance, recorded in the ticket.
pub fn seed() -> u64 {
    Uuid::new_v4().as_u64_pair().0
}

/// What one may train on: what is kept for attestations is not among it.
fn trained(db: &mut Db, bank: &str) -> Stored<Vec<Pooled>> {
    let mut pool = questions::pool(db, bank)?;
    pool.retain(|one| !one.exam_only);
    for one in &mut pool {
        one.candidate.critical = false;
    }
    Ok(pool)
}

fn ticket(work: &mut Work, enrolment: &Enrolment, bank: &str, topic: &str, seed: u64) -> Stored<Ticket> {
    let (pool, now) = (trained(work, bank)?, work.now());
    let wanted: Option<BTreeSet<Uuid>> = match topic {
        "mistakes" => Some(mistakes(work, enrolment.id)?),
        "today" => Some(Memory::of(work, enrolment.id)?.plan(&pool, now).0.into_iter().collect()),
        "weak" => Some(Memory::of(work, enrolment.id)?.weak(&pool).into_iter().take(LONGEST).collect()),
        _ => None,
    };
    let is_wanted = |candidate: &Candidate| match &wanted {
        Some(wanted) => wanted.contains(&candidate.id),
        None => topic.is_empty() || candidate.topic == topic,
    };
    let longest = if topic == "today" { PLAN } else { LONGEST };
    let mut one: Vec<Candidate> = pool.into_iter().map(|one| one.candidate).filter(is_wanted).collect();
    // One topic for the draw, each question's own topic on its seat.
    let topics: BTreeMap<Uuid, String> =
        one.iter_mut().map(|candidate| (candidate.id, std::mem::take(&mut candidate.topic))).collect();
    let quota = TopicQuota::any("", one.len().min(longest));
    let mut ticket = draw(&[quota], &one, seed).map_err(Fault::data)?;
    for seat in &mut ticket.seats {
        seat.topic = topics.get(&seat.question).cloned().unwrap_or_default();
    }
    Ok(ticket)
}

/// Questions whose last answer in training was wrong.
fn mistakes(db: &mut Db, enrolment: Uuid) -> Stored<BTreeSet<Uuid>> {
    let mut wrong = BTreeSet::new();
    for attempt in Attempt::all_of(db, enrolment, Mode::Training)? {
        let sheet = Sheet::of(db, &attempt)?;
        let marks = sheet.marks(db, &attempt)?;
        for (_, Marked { question, answer, mark, .. }) in &marks {
            match (answer.is_empty(), mark.is_whole()) {
                (true, _) => {}
                (false, true) => drop(wrong.remove(question)),
                (false, false) => drop(wrong.insert(*question)),
            }
        }
    }
    Ok(wrong)
}

struct Shown {
    attempt: Attempt,
    sheet: Sheet,
    asked: Asked,
    /// Of all that was asked, once the last question is shown.
    right: usize,
}

fn load(db: &mut Db, person: Uuid, id: Uuid, seat: usize) -> Stored<Shown> {
    let attempt = Attempt::of(db, person, id)?;
    if attempt.mode != Mode::Training {
        return Err(Fault::Missing);
    }
    let place: &Seat = attempt.ticket.seats.get(seat).ok_or(Fault::Missing)?;
    let asked = questions::asked(db, place.question)?;
    let sheet = Sheet::of(db, &attempt)?;
    let is_last = seat + 1 == attempt.ticket.seats.len();
    let marks = if is_last { sheet.marks(db, &attempt)? } else { Vec::new() };
    let right = marks.iter().filter(|(_, marked)| marked.mark.is_whole()).count();
    Ok(Shown { attempt, sheet, asked, right })
}

pub(crate) async fn show(visit: Visit, Path((id, n)): Path<(Uuid, usize)>) -> Reply {
    let person = visit.person()?;
    let seat = n.checked_sub(1).ok_or_else(Failure::missing)?;
    let (shown, sits) =
        visit.read(move |db| Ok((load(db, person, id, seat)?, Attempt::being_sat(db, person)?))).await?;
    // One that was begun before the attestation waits too.
    if let Some(sits) = sits {
        return Ok(see_other(&format!("/attempts/{sits}")));
    }
    visit.page("Тренировка", FRAME, page(&shown, seat, None))
}

pub(crate) async fn submit(
    visit: Visit,
    Path((id, n)): Path<(Uuid, usize)>,
    Posted { form: sent, key }: Posted<Vec<(String, String)>>,
) -> Reply {
    let person = visit.person()?;
    let seat = n.checked_sub(1).ok_or_else(Failure::missing)?;
    let kept = visit
        .write(move |work| {
            let shown = load(work, person, id, seat)?;
            if Attempt::being_sat(work, person)?.is_some() {
                return Ok(true);
            }
            let answer = form::answer(&shown.asked.question, &sent, "");
            // The first answer is the one that counts: after it the key is in sight.
            let first = shown.sheet.answers[seat].is_empty();
            if answer.is_empty() {
                return Ok(!first);
            }
            if first {
                let own = answer.own(&shown.asked.question, &shown.attempt.ticket.seats[seat].order);
                add(work, id, key, seat, &Kind::Answer(answer))?;
                remember(work, shown.attempt.enrolment, shown.asked.version, shown.asked.mark(&own))?;
            }
            Ok(true)
        })
        .await?;
    if kept {
        return Ok(see_other(&format!("/training/{id}/{n}")));
    }
    let shown = visit.read(move |db| load(db, person, id, seat)).await?;
    visit.again("Тренировка", FRAME, page(&shown, seat, Some("Ответа ещё нет")))
}

fn page(shown: &Shown, seat: usize, wrong: Option<&str>) -> Markup {
    let Shown { attempt, sheet, asked, .. } = shown;
    let question = asked.right();
    let (n, total) = (seat + 1, attempt.ticket.seats.len());
    let order = &attempt.ticket.seats[seat].order;
    let answer = &sheet.answers[seat];
    let answered = !answer.is_empty();
    let own = answer.own(question, order);
    // Options are shown where they stood, with what is right beside them; of other kinds the answer is compared.
    let options = matches!(question.task, Task::Choice { .. } | Task::TrueFalse { .. });
    html! {
        main.wrap #main {
            p.crumb { a href={ "/studies/" (attempt.enrolment) "/training" } { "Тренировка" } }
            (parts::island("task.js"))
            div.q {
                form action={ "/training/" (attempt.id) "/" (n) } method="post" {
                    (parts::form_key())
                    p.label { "Вопрос " (n) " из " (total) }
                    fieldset {
                        legend { div.qtext role="heading" aria-level="1" { (form::heading(question)) } }
                        @if let Some(wrong) = wrong { p.hint role="alert" { strong { (wrong) } } }
                        @else if !answered || options { p.hint { (form::hint(question)) } }
                        @if answered && !options { (questions::compared(question, Some((&own, OWN)))) }
                        @else { (form::fields(&form::Asked { question, order, answer, prefix: "", closed: answered })) }
                    }
                    @if !answered { div.qnav { button.btn.primary type="submit" { "Проверить" } } }
                }
                @if answered { (verdict(question, asked.mark(&own))) (onward(shown, n, total)) }
            }
        }
    }
}

fn verdict(question: &Question, mark: Mark) -> Markup {
    html! {
        section class={ "verdict " @if mark.is_whole() { "right" } @else { "wrong" } } role="status" {
            p.what {
                @if mark.is_whole() { (icon("circle-check")) "Верно" }
                @else if mark == Mark::NONE { (icon("circle-x")) "Неверно" }
                @else { (icon("circle-x")) "Верно отчасти: " (Score::of([mark]).points) " балла" }
            }
            @if let Some(explanation) = &question.explanation { div { (PreEscaped(explanation)) } }
        }
    }
}

fn onward(shown: &Shown, n: usize, total: usize) -> Markup {
    let Shown { attempt, sheet, right, .. } = shown;
    html! {
        div.qnav {
            @if n < total { a.btn.primary href={ "/training/" (attempt.id) "/" (n + 1) } { "Следующий вопрос" (icon("arrow-right")) } }
            @else {
                p { "Тренировка закончена. Верно " (right) ", ответов " (sheet.answered()) " из " (total) "." }
                a.btn.primary href={ "/studies/" (attempt.enrolment) "/training" } { "Ещё раз" }
            }
        }
    }
}
