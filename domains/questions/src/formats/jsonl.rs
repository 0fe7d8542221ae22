//! JSON lines: one question a line. Ours holds every kind whole, with its pictures; another that centres pass around (`text`, `options`,
//! `correct`) is read too.
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use marking::{Choice, Question};
use serde::{Deserialize, Serialize};

use super::draft::{Draft, Passage, Variant, Wanted};
use super::fault::Fault;
use super::html::{self, Markup, excerpt};
use super::pictures::decoded;
use super::{BankFile, Note, Picture, ReadQuestion, Refusal, Unreadable};

/// A line of ours.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The version of the form: 1.
    pub kafedra: u8,
    pub name: String,
    pub topic: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subtopic: String,
    pub question: Question,
    /// By name, base64.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pictures: BTreeMap<String, String>,
}

/// A line of others: places of the right options are counted from 0.
#[derive(Deserialize)]
struct Other {
    #[serde(default)]
    id: serde_json::Value,
    #[serde(default)]
    topic: Vec<String>,
    text: String,
    options: Vec<String>,
    correct: Vec<usize>,
    explanation: Option<String>,
    image: Option<String>,
}

pub fn read(text: &str) -> Result<BankFile, Unreadable> {
    let mut bank = BankFile::default();
    for (place, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let number = place + 1;
        if let Ok(ours) = serde_json::from_str::<Line>(line) {
            let name = ours.name.clone();
            match own(ours) {
                Ok(read) => bank.read.push(ReadQuestion { line: number, ..read }),
                Err(fault) => bank.refused.push(Refusal { line: number, name, why: fault.to_string() }),
            }
            continue;
        }
        match serde_json::from_str::<Other>(line) {
            Ok(other) => {
                let name = match &other.id {
                    serde_json::Value::String(id) => id.clone(),
                    serde_json::Value::Number(id) => id.to_string(),
                    _ => excerpt(&html::escape(&other.text), 60),
                };
                let (category, lost) = (other.topic.clone(), other.image.is_some());
                bank.enter(number, name.clone(), &category, draft(other));
                if lost {
                    let what = "рисунок отброшен: он не вложен в файл".to_owned();
                    bank.notes.push(Note { line: number, name, what });
                }
            }
            Err(error) if bank.read.is_empty() && bank.refused.is_empty() => {
                return Err(Unreadable {
                    line: number, why: format!("это не вопросы в JSON: {error}")
                });
            }
            Err(error) => {
                bank.refused.push(Refusal {
                    line: number,
                    name: String::new(),
                    why: format!("строка не разобрана: {error}"),
                });
            }
        }
    }
    Ok(bank)
}

/// Nothing of a file is trusted: texts are cleaned anew, pictures are checked, and those that no text shows are left out.
fn own(line: Line) -> Result<ReadQuestion, Fault> {
    let Line { name, topic, subtopic, mut question, pictures, .. } = line;
    let mut kept = Vec::new();
    for (picture, base64) in &pictures {
        kept.push(Picture { name: picture.clone(), bytes: decoded(picture, base64)? });
    }
    let known =
        |address: &str| address.strip_prefix("picture:").is_some_and(|name| pictures.contains_key(name));
    if let marking::Task::Point { picture, .. } = &question.task
        && !known(picture)
    {
        return Err(Fault::NoPicture(picture.clone()));
    }
    for text in question.texts_mut() {
        if known(text) {
            continue;
        }
        // The cleaner knows relative addresses and no scheme of ours.
        let relative = text.replace("src=\"picture:", "src=\"/picture/");
        let cleaned = html::clean(&relative, Markup::Html)?.replace("src=\"/picture/", "src=\"picture:");
        let strange = |piece: &html::Piece| matches!(piece, html::Piece::Media(media) if !known(&media.src));
        if html::pieces(&cleaned).iter().any(strange) {
            return Err(Fault::NoPicture(excerpt(&cleaned, 60)));
        }
        html::tidy(&cleaned).clone_into(text);
    }
    question.check()?;
    let question = question.laid_out();
    Ok(ReadQuestion {
        line: 0,
        name: html::shortened(&name, 200),
        category: [topic, subtopic].into_iter().filter(|level| !level.is_empty()).collect(),
        question,
        pictures: kept,
    })
}

fn draft(other: Other) -> Result<Draft<'static>, Fault> {
    let count = other.options.len();
    if let Some(wrong) = other.correct.iter().find(|place| **place >= count) {
        return Err(Fault::NoSuchOption(wrong.to_string()));
    }
    let choice = if other.correct.len() > 1 { Choice::Several } else { Choice::One };
    let variant = |(place, text): (usize, String)| Variant {
        text: Passage::new(text, Markup::Plain),
        weight: if other.correct.contains(&place) { 100.0 } else { 0.0 },
        feedback: Passage::new("", Markup::Plain),
    };
    let variants = other.options.into_iter().enumerate().map(variant).collect();
    let explanation = Passage::new(other.explanation.unwrap_or_default(), Markup::Plain);
    Ok(Draft::new(Passage::new(other.text, Markup::Plain), Wanted::Choice(choice, variants), explanation))
}

/// A question of the bank as a line; `pictures` are those that its texts show, by hash.
pub fn write(
    name: &str,
    (topic, subtopic): (&str, &str),
    question: &Question,
    pictures: &BTreeMap<String, Vec<u8>>,
) -> serde_json::Result<String> {
    let mut question = question.clone();
    for text in question.texts_mut() {
        *text = text.replace("/pictures/", "picture:");
    }
    let pictures = pictures.iter().map(|(hash, bytes)| (hash.clone(), STANDARD.encode(bytes))).collect();
    let line = Line {
        kafedra: 1,
        name: name.to_owned(),
        topic: topic.to_owned(),
        subtopic: subtopic.to_owned(),
        question,
        pictures,
    };
    Ok(serde_json::to_string(&line)? + "\n")
}
