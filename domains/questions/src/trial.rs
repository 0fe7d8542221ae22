//! A try-out run for whoever forms the package (п. 5.3.4): a ticket as a learner gets it, marked on the spot and kept nowhere.
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use marking::{Answer, Score, Ticket, draw, passes};
use maud::{Markup, html};
use programmes::Version;
use store::{Db, Fault, Stored};
use uuid::Uuid;
use web::parts::Tone;
use web::{Posted, Reply, parts};

use crate::form::{self, Asked};
use crate::review::reviewed;
use crate::{asked_all, pool};

const SECTION: Frame = Frame::Office("/office/programmes");

struct Trial {
    version: Version,
    ticket: Ticket,
    questions: Vec<crate::Asked>,
}

/// The ticket of this seed, or which topic is short of questions.
fn load(db: &mut Db, version: Uuid, seed: u64) -> Stored<Result<Trial, (Version, String)>> {
    let version = Version::find(db, version)?;
    let mut pool = pool(db, version.content.bank())?;
    for one in &mut pool {
        one.candidate.critical &= version.content.attestation.critical;
    }
    let ticket = match draw(&version.content.quotas(), pool.iter().map(|one| &one.candidate), seed) {
        Ok(ticket) if !ticket.seats.is_empty() => ticket,
        Ok(_) => return Ok(Err((version, "в билете нет ни одного вопроса".to_owned()))),
        Err(short) => return Ok(Err((version, short.to_string()))),
    };
    let versions: Vec<Uuid> = ticket.seats.iter().map(|seat| seat.question).collect();
    let questions = asked_all(db, &versions)?;
    Ok(Ok(Trial { version, ticket, questions }))
}

pub(crate) async fn show(visit: Visit, Path(version): Path<Uuid>) -> Reply {
    let seed = Uuid::new_v4().as_u64_pair().0;
    let trial = visit.read(move |db| load(db, version, seed)).await?;
    visit.page("Пробный прогон", SECTION, page(&trial, None))
}

pub(crate) async fn submit(
    visit: Visit,
    Path(version): Path<Uuid>,
    Posted { form: sent, .. }: Posted<Vec<(String, String)>>,
) -> Reply {
    let seed = sent.iter().find(|(name, _)| name == "seed").and_then(|(_, text)| text.parse().ok());
    let seed: u64 = seed.ok_or(Fault::Missing)?;
    let trial = visit.read(move |db| load(db, version, seed)).await?;
    visit.page("Пробный прогон", SECTION, page(&trial, Some(&sent)))
}

fn page(trial: &Result<Trial, (Version, String)>, sent: Option<&[(String, String)]>) -> Markup {
    let version = match trial {
        Ok(trial) => &trial.version,
        Err((version, _)) => version,
    };
    let address = format!("/office/programmes/{}", version.id);
    html! {
        main.dash #main {
            p.crumb { a href=(address) { (version.content.title) } }
            div.dash-head { h1 { "Пробный прогон" } @if sent.is_some() { a.btn href={ (address) "/trial" } { "Другой билет" } } }
            @match trial {
                Err((_, why)) => { (parts::note(Tone::Warn, "triangle-alert", &html! { p { "Билет не составить: " (why) "." } p { a href={ "/questions/" (version.content.bank()) } { "К банку вопросов" } } })) }
                Ok(trial) => {
                    p.muted { "Билет, каким его получит слушатель. Результат нигде не сохраняется." }
                    @if let Some(sent) = sent { (verdict(trial, sent)) }
                    (parts::island("task.js"))
                    (parts::form(&format!("{address}/trial"), "mt-5", &html! {
                        input type="hidden" name="seed" value=(trial.ticket.seed);
                        ol.lines { @for (seat, asked) in trial.questions.iter().enumerate() { li.doc { div.body { (one(trial, seat, asked, sent)) } } } }
                        @if sent.is_none() { div.mt-5 { (parts::submit("Проверить")) } }
                    }))
                }
            }
        }
    }
}

/// In the question's own order.
fn own(trial: &Trial, seat: usize, sent: &[(String, String)]) -> Answer {
    let question = &trial.questions[seat].question;
    form::answer(question, sent, &prefix(seat)).own(question, &trial.ticket.seats[seat].order)
}

fn prefix(seat: usize) -> String {
    format!("seat{seat}-")
}

fn verdict(trial: &Trial, sent: &[(String, String)]) -> Markup {
    let marks = trial.questions.iter().enumerate().map(|(seat, asked)| asked.mark(&own(trial, seat, sent)));
    let marks: Vec<_> = marks.collect();
    let score = Score::of(marks.iter().copied());
    let threshold = trial.version.content.attestation.threshold();
    html! {
        p.mt-5 { strong { @if passes(&trial.ticket, &marks, threshold) { "Сдано, " } @else { "Не сдано, " } (score) } ", нужно не меньше " (threshold.needed(score.total)) "." }
    }
}

fn one(trial: &Trial, seat: usize, asked: &crate::Asked, sent: Option<&[(String, String)]>) -> Markup {
    let question = &asked.question;
    let order = &trial.ticket.seats[seat].order;
    html! {
        @if let Some(sent) = sent { (reviewed(asked, &own(trial, seat, sent), "Ваш ответ")) } @else {
            fieldset {
                legend.med.qtext-list { (form::heading(question)) }
                p.hint { (form::hint(question)) }
                (form::fields(&Asked { question, order, answer: &Answer::default(), prefix: &prefix(seat), closed: false }))
            }
        }
    }
}
