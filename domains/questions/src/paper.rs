//! Questions on paper: tickets drawn by a programme's package, or the whole bank; the keys on a sheet apart, drawn by the same number, so that
//! both belong together (п. 5.3.4, case technology).
use accounts::Visit;
use axum::extract::{Path, Query};
use files::Hash;
use marking::{Answer, Choice, Gap, Question, Seat, Task, TopicQuota, draw};
use papers::{Paper, Press};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::{Db, Fault, Stored};
use uuid::Uuid;
use web::{Failure, Reply, download};

use crate::form::{LETTERS, hint, with_gaps};
use crate::rich::{Pictures, nodes};
use crate::{asked_all, in_words, pool, text_in_words};

const TEMPLATE: &str = include_str!("../templates/questions.typ");
/// Tickets at once, and questions of a whole bank on one paper.
const MOST_TICKETS: usize = 40;
const MOST_QUESTIONS: usize = 1000;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Wanted {
    /// Of a version of a programme; none: the whole bank.
    version: Option<Uuid>,
    #[serde(default)]
    tickets: usize,
    /// By which they are drawn.
    seed: u32,
    /// `questions`, `keys`
    part: String,
}

struct Ticket {
    /// From 1; none: the whole bank.
    number: Option<usize>,
    seats: Vec<(Seat, Question)>,
}

pub(crate) async fn send(visit: Visit, Path(bank): Path<String>, Query(wanted): Query<Wanted>) -> Reply {
    let (code, asked) = (bank.clone(), wanted.clone());
    let (title, tickets) =
        visit.read(move |db| Ok((crate::list::title(db, &code)?, load(db, &code, &asked)?))).await?;
    let keys = wanted.part == "keys";
    let mut pictures = Pictures::default();
    let all: Vec<Value> = tickets.iter().map(|ticket| printed(ticket, keys, &mut pictures)).collect();
    let mut files = Vec::new();
    for (address, name) in pictures.all() {
        let hash = address.strip_prefix("/pictures/").and_then(|rest| Hash::parse(rest.get(..64)?));
        let bytes =
            visit.house.files.load(hash.ok_or_else(Failure::missing)?).await.map_err(Failure::broken)?;
        files.push((name.to_owned(), bytes));
    }
    let data = json!({
        "title": title, "keys": keys, "tickets": all, "seed": wanted.seed.to_string(),
        "day": visit.today().dotted(),
    });
    let (at, name) = (visit.now.0, if keys { "Ключи" } else { "Вопросы" });
    let printing = tokio::task::spawn_blocking(move || {
        let files: Vec<(&str, &[u8])> =
            files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        Press::new().print(&Paper { template: TEMPLATE, data: &data, files: &files, title: name, at })
    });
    let pdf = printing.await.map_err(Failure::broken)?.map_err(Failure::broken)?;
    let file = format!("{bank}-{}-{}.pdf", wanted.seed, if keys { "keys" } else { "questions" });
    Ok(download("application/pdf", &file, pdf))
}

fn load(db: &mut Db, bank: &str, wanted: &Wanted) -> Stored<Vec<Ticket>> {
    let pool = pool(db, bank)?;
    let seed = u64::from(wanted.seed);
    let drawn = if let Some(version) = wanted.version {
        let quotas = programmes::Version::find(db, version)?.content.quotas();
        let numbers = 1..=wanted.tickets.clamp(1, MOST_TICKETS);
        numbers
            .map(|number| {
                // Each ticket by a seed of its own.
                let seed = seed << 16 | u64::try_from(number).unwrap_or(0);
                let ticket = draw(&quotas, pool.iter().map(|one| &one.candidate), seed);
                ticket.map(|ticket| (Some(number), ticket.seats)).map_err(Fault::data)
            })
            .collect::<Stored<Vec<_>>>()?
    } else {
        let mut topics: BTreeMap<&str, usize> = BTreeMap::new();
        for one in pool.iter().take(MOST_QUESTIONS) {
            *topics.entry(one.candidate.topic.as_str()).or_default() += 1;
        }
        let quotas: Vec<_> = topics.into_iter().map(|(topic, n)| TopicQuota::any(topic, n)).collect();
        let chosen = pool.iter().take(MOST_QUESTIONS).map(|one| &one.candidate);
        let mut seats = draw(&quotas, chosen, seed).map_err(Fault::data)?.seats;
        // In the bank's own order; what is drawn is the order of options.
        seats.sort_by(|one, other| (&one.topic, one.question).cmp(&(&other.topic, other.question)));
        vec![(None, seats)]
    };
    drawn
        .into_iter()
        .map(|(number, seats)| {
            let versions: Vec<Uuid> = seats.iter().map(|seat| seat.question).collect();
            let asked = asked_all(db, &versions)?;
            let questions = asked.into_iter().map(|one| one.right().clone());
            Ok(Ticket { number, seats: seats.into_iter().zip(questions).collect() })
        })
        .collect()
}

