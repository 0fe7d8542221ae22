//! Bringing a file of questions in by the page: what was read, what was refused and why, line by line (п. 2.1, 5.3.4).
use accounts::Visit;
use accounts::frame::Frame;
use maud::{Markup, html};
use programmes::Version;
use store::Who;
use web::{Failure, Messages, Reply, Upload, parts};
use words::count;

use crate::{Imported, Refused, import};

const SECTION: Frame = Frame::Office("/questions");

pub(crate) async fn ask(visit: Visit) -> Reply {
    let banks = banks(&visit).await?;
    visit.page("Загрузка вопросов", SECTION, page(&banks, "", "", &Messages::none()))
}

/// A programme's bank goes by its code.
async fn banks(visit: &Visit) -> Result<Vec<(String, String)>, Failure> {
    let versions = visit.read(Version::all).await?;
    let mut banks: Vec<_> = versions
        .into_iter()
        .map(|version| (version.content.bank().to_owned(), version.content.title))
        .collect();
    banks.sort();
    banks.dedup_by(|a, b| a.0 == b.0);
    Ok(banks)
}

pub(crate) async fn submit(visit: Visit, mut upload: Upload) -> Reply {
    let banks = banks(&visit).await?;
    let (bank, topic) = (upload.text("bank").to_owned(), upload.text("topic").trim().to_owned());
    let mut said = Messages::none();
    let title = banks.iter().find(|(code, _)| *code == bank).map(|(_, title)| title.clone());
    if title.is_none() {
        said.say("bank", "Программа: выберите");
    }
    if upload.file().is_none() {
        said.say("file", "Файл: выберите");
    }
    let (Some(title), Some((name, bytes))) = (title, upload.take_file()) else {
        return visit.again("Загрузка вопросов", SECTION, page(&banks, &bank, &topic, &said));
    };
    let who = Who { person: Some(visit.person()?), request: Some(visit.number.clone()) };
    let (store, files) = (&visit.house.store, &visit.house.files);
    let only = (!topic.is_empty()).then_some(topic.as_str());
    match import(store, files, who, (&bank, &title), only, (&name, bytes), |_, _| ()).await {
        Ok(imported) => visit.page("Вопросы загружены", SECTION, report(&bank, &name, &imported)),
        Err(Refused::Unreadable(why)) => {
            let said = Messages::one("file", format!("Файл: «{name}» не прочитан. {why}"));
            visit.again("Загрузка вопросов", SECTION, page(&banks, &bank, &topic, &said))
        }
        Err(Refused::Store(fault)) => Err(fault.into()),
        Err(other) => Err(Failure::broken(other)),
    }
}

fn page(banks: &[(String, String)], bank: &str, topic: &str, said: &Messages) -> Markup {
    let options: Vec<_> = banks.iter().map(|(code, title)| (code.as_str(), title.as_str())).collect();
    html! {
        main.dash #main {
            p.crumb { a href="/questions" { "Банк вопросов" } }
            div.dash-head { h1 { "Загрузка вопросов" } }
            (parts::summary(said))
            (parts::upload("/questions/import", "form", &html! {
                (parts::select("bank", "Программа", &options, bank, said))
                (parts::file("file", "Файл", ".gift,.txt,.xml", "GIFT или Moodle XML, с рисунками внутри. До 64 МБ", said))
                (parts::field("topic", "Модуль", topic).optional().longest(40).told(said)
                    .tip("Код модуля, например 01: туда попадут все вопросы. Пусто — по категориям файла, первое слово категории и есть код"))
                div { (parts::submit("Загрузить")) }
            }))
        }
    }
}

fn report(bank: &str, name: &str, imported: &Imported) -> Markup {
    let questions = |n: usize| count(i64::try_from(n).unwrap_or(0), ["вопрос", "вопроса", "вопросов"]);
    html! {
        main.dash #main {
            p.crumb { a href={ "/questions/" (bank) } { "Банк вопросов" } }
            div.dash-head { h1 { "Взято: " (questions(imported.taken)) } span.small.muted { (name) } }
            dl.key-facts.mt-3 {
                dt { "С рисунками в файле" } dd { (imported.with_pictures) }
                dt { "Уже были в банке" } dd { (imported.known) }
                dt { "Не взято" } dd { (imported.refused.len()) }
                @for (topic, n) in &imported.topics { dt { "Модуль " (topic) } dd { (questions(*n)) } }
            }
            @if !imported.refused.is_empty() {
                section.mt-5 {
                    h2 { "Не взято" }
                    ul.lines { @for one in &imported.refused { li.doc { div.body { p { "Строка " (one.line) ": " (one.name) } p.small.muted { (one.why) } } } } }
                }
            }
            @if !imported.notes.is_empty() {
                section.mt-5 {
                    h2 { "Изменено при чтении" }
                    ul.lines { @for one in &imported.notes { li.doc { div.body { p { "Строка " (one.line) ": " (one.name) } p.small.muted { (one.what) } } } } }
                }
            }
            p.mt-5 { a.btn href="/questions/import" { "Загрузить ещё" } }
        }
    }
}
