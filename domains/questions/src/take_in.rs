//! Bringing a file of questions in by the page: first what was read, what was refused and why, line by line; then, if it is wanted, all of it
//! (п. 2.1, 5.3.4).
use accounts::Visit;
use accounts::frame::Frame;
use files::Hash;
use marking::Question;
use maud::{Markup, html};
use programmes::Version;
use serde::Deserialize;
use std::collections::BTreeMap;
use store::Who;
use web::{Failure, Messages, Posted, Reply, Upload, parts};
use words::count;

use crate::edit::{kind_name, lines::kind};
use crate::formats::html::{Piece, pieces, shortened};
use crate::formats::sheet::{Column, Layout, Rows};
use crate::formats::{self, BankFile, Format, Note, Refusal, Unreadable};
use crate::import::{import_read, topic_of};
use crate::review::with_key;
use crate::supply::modules;
use crate::{Imported, Refused};

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
    let read = bytes.clone();
    let form = Confirmed { bank, topic, name, ..Confirmed::default() };
    let (looked, form) = look_through(read, form).await?;
    match looked {
        Ok(looked) => {
            let hash = visit.house.files.store(bytes).await.map_err(Failure::broken)?;
            let form = Confirmed { file: hash.to_string(), ..form };
            let page = preview(&visit, &form, &title, &looked, &Messages::none()).await?;
            visit.page("Что взять", SECTION, page)
        }
        Err(why) => {
            let said = Messages::one("file", format!("Файл: «{}» не прочитан. {why}", form.name));
            visit.again("Загрузка вопросов", SECTION, page(&banks, &form.bank, &form.topic, &said))
        }
    }
}

/// What a file holds; of a table its rows too, so that a person may say what its columns are.
struct Looked {
    read: BankFile,
    table: Option<(Rows, Layout)>,
}

/// Reads the file as the form says, beside the request's thread. A table without heads that are known is read by nobody until its columns are
/// named.
async fn look_through(
    bytes: Vec<u8>,
    form: Confirmed,
) -> Result<(Result<Looked, String>, Confirmed), Failure> {
    let reading =
        tokio::task::spawn_blocking(move || (looked(&bytes, &form).map_err(|error| error.to_string()), form));
    reading.await.map_err(Failure::broken)
}

fn looked(bytes: &[u8], form: &Confirmed) -> Result<Looked, Unreadable> {
    let format = Format::guess(&form.name, bytes);
    let Some(rows) = formats::table(format, bytes)? else {
        return Ok(Looked { read: formats::read(format, bytes)?, table: None });
    };
    let layout = form.layout().or_else(|| Layout::guess(&rows)).unwrap_or_else(|| Layout::unknown(&rows));
    let read = if layout.is_whole() {
        formats::read_table(format, bytes, &rows, &layout)?
    } else {
        BankFile::default()
    };
    // A document may have its questions beside its tables.
    if read.read.is_empty()
        && form.layout().is_none()
        && format == Format::Document
        && let Ok(read) = formats::read(format, bytes)
        && !read.read.is_empty()
    {
        return Ok(Looked { read, table: None });
    }
    Ok(Looked { read, table: Some((rows, layout)) })
}

/// The same file again, its columns named by a person.
pub(crate) async fn name_columns(visit: Visit, Posted { form, .. }: Posted<Confirmed>) -> Reply {
    let (title, bytes) = again(&visit, &form).await?;
    let (looked, form) = look_through(bytes, form).await?;
    let looked = looked.map_err(|_| Failure::missing())?;
    let mut said = Messages::none();
    if looked.table.as_ref().is_none_or(|(_, layout)| !layout.is_whole()) {
        said.say("columns", "Столбцы: назовите хотя бы один «Вопрос» и один «Вариант»");
        let page = preview(&visit, &form, &title, &looked, &said).await?;
        return visit.again("Что взять", SECTION, page);
    }
    let page = preview(&visit, &form, &title, &looked, &said).await?;
    visit.page("Что взять", SECTION, page)
}

/// The title of the bank, and the file that was looked through.
async fn again(visit: &Visit, form: &Confirmed) -> Result<(String, Vec<u8>), Failure> {
    let banks = banks(visit).await?;
    let title = banks.into_iter().find(|(code, _)| *code == form.bank).map(|(_, title)| title);
    let (Some(title), Some(hash)) = (title, Hash::parse(&form.file)) else {
        return Err(Failure::missing());
    };
    let bytes = visit.house.files.load(hash).await.map_err(|_| Failure::missing())?;
    Ok((title, bytes))
}