fn printed(ticket: &Ticket, keys: bool, pictures: &mut Pictures) -> Value {
    let questions: Vec<Value> = ticket
        .seats
        .iter()
        .enumerate()
        .map(|(place, (seat, question))| {
            if keys {
                json!({ "n": place + 1, "key": key(question, &seat.order), "text": text_in_words(question) })
            } else {
                let mut value = asked(question, &seat.order, pictures);
                value["n"] = json!(place + 1);
                value
            }
        })
        .collect();
    json!({ "number": ticket.number, "questions": questions })
}

fn letter(place: usize) -> String {
    LETTERS.get(place).map_or_else(|| (place + 1).to_string(), |letter| letter.to_lowercase().to_string())
}

/// A question as it is asked: its words, what is chosen from, where the answer is written.
fn asked(question: &Question, order: &[usize], pictures: &mut Pictures) -> Value {
    let lettered = |texts: Vec<&str>, pictures: &mut Pictures| -> Vec<Value> {
        let one = |(place, text): (usize, &str)| json!({ "mark": format!("{})", letter(place)), "body": nodes(text, pictures) });
        texts.into_iter().enumerate().map(one).collect()
    };
    let text = match &question.task {
        Task::Gaps(gaps) => with_gaps(&question.text, gaps.len(), |place| match &gaps[place] {
            Gap::Choice { options, .. } => {
                format!(
                    "<b>({})</b> [ {} ]",
                    place + 1,
                    options
                        .iter()
                        .map(|one| crate::formats::html::escape(one))
                        .collect::<Vec<_>>()
                        .join(" / ")
                )
            }
            _ => format!("<b>({})</b> ____________", place + 1),
        }),
        _ => question.text.clone(),
    };
    let mut value = json!({ "text": nodes(&text, pictures), "hint": hint(question), "options": [], "rows": [], "lines": 0 });
    let at =
        |all: &[String]| -> Vec<String> { order.iter().filter_map(|&own| all.get(own).cloned()).collect() };
    match &question.task {
        Task::Choice { options, .. } => {
            let texts: Vec<String> = options.iter().map(|one| one.text.clone()).collect();
            value["options"] = lettered(at(&texts).iter().map(String::as_str).collect(), pictures).into();
        }
        Task::TrueFalse { .. } => value["options"] = lettered(vec!["Верно", "Неверно"], pictures).into(),
        Task::Match { rows, columns, .. } => {
            value["rows"] = rows.iter().map(|row| Value::from(nodes(row, pictures))).collect();
            value["options"] = lettered(at(columns).iter().map(String::as_str).collect(), pictures).into();
        }
        Task::Order { items } => {
            value["options"] = lettered(at(items).iter().map(String::as_str).collect(), pictures).into();
            value["lines"] = json!(1);
        }
        Task::Sort { categories, items } => {
            let texts: Vec<String> = items.iter().map(|one| one.text.clone()).collect();
            value["rows"] = at(&texts).iter().map(|row| Value::from(nodes(row, pictures))).collect();
            let categories: Vec<String> =
                categories.iter().map(|one| crate::formats::html::escape(one)).collect();
            value["options"] = lettered(categories.iter().map(String::as_str).collect(), pictures).into();
        }
        Task::Point { picture, .. } => value["picture"] = json!(pictures.name(picture)),
        Task::Case { parts } => {
            let inner = |part: &Question, pictures: &mut Pictures| {
                asked(part, &(0..part.shuffled()).collect::<Vec<_>>(), pictures)
            };
            value["parts"] = parts.iter().map(|part| inner(part, pictures)).collect();
        }
        Task::Text(_) | Task::Number(_) => value["lines"] = json!(1),
        Task::Open { .. } => value["lines"] = json!(6),
        Task::Gaps(_) => {}
    }
    value
}

/// What is right, by the letters of the paper where it has them.
fn key(question: &Question, order: &[usize]) -> String {
    let Some(own) = question.key() else {
        return "оценивает комиссия".to_owned();
    };
    let shown = own.shown(question, order);
    let letters = |places: &[usize]| places.iter().map(|&place| letter(place)).collect::<Vec<_>>().join(", ");
    let paired = |answer: &Answer, rows: usize| {
        let one =
            |row: usize| format!("{}–{}", row + 1, answer.place(row).map_or_else(|| "?".to_owned(), letter));
        (0..rows).map(one).collect::<Vec<_>>().join(", ")
    };
    match &question.task {
        Task::Choice { choice, .. } => {
            let mut places = shown.chosen().to_vec();
            places.sort_unstable();
            let letters = letters(&places);
            if *choice == Choice::One { letters } else { format!("{letters} — все вместе") }
        }
        Task::TrueFalse { .. } => letters(shown.chosen()),
        Task::Match { rows, .. } => paired(&shown, rows.len()),
        Task::Sort { items, .. } => paired(&shown, items.len()),
        Task::Order { items } => {
            let mut places: Vec<usize> = (0..items.len()).collect();
            places.sort_by_key(|&place| shown.place(place));
            letters(&places)
        }
        Task::Case { parts } => {
            let one = |(place, part): (usize, &Question)| {
                format!("{}) {}", place + 1, key(part, &(0..part.shuffled()).collect::<Vec<_>>()))
            };
            parts.iter().enumerate().map(one).collect::<Vec<_>>().join("; ")
        }
        _ => in_words(question, &own),
    }
}
