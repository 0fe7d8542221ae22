//! Taking a file into a bank: pictures first, then questions in short units under one import, published by a last short
//! unit, so that answers of an attestation that is going on never wait and a broken import leaves nothing half.
use files::{Files, Hash};
use marking::{Question, Task};
use store::{Fault, Store, Stored, Who, Work, values};
use uuid::Uuid;

use crate::bank::{LEVEL, add_bank, add_version};
use crate::formats::{self, BankFile, Format, Note, ReadQuestion, Refusal};

/// How many questions one unit takes: a few milliseconds of the writer's time.
const CHUNK: usize = 50;

/// What became of a file.
#[derive(Debug)]
pub struct Imported {
    pub taken: usize,
    pub with_pictures: usize,
    /// Already in the bank, word for word.
    pub known: usize,
    pub refused: Vec<Refusal>,
    pub notes: Vec<Note>,
    /// How many questions each topic got.
    pub topics: std::collections::BTreeMap<String, usize>,
}

#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("{0}")]
    Unreadable(String),
    #[error("рисунки не сохранены: {0}")]
    Pictures(#[from] files::Lost),
    #[error("база: {0}")]
    Store(#[from] Fault),
}

#[derive(Clone)]
struct Ready {
    topic: String,
    subtopic: String,
    name: String,
    question: Question,
    fingerprint: String,
}

/// Reads `bytes` into the bank; `topic` puts every question under one topic instead of its category's. `progress` hears
/// how many are in.
pub async fn import(
    store: &Store,
    files: &Files,
    who: Who,
    (bank, title): (&str, &str),
    topic: Option<&str>,
    (file, bytes): (&str, Vec<u8>),
    progress: impl FnMut(usize, usize),
) -> Result<Imported, Refused> {
    let name = file.to_owned();
    let read = on_a_thread(move || {
        formats::read(Format::guess(&name, &bytes), &bytes)
            .map_err(|error| Refused::Unreadable(error.to_string()))
    })
    .await?;
    import_read(store, files, who, (bank, title), topic, (file, read), progress).await
}

/// The same of a file that was read already.
pub(crate) async fn import_read(
    store: &Store,
    files: &Files,
    who: Who,
    (bank, title): (&str, &str),
    topic: Option<&str>,
    (file, read): (&str, BankFile),
    mut progress: impl FnMut(usize, usize),
) -> Result<Imported, Refused> {
    let BankFile { read, refused, notes } = read;
    let (total, with_pictures) = (read.len(), read.iter().filter(|one| !one.pictures.is_empty()).count());

    let mut ready = Vec::with_capacity(total);
    for one in read {
        ready.push(made_ready(files, one, topic).await?);
    }

    let (bank, title, file) = (bank.to_owned(), title.to_owned(), file.to_owned());
    let import = Uuid::now_v7();
    let bank = store
        .write(who.clone(), move |work| {
            let (bank, now) = (add_bank(work, &bank, &title)?, work.now());
            work.run(
                "insert into question_import (id, bank, file, read, created_at) values (?1, ?2, ?3, ?4, ?5)",
                values![import, bank, &file, i64::try_from(total).unwrap_or(i64::MAX), now],
            )?;
            Ok(bank)
        })
        .await?;
    let (mut taken, mut topics) = (0, std::collections::BTreeMap::new());
    for (n, chunk) in ready.chunks(CHUNK).enumerate() {
        let chunk = chunk.to_vec();
        for topic in store.write(who.clone(), move |work| take(work, bank, import, &chunk)).await? {
            taken += 1;
            *topics.entry(topic).or_insert(0) += 1;
        }
        progress((n * CHUNK + CHUNK).min(total), total);
    }
    store
        .write(who, move |work| {
            let now = work.now();
            work.run("update question_import set published_at = ?2 where id = ?1", values![import, now])?;
            work.note("questions.imported", import)
        })
        .await?;
    Ok(Imported { taken, with_pictures, known: total - taken, refused, notes, topics })
}

/// Pictures are stored by their hash and named so in the texts; the category's first word is the topic.
async fn made_ready(files: &Files, read: ReadQuestion, topic: Option<&str>) -> Result<Ready, Refused> {
    let mut question = read.question;
    for picture in read.pictures {
        let hash = files.store(picture.bytes).await?;
        let (name, kept) = (format!("picture:{}", picture.name), format!("/pictures/{hash}"));
        let (from, to) = (format!("src=\"{name}\""), format!("src=\"{kept}\""));
        for text in question.texts_mut() {
            // The picture of a point stands bare.
            *text = if *text == name { kept.clone() } else { text.replace(&from, &to) };
        }
    }
    let (topic, subtopic) = topic_of(&read.category, topic);
    Ok(Ready { topic, subtopic, name: read.name, fingerprint: fingerprint(&question)?, question })
}

/// Where a question of this category goes, unless all of its file go to one topic: the deepest level that begins with the number of a module is
/// the module, what lies below it the topic within. Without such a level the last one's first word.
pub(crate) fn topic_of(category: &[String], topic: Option<&str>) -> (String, String) {
    if let Some(topic) = topic {
        return (topic.to_owned(), String::new());
    }
    let first =
        |level: &str| level.split_whitespace().next().unwrap_or_default().trim_end_matches('.').to_owned();
    let is_module = |level: &String| {
        let code = first(level);
        (1..=3).contains(&code.len()) && code.chars().all(|c| c.is_ascii_digit())
    };
    if let Some(place) = category.iter().rposition(is_module) {
        return (first(&category[place]), category[place + 1..].join(LEVEL));
    }
    let last = category.last().map_or("", String::as_str);
    (last.split_whitespace().next().unwrap_or("без-темы").to_owned(), String::new())
}

/// By which the same question is known: its text, options and key.
pub(crate) fn fingerprint(question: &Question) -> Stored<String> {
    let key = match &question.task {
        // As it has always been, so that questions of before the other kinds are known.
        Task::Choice { options, .. } => serde_json::to_string(&(&question.text, options)),
        task => serde_json::to_string(&(&question.text, task)),
    };
    let key = key.map_err(Fault::data)?;
    Ok(Hash::of(key.as_bytes()).to_string())
}

/// Takes a chunk; gives the topic of each question that is taken. A question that an import left behind when it was cut short is adopted: it becomes this import's.
fn take(work: &mut Work, bank: Uuid, import: Uuid, chunk: &[Ready]) -> Stored<Vec<String>> {
    let (now, mut taken) = (work.now(), Vec::new());
    for one in chunk {
        let question = Uuid::now_v7();
        let kept: Option<Uuid> = work.maybe(
            "insert into question (id, bank, topic, name, state, fingerprint, import, created_at, subtopic)
             values (?1, ?2, ?3, ?4, 'in_use', ?5, ?6, ?7, ?8)
             on conflict (bank, fingerprint) where state = 'in_use' do update set import = excluded.import
             where question.import <> excluded.import and exists (select 1 from question_import i where i.id = question.import and i.published_at is null)
             returning id",
            values![question, bank, &one.topic, &one.name, &one.fingerprint, import, now, &one.subtopic],
            |row| row.get(0),
        )?;
        if kept.is_some() {
            taken.push(one.topic.clone());
        }
        if kept == Some(question) {
            add_version(work, question, 1, &one.question)?;
        }
    }
    Ok(taken)
}

async fn on_a_thread<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, Refused> + Send + 'static,
) -> Result<T, Refused> {
    let done = tokio::task::spawn_blocking(run).await;
    done.map_err(|error| Refused::Unreadable(format!("чтение прервано: {error}")))?
}
