//! Questions on paper: tickets drawn by a programme's package, or the whole bank; the keys on a sheet apart, drawn by the same number, so that
//! both belong together (п. 5.3.4, case technology).
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::{Path, Query};
use files::Hash;
use marking::{Answer, Choice, Gap, Quantity, Question, Seat, Short, Task, TopicQuota, draw};
use maud::{Markup, html};
use papers::{Paper, Press};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::{Db, Stored};
use uuid::Uuid;
use web::parts::{self, Tone};
use web::{Failure, Reply, download};

use crate::edit::lines::spans;
use crate::form::{LETTERS, hint, with_gaps};
use crate::rich::{Pictures, nodes};
use crate::{asked_all, in_words, pool, text_in_words};

const SECTION: Frame = Frame::Office("/questions");
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
    let tickets = match tickets {
        Ok(tickets) => tickets,
        Err(why) => return visit.page("На бумаге", SECTION, unprintable(&bank, &why)),
    };
    let keys = wanted.part == "keys";
    let set = set(wanted.seed, &tickets)?;
    // Setting out thousands of questions is work.
    let setting = tokio::task::spawn_blocking(move || {
        let mut pictures = Pictures::default();
        let all: Vec<Value> = tickets.iter().map(|ticket| printed(ticket, keys, &mut pictures)).collect();
        (all, pictures)
    });
    let (all, pictures) = setting.await.map_err(Failure::broken)?;
    let mut files = Vec::new();
    for (address, name) in pictures.all() {
        let hash = address.strip_prefix("/pictures/").and_then(|rest| Hash::parse(rest.get(..64)?));
        let bytes =
            visit.house.files.load(hash.ok_or_else(Failure::missing)?).await.map_err(Failure::broken)?;
        files.push((name.to_owned(), bytes));
    }
    let file = format!("{bank}-{set}-{}.pdf", if keys { "keys" } else { "questions" });
    let data = json!({
        "title": title, "keys": keys, "tickets": all, "set": set, "day": visit.today().dotted(),
    });
    let (at, name) = (visit.now.0, if keys { "Ключи" } else { "Вопросы" });
    let printing = tokio::task::spawn_blocking(move || {
        let files: Vec<(&str, &[u8])> =
            files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        Press::new().print(&Paper { template: TEMPLATE, data: &data, files: &files, title: name, at })
    });
    let pdf = printing.await.map_err(Failure::broken)?.map_err(Failure::broken)?;
    Ok(download("application/pdf", &file, pdf))
}

fn unprintable(bank: &str, why: &str) -> Markup {
    html! {
        main.dash #main {
            p.crumb { a href={ "/questions/" (bank) "/export" } { "Выгрузка вопросов" } }
            div.dash-head { h1 { "Не напечатать" } }
            (parts::note(Tone::Warn, "triangle-alert", &html! { p { (why) "." } }))
        }
    }
}

/// `483901-1f0c`: the number by which it was drawn, and what came of it: of a bank that was changed in between keys bear another.
fn set(seed: u32, tickets: &[Ticket]) -> Result<String, Failure> {
    let seats: Vec<_> = tickets.iter().flat_map(|ticket| &ticket.seats).map(|(seat, _)| seat).collect();
    let drawn = Hash::of(&serde_json::to_vec(&seats).map_err(Failure::broken)?);
    Ok(format!("{seed}-{}", &drawn.as_str()[..6]))
}

/// What is to be printed, or why it cannot be, in a sentence.
fn load(db: &mut Db, bank: &str, wanted: &Wanted) -> Stored<Result<Vec<Ticket>, String>> {
    let pool = pool(db, bank)?;
    let candidates = || pool.iter().map(|one| &one.candidate);
    let seed = u64::from(wanted.seed);
    let drawn = if let Some(version) = wanted.version {
        let quotas = programmes::Version::find(db, version)?.content.quotas();
        // Each ticket by a seed of its own.
        let ticket = |number: usize| {
            let drawn = draw(&quotas, candidates(), seed << 16 | u64::try_from(number).unwrap_or(0));
            drawn.map(|ticket| (Some(number), ticket.seats))
        };
        (1..=wanted.tickets.clamp(1, MOST_TICKETS)).map(ticket).collect::<Result<Vec<_>, Short>>()
    } else if pool.len() > MOST_QUESTIONS {
        return Ok(Err(format!("В банке больше {MOST_QUESTIONS} вопросов: печатайте билетами")));
    } else {
        let mut topics: BTreeMap<&str, usize> = BTreeMap::new();
        for one in candidates() {
            *topics.entry(one.topic.as_str()).or_default() += 1;
        }
        let quotas: Vec<_> = topics.into_iter().map(|(topic, n)| TopicQuota::any(topic, n)).collect();
        draw(&quotas, candidates(), seed).map(|ticket| {
            let mut seats = ticket.seats;
            // In the bank's own order; what is drawn is the order of options.
            seats.sort_by(|one, other| (&one.topic, one.question).cmp(&(&other.topic, other.question)));
            vec![(None, seats)]
        })
    };
    let drawn = match drawn {
        Ok(drawn) => drawn,
        Err(short) => return Ok(Err(format!("Билет не составить: {short}"))),
    };
    let filled = drawn.into_iter().map(|(number, seats)| {
        let versions: Vec<Uuid> = seats.iter().map(|seat| seat.question).collect();
        let asked = asked_all(db, &versions)?;
        let questions = asked.into_iter().map(|one| one.right().clone());
        Ok(Ticket { number, seats: seats.into_iter().zip(questions).collect() })
    });
    filled.collect::<Stored<_>>().map(Ok)
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
        Task::Text(wording) => wording.accepted.join(" или "),
        Task::Number(quantity) => number(quantity),
        Task::Gaps(gaps) => {
            let one = |(place, gap): (usize, &Gap)| format!("({}) {}", place + 1, gap_key(gap));
            gaps.iter().enumerate().map(one).collect::<Vec<_>>().join("; ")
        }
        // What is marked on a picture is measured from its edges.
        Task::Point { areas, .. } => areas.first().map_or_else(String::new, |area| {
            let spot = area.middle();
            format!("{} % ширины от левого края, {} % высоты сверху", spot.x / 10, spot.y / 10)
        }),
        Task::Open { .. } => in_words(question, &own),
    }
}

fn gap_key(gap: &Gap) -> String {
    match gap {
        Gap::Choice { options, right } => options.get(*right).cloned().unwrap_or_default(),
        Gap::Text(wording) => wording.accepted.join(" или "),
        Gap::Number(quantity) => number(quantity),
    }
}

/// `12 ± 0,5 м или см`
fn number(quantity: &Quantity) -> String {
    let units: Vec<&str> = quantity.units.iter().map(|unit| unit.name.as_str()).collect();
    format!("{} {}", spans(quantity).join(" или "), units.join(" или ")).trim().to_owned()
}
