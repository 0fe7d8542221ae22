//! A bank as a file of another system, or of our own: what the format cannot hold is named, not spoiled.
use std::collections::BTreeMap;

use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::{Path, Query};
use files::Hash;
use marking::Question;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Stored, values};
use uuid::Uuid;
use web::{Failure, Reply, download};
use words::count;

use crate::bank::path;
use crate::formats::{gift, jsonl, moodle_xml, sheet};
use crate::supply::packages;

const SECTION: Frame = Frame::Office("/questions");

/// A question in use, as its topic and name have it.
struct Kept {
    topic: String,
    subtopic: String,
    name: String,
    question: Question,
}

impl Kept {
    fn path(&self) -> String {
        path(&self.topic, &self.subtopic)
    }

    /// Hashes of the pictures that it shows.
    fn pictures(&self) -> Vec<Hash> {
        let mut question = self.question.clone();
        let mut found: Vec<Hash> = question
            .texts_mut()
            .iter()
            .flat_map(|text| {
                text.split("/pictures/")
                    .skip(1)
                    .filter_map(|rest| Hash::parse(rest.get(..64)?))
                    .collect::<Vec<_>>()
            })
            .collect();
        found.sort();
        found.dedup();
        found
    }
}

fn all(db: &mut Db, bank: &str) -> Stored<Vec<Kept>> {
    db.all(
        "select q.topic, q.name, v.body, q.subtopic from bank b
         join question q on q.bank = b.id join question_version v on v.id = q.latest
         where b.code = ?1 and q.state = 'in_use'
         order by q.topic, q.subtopic, q.id",
        values![bank],
        |row| {
            Ok(Kept { topic: row.get(0)?, subtopic: row.get(3)?, name: row.get(1)?, question: row.json(2)? })
        },
    )
}

/// Formats: code, name, what it is for, ending of its files.
const FORMATS: [(&str, &str, &str, &str); 4] = [
    (
        "jsonl",
        "JSON, по строке на вопрос",
        "Всё без потерь, с рисунками: перенести в другую «Кафедру» или сохранить",
        "jsonl",
    ),
    ("xml", "Moodle XML", "Для Moodle и систем, которые её понимают; с рисунками", "xml"),
    ("gift", "GIFT", "Простой текст, без рисунков: править в блокноте", "gift"),
    (
        "xlsx",
        "Таблица Excel",
        "Вопросы с выбором без рисунков и разметки: править в таблице и загрузить снова",
        "xlsx",
    ),
];

fn holds(format: &str, question: &Question, has_pictures: bool) -> bool {
    match format {
        "xml" => moodle_xml::write::can_hold(question),
        "gift" => !has_pictures && gift::write::can_hold(question),
        "xlsx" => !has_pictures && sheet::row("", "", question).is_some(),
        _ => true,
    }
}

pub(crate) async fn ask(visit: Visit, Path(bank): Path<String>) -> Reply {
    let code = bank.clone();
    let (title, all, packages) = visit
        .read(move |db| Ok((crate::list::title(db, &code)?, all(db, &code)?, packages(db, &code)?)))
        .await?;
    // The same number in both links, so that keys belong to their questions.
    let seed = u32::try_from(Uuid::new_v4().as_u64_pair().0 % 1_000_000).unwrap_or(0);
    let left = |format: &str| {
        all.iter().filter(|one| !holds(format, &one.question, !one.pictures().is_empty())).count()
    };
    let questions = |n: usize| count(i64::try_from(n).unwrap_or(0), ["вопрос", "вопроса", "вопросов"]);
    let body = html! {
        main.dash #main {
            p.crumb { a href={ "/questions/" (bank) } { (title) } }
            div.dash-head { h1 { "Выгрузка вопросов" } }
            p.muted { (questions(all.len())) ". В файле будут верные ответы." }
            ul.lines.l.mt-5 {
                @for (code, name, what, _) in FORMATS {
                    @let left = left(code);
                    li.doc { div.body {
                        p.med { a href={ "/questions/" (bank) "/export/file?format=" (code) } { (name) } }
                        p.small.muted { (what) "." @if left > 0 { " Не войдёт: " (questions(left)) " — таких видов в этом формате нет." } }
                    } }
                }
            }
            h2.mt-8 { "На бумаге" }
            p.muted { "Вопросы и ключи — два файла с одним номером набора: " (seed) ". Каждый раз, когда вы открываете эту страницу, набор новый." }
            ul.lines.l {
                @for package in &packages { li.doc { div.body {
                    p.med { "Билеты: " (package.content.title) ", " (package.state.russian().to_lowercase()) }
                    p.small { @for tickets in [1, 5, 10, 30] { @if tickets > 1 { " · " } (tickets) ": " (paper(&bank, Some(package.id), tickets, seed)) } }
                } } }
                li.doc { div.body { p.med { "Весь банк" } p.small { (paper(&bank, None, 0, seed)) } } }
            }
        }
    };
    visit.page("Выгрузка вопросов", SECTION, body)
}

/// The two files of one set.
fn paper(bank: &str, version: Option<Uuid>, tickets: usize, seed: u32) -> Markup {
    let version = version.map(|version| format!("&version={version}&tickets={tickets}")).unwrap_or_default();
    let address = |part: &str| format!("/questions/{bank}/export/paper?part={part}&seed={seed}{version}");
    html! { a href=(address("questions")) { "вопросы" } ", " a href=(address("keys")) { "ключи" } }
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    format: String,
}

pub(crate) async fn send(visit: Visit, Path(bank): Path<String>, Query(wanted): Query<Wanted>) -> Reply {
    let Some((format, .., ending)) = FORMATS.iter().find(|(code, ..)| *code == wanted.format) else {
        return Err(Failure::missing());
    };
    let code = bank.clone();
    let all = visit
        .read(move |db| {
            crate::list::title(db, &code)?;
            all(db, &code)
        })
        .await?;
    if *format == "xlsx" {
        let rows = all.iter().filter_map(|one| sheet::row(&one.path(), &one.name, &one.question)).collect();
        return web::table("Вопросы", &format!("{bank}.xlsx"), &sheet::HEADS, rows).await;
    }
    let mut file = if *format == "xml" {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n".to_owned()
    } else {
        String::new()
    };
    let mut before = String::new();
    for one in all {
        let mut pictures = BTreeMap::new();
        for hash in one.pictures() {
            pictures.insert(hash.to_string(), visit.house.files.load(hash).await.map_err(Failure::broken)?);
        }
        if !holds(format, &one.question, !pictures.is_empty()) {
            continue;
        }
        let path = one.path();
        let begins = before != path;
        before.clone_from(&path);
        match *format {
            "xml" => {
                if begins {
                    file += &moodle_xml::write::category(&path);
                }
                file += &moodle_xml::write::question(&one.name, &one.question, &pictures);
            }
            "gift" => {
                if begins {
                    file += &format!("$CATEGORY: {path}\n\n");
                }
                file += &(gift::write::question(&one.name, &one.question) + "\n");
            }
            _ => {
                file += &jsonl::write(&one.name, (&one.topic, &one.subtopic), &one.question, &pictures)
                    .map_err(Failure::broken)?;
            }
        }
    }
    if *format == "xml" {
        file += "</quiz>\n";
    }
    let name = format!("{bank}.{ending}");
    Ok(download("application/octet-stream", &name, file.into_bytes()))
}