/// The file that was looked through, and where its questions go.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Confirmed {
    bank: String,
    topic: String,
    /// Its hash.
    file: String,
    name: String,
    /// Of a table: the row with the heads, from 1, and what each column holds, as `Column` codes it; empty: as the program sees it.
    head: Option<usize>,
    columns: Vec<String>,
}

impl Confirmed {
    fn layout(&self) -> Option<Layout> {
        let columns: Vec<_> = self.columns.iter().map(|code| Column::parse(code)).collect();
        (!columns.is_empty()).then(|| Layout { head: self.head.unwrap_or(1).saturating_sub(1), columns })
    }
}

/// Takes in what was shown: the same file again, word for word.
pub(crate) async fn confirm(visit: Visit, Posted { form, .. }: Posted<Confirmed>) -> Reply {
    let (title, bytes) = again(&visit, &form).await?;
    let (looked, form) = look_through(bytes, form).await?;
    let read = looked.map_err(|_| Failure::missing())?.read;
    let who = Who { person: Some(visit.person()?), request: Some(visit.number.clone()) };
    let (store, files) = (&visit.house.store, &visit.house.files);
    let only = (!form.topic.is_empty()).then_some(form.topic.as_str());
    match import_read(store, files, who, (&form.bank, &title), only, (&form.name, read), |_, _| ()).await {
        Ok(imported) => visit.page("Вопросы загружены", SECTION, report(&form.bank, &form.name, &imported)),
        Err(Refused::Store(fault)) => Err(fault.into()),
        Err(other) => Err(Failure::broken(other)),
    }
}

/// Questions shown as they will be.
const SHOWN: usize = 5;

/// What the file holds, before any of it is taken.
async fn preview(
    visit: &Visit,
    form: &Confirmed,
    title: &str,
    looked: &Looked,
    said: &Messages,
) -> Result<Markup, Failure> {
    let file = &looked.read;
    let bank = form.bank.clone();
    let modules = visit.read(move |db| modules(db, &bank)).await?;
    let only = (!form.topic.is_empty()).then_some(form.topic.as_str());
    let mut topics: BTreeMap<String, usize> = BTreeMap::new();
    for one in &file.read {
        *topics.entry(topic_of(&one.category, only).0).or_default() += 1;
    }
    // A bank of no programme has no modules to miss.
    let is_known = |topic: &String| modules.is_empty() || modules.iter().any(|(code, _)| code == topic);
    let astray: Vec<&str> = topics.keys().filter(|topic| !is_known(topic)).map(String::as_str).collect();
    let questions = |n: usize| count(i64::try_from(n).unwrap_or(0), ["вопрос", "вопроса", "вопросов"]);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &file.read {
        *kinds.entry(kind_name(kind(&one.question.task))).or_default() += 1;
    }
    let with_pictures = file.read.iter().filter(|one| !one.pictures.is_empty()).count();
    Ok(html! {
        main.dash #main {
            p.crumb { a href="/questions/import" { "Загрузка вопросов" } }
            div.dash-head { h1 { "Прочитано: " (questions(file.read.len())) } span.small.muted { (form.name) } }
            p.muted { "Банк: " (title) ". Пока ничего не взято." }
            dl.key-facts.mt-3 {
                @for (name, n) in &kinds { dt { (name) } dd { (n) } }
                dt { "С рисунками" } dd { (with_pictures) }
                dt { "Не читается" } dd { (file.refused.len()) }
                @for (topic, n) in &topics { dt { "Модуль " (topic) } dd { (questions(*n)) } }
            }
            @if !astray.is_empty() {
                div.mt-3 { (parts::note(parts::Tone::Warn, "triangle-alert", &html! { p { "Такого модуля в программе нет: " (astray.join(", ")) ". В билеты эти вопросы не попадут. Загрузите файл заново и назовите модуль, или перенесите их потом в банке." } })) }
            }
            @if let Some((rows, layout)) = &looked.table { (columns(form, rows, layout, said)) }
            @if file.read.is_empty() { (parts::empty("Взять нечего.", Some(("/questions/import", "Выбрать другой файл")))) } @else {
                (parts::form("/questions/import/confirmation", "mt-5 cluster", &html! {
                    (which(form))
                    @if let Some((_, layout)) = &looked.table {
                        input type="hidden" name="head" value=(layout.head + 1);
                        @for column in &layout.columns { input type="hidden" name="columns" value=(column.map(Column::code).unwrap_or_default()); }
                    }
                    (parts::submit("Взять в банк"))
                    a.btn href="/questions/import" { "Не брать" }
                }))
                section.mt-8 {
                    h2 { "Как это выглядит" }
                    ol.lines { @for one in file.read.iter().take(SHOWN) { li.doc { div.body {
                        p.small.muted { "Строка " (one.line) " · " (kind_name(kind(&one.question.task))) @if !one.name.is_empty() { " · " (one.name) } }
                        (with_key(&without_pictures(&one.question)))
                        @if let Some(explanation) = &one.question.explanation { div.mt-2.small.muted { "Пояснение: " (shortened(explanation, 200)) } }
                    } } } }
                }
            }
            (troubles(&file.refused, &file.notes))
        }
    })
}

