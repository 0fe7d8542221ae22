//! A try-out run for whoever forms the package (п. 5.3.4): a ticket as a learner gets it, marked on the spot and kept nowhere.
use std::collections::BTreeMap;

use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use marking::{Choice, Question, Score, Threshold, Ticket, TopicQuota, draw, mark};
use maud::{Markup, PreEscaped, html};
use programmes::Version;
use store::{Db, Fault, Stored};
use uuid::Uuid;
use web::parts::Tone;
use web::{Posted, Reply, parts};

use crate::{asked, pool};

const SECTION: Frame = Frame::Office("/office/programmes");

struct Trial {
    version: Version,
    ticket: Ticket,
    questions: Vec<Question>,
}

/// The ticket of this seed, or which topic is short of questions.
fn load(db: &mut Db, version: Uuid, seed: u64) -> Stored<Result<Trial, (Version, String)>> {
    let version = Version::find(db, version)?;
    let quotas: Vec<_> = version
        .content
        .attestation
        .topics
        .iter()
        .map(|quota| TopicQuota { topic: quota.module.clone(), questions: quota.questions })
        .collect();
    let pool = pool(db, version.content.bank())?;
    let ticket = match draw(&quotas, &pool, seed) {
        Ok(ticket) if !ticket.seats.is_empty() => ticket,
        Ok(_) => return Ok(Err((version, "в билете нет ни одного вопроса".to_owned()))),
        Err(short) => return Ok(Err((version, short.to_string()))),
    };
    let questions =
        ticket.seats.iter().map(|seat| Ok(asked(db, seat.question)?.question)).collect::<Stored<Vec<_>>>()?;
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
    Posted { form, .. }: Posted<Vec<(String, String)>>,
) -> Reply {
    let seed = form.iter().find(|(name, _)| name == "seed").and_then(|(_, text)| text.parse().ok());
    let seed: u64 = seed.ok_or(Fault::Missing)?;
    // Seat → places of options as they were shown.
    let mut chosen: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (name, value) in &form {
        let seat = name.strip_prefix("seat").and_then(|seat| seat.parse().ok());
        if let (Some(seat), Ok(place)) = (seat, value.parse()) {
            chosen.entry(seat).or_default().push(place);
        }
    }
    let trial = visit.read(move |db| load(db, version, seed)).await?;
    visit.page("Пробный прогон", SECTION, page(&trial, Some(&chosen)))
}

fn page(trial: &Result<Trial, (Version, String)>, chosen: Option<&BTreeMap<usize, Vec<usize>>>) -> Markup {
    let version = match trial {
        Ok(trial) => &trial.version,
        Err((version, _)) => version,
    };
    let address = format!("/office/programmes/{}", version.id);
    html! {
        main.dash #main {
            p.crumb { a href=(address) { (version.content.title) } }
            div.dash-head { h1 { "Пробный прогон" } @if chosen.is_some() { a.btn href={ (address) "/trial" } { "Другой билет" } } }
            @match trial {
                Err((_, why)) => { (parts::note(Tone::Warn, "triangle-alert", &html! { p { "Билет не составить: " (why) "." } p { a href={ "/questions/" (version.content.bank()) } { "К банку вопросов" } } })) }
                Ok(trial) => {
                    p.muted { "Билет, каким его получит слушатель. Результат нигде не сохраняется." }
                    @if let Some(chosen) = chosen { (verdict(trial, chosen)) }
                    (parts::form(&format!("{address}/trial"), "mt-5", &html! {
                        input type="hidden" name="seed" value=(trial.ticket.seed);
                        ol.lines { @for (seat, question) in trial.questions.iter().enumerate() { li.doc { div.body { (one(trial, seat, question, chosen)) } } } }
                        @if chosen.is_none() { div.mt-5 { (parts::submit("Проверить")) } }
                    }))
                }
            }
        }
    }
}

fn own(trial: &Trial, seat: usize, chosen: &BTreeMap<usize, Vec<usize>>) -> Vec<usize> {
    let order = &trial.ticket.seats[seat].order;
    chosen.get(&seat).into_iter().flatten().filter_map(|place| order.get(*place).copied()).collect()
}

fn verdict(trial: &Trial, chosen: &BTreeMap<usize, Vec<usize>>) -> Markup {
    let marks =
        trial.questions.iter().enumerate().map(|(seat, question)| mark(question, &own(trial, seat, chosen)));
    let score = Score::of(marks);
    let threshold = Threshold(trial.version.content.attestation.threshold_percent);
    html! {
        p.mt-5 { strong { @if score.passes(threshold) { "Сдано, " } @else { "Не сдано, " } (score.right) " из " (score.total) } ", нужно не меньше " (threshold.needed(score.total)) "." }
    }
}

fn one(
    trial: &Trial,
    seat: usize,
    question: &Question,
    chosen: Option<&BTreeMap<usize, Vec<usize>>>,
) -> Markup {
    let kind = if question.choice == Choice::One { "radio" } else { "checkbox" };
    let places = &trial.ticket.seats[seat].order;
    let picked = |place: usize| chosen.and_then(|all| all.get(&seat)).is_some_and(|all| all.contains(&place));
    html! {
        fieldset disabled[chosen.is_some()] {
            legend.med.qtext-list { (PreEscaped(&question.text)) }
            @for (place, &at) in places.iter().enumerate() {
                @let option = &question.options[at];
                label.check {
                    input type=(kind) name={ "seat" (seat) } value=(place) checked[picked(place)];
                    span { (PreEscaped(&option.text)) @if chosen.is_some() && option.right { " " (parts::tag(Tone::Ok, "верно")) } @else if picked(place) { " " (parts::tag(Tone::Bad, "ошибка")) } }
                }
            }
        }
        @if let (Some(_), Some(explanation)) = (chosen, &question.explanation) { div.small.muted.mt-2 { (PreEscaped(explanation)) } }
    }
}