/// Which file it is, and where it goes.
fn which(form: &Confirmed) -> Markup {
    html! {
        input type="hidden" name="bank" value=(form.bank);
        input type="hidden" name="topic" value=(form.topic);
        input type="hidden" name="file" value=(form.file);
        input type="hidden" name="name" value=(form.name);
    }
}

/// Rows of a table that are shown below its heads.
const ROWS: usize = 3;

/// What the columns of a table are taken for, and the way to say otherwise.
fn columns(form: &Confirmed, rows: &Rows, layout: &Layout, said: &Messages) -> Markup {
    let cell = |row: usize, column: usize| {
        rows.get(row)
            .and_then(|row| row.get(column))
            .map(|cell| shortened(&cell.text, 80))
            .unwrap_or_default()
    };
    html! {
        details.panel.mt-5 open[!layout.is_whole()] {
            summary { strong { "Столбцы" } ": как мы поняли таблицу" }
            p.mt-3.muted { "Если не так, поправьте и прочитайте заново." }
            (parts::summary(said))
            (parts::form("/questions/import/columns", "stack mt-3", &html! {
                (which(form))
                div.entry { label for="head" { "Строка с названиями столбцов" } input.short #head name="head" inputmode="numeric" value=(layout.head + 1) maxlength="4"; }
                table.tbl #columns {
                    thead { tr { th scope="col" { "Название" } th scope="col" { "Что в нём" } th scope="col" { "Например" } } }
                    tbody { @for (place, holds) in layout.columns.iter().enumerate() {
                        @let title = cell(layout.head, place);
                        tr {
                            th scope="row" { @if title.is_empty() { span.muted { "Столбец " (place + 1) } } @else { (title) } }
                            td data-l="Что в нём" { select name="columns" aria-label={ "Столбец " (place + 1) " " (title) } {
                                option value="" selected[holds.is_none()] { "Не брать" }
                                @for (code, words, column) in Column::ALL { option value=(code) selected[*holds == Some(column)] { (words) } }
                            } }
                            td.small.muted.wide data-l="Например" { @for row in layout.head + 1..=layout.head + ROWS { @let text = cell(row, place); @if !text.is_empty() { span.blk { (text) } } } }
                        }
                    } }
                }
                div { button.btn type="submit" { "Прочитать заново" } }
            }))
        }
    }
}

/// Pictures are in the file still: where they will stand is said.
fn without_pictures(question: &Question) -> Question {
    let mut question = question.clone();
    for text in question.texts_mut() {
        let words = pieces(text).into_iter().map(|piece| match piece {
            Piece::Words(words) => words.to_owned(),
            Piece::Media(media) if media.is_sound => "<i>[запись]</i>".to_owned(),
            Piece::Media(_) => "<i>[рисунок]</i>".to_owned(),
        });
        *text = words.collect();
    }
    question
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
                (parts::file("file", "Файл", ".gift,.txt,.xml,.jsonl,.xlsx,.docx,.zip", "Word, Excel, Moodle XML, GIFT, Aiken, QTI или JSON, до 64 МБ. В Word: вопросы с номерами, варианты с буквами, верный отмечен «+» или строкой «Ответ: Б»", said))
                (parts::field("topic", "Модуль", topic).optional().longest(40).told(said)
                    .tip("Код модуля, например 01: туда попадут все вопросы. Пусто — по категориям файла, первое слово категории и есть код"))
                div { (parts::submit("Прочитать")) }
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
            (troubles(&imported.refused, &imported.notes))
            p.mt-5 { a.btn href="/questions/import" { "Загрузить ещё" } }
        }
    }
}

fn troubles(refused: &[Refusal], notes: &[Note]) -> Markup {
    html! {
        @if !refused.is_empty() {
            section.mt-5 {
                h2 { "Не возьмём" }
                ul.lines { @for one in refused { li.doc { div.body { p { "Строка " (one.line) ": " (one.name) } p.small.muted { (one.why) } } } } }
            }
        }
        @if !notes.is_empty() {
            section.mt-5 {
                h2 { "Изменено при чтении" }
                ul.lines { @for one in notes { li.doc { div.body { p { "Строка " (one.line) ": " (one.name) } p.small.muted { (one.what) } } } } }
            }
        }
    }
}
