//! Writing Moodle XML. What it cannot hold is left to the caller: `can_hold` says which.
use std::collections::BTreeMap;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use marking::{Choice, Credit, Gap, Question, Span, Task, Wording};

use crate::form::with_gaps;

/// Whether nothing that the marking rests on would be lost. Moodle has no groups, no text with questions, no rule for typos, and no choice
/// between the whole and a part of a mark; a place on a picture it counts in pixels.
pub fn can_hold(question: &Question) -> bool {
    let fits = match &question.task {
        Task::Sort { .. } | Task::Case { .. } | Task::Point { .. } => false,
        Task::Text(wording) => wording.typos == 0,
        Task::Gaps(gaps) => !gaps.iter().any(|gap| matches!(gap, Gap::Text(wording) if wording.typos > 0)),
        _ => true,
    };
    fits && question.credit == Credit::Whole
}

/// One question; `pictures` are those that its texts show, by hash.
pub fn question(name: &str, question: &Question, pictures: &BTreeMap<String, Vec<u8>>) -> String {
    let (kind, rest) = task(&question.task, pictures);
    let text = match &question.task {
        Task::Gaps(gaps) => with_gaps(&question.text, gaps.len(), |place| cloze(&gaps[place])),
        _ => question.text.clone(),
    };
    let explanation = question.explanation.as_deref().unwrap_or_default();
    format!(
        "<question type=\"{kind}\">\n<name><text>{}</text></name>\n<questiontext format=\"html\">{}</questiontext>\n\
         <generalfeedback format=\"html\">{}</generalfeedback>\n{rest}</question>\n\n",
        escaped(name),
        passage(&text, pictures),
        passage(explanation, pictures)
    )
}

/// `path`: levels parted by `/`, a slash of a name is doubled.
pub fn category(path: &str) -> String {
    let path = escaped(path);
    format!(
        "<question type=\"category\"><category><text>$course$/top/{path}</text></category></question>\n\n"
    )
}

fn task(task: &Task, pictures: &BTreeMap<String, Vec<u8>>) -> (&'static str, String) {
    let answer = |fraction: &str, text: &str, more: &str| {
        format!(
            "<answer fraction=\"{fraction}\" format=\"html\">{}{more}</answer>\n",
            passage(text, pictures)
        )
    };
    let plain = |fraction: &str, text: &str, more: &str| {
        format!(
            "<answer fraction=\"{fraction}\" format=\"moodle_auto_format\"><text>{}</text>{more}</answer>\n",
            escaped(text)
        )
    };
    match task {
        Task::Choice { choice, options } => {
            let right = options.iter().filter(|option| option.right).count().max(1);
            let share = share(if *choice == Choice::One { 1 } else { right });
            let wrong = if *choice == Choice::One { "0" } else { "-100" };
            let options = options
                .iter()
                .map(|option| answer(if option.right { &share } else { wrong }, &option.text, ""));
            (
                "multichoice",
                format!("<single>{}</single>\n{}", *choice == Choice::One, options.collect::<String>()),
            )
        }
        Task::TrueFalse { truth } => {
            let of = |word: &str, right: bool| plain(if right { "100" } else { "0" }, word, "");
            ("truefalse", of("true", *truth) + &of("false", !truth))
        }
        Task::Text(wording) => {
            let answers: String = wording.accepted.iter().map(|one| plain("100", one, "")).collect();
            ("shortanswer", format!("<usecase>{}</usecase>\n{answers}", u8::from(wording.exact_case)))
        }
        Task::Number(quantity) => {
            let one = |span: &Span| {
                plain("100", &span.value.to_string(), &format!("<tolerance>{}</tolerance>", span.tolerance))
            };
            let answers: String = quantity.accepted.iter().map(one).collect();
            let units: String = quantity
                .units
                .iter()
                .map(|unit| {
                    let multiplier = 1.0 / unit.factor;
                    format!(
                        "<unit><multiplier>{multiplier}</multiplier><unit_name>{}</unit_name></unit>",
                        escaped(&unit.name)
                    )
                })
                .collect();
            ("numerical", format!("{answers}<units>{units}</units>\n"))
        }
        Task::Match { rows, columns, key } => {
            let pair = |row: &str, column: &str| {
                format!(
                    "<subquestion format=\"html\">{}<answer><text>{}</text></answer></subquestion>\n",
                    passage(row, pictures),
                    escaped(column)
                )
            };
            let column = |place: usize| columns.get(place).map_or("", String::as_str);
            let spare =
                (0..columns.len()).filter(|place| !key.contains(place)).map(|place| pair("", column(place)));
            (
                "matching",
                rows.iter().zip(key).map(|(row, &place)| pair(row, column(place))).chain(spare).collect(),
            )
        }
        Task::Order { items } => (
            "ordering",
            items
                .iter()
                .enumerate()
                .map(|(place, item)| answer(&(place + 1).to_string(), item, ""))
                .collect(),
        ),
        Task::Gaps(_) => ("cloze", String::new()),
        Task::Open { .. } => ("essay", plain("0", "", "")),
        Task::Sort { .. } | Task::Case { .. } | Task::Point { .. } => ("description", String::new()),
    }
}

/// `{1:SA:=каска~=шлем}`
fn cloze(gap: &Gap) -> String {
    let plain = |text: &str| {
        let mut plain = String::new();
        for letter in text.chars() {
            if matches!(letter, '}' | '~' | '#' | '=' | '\\') {
                plain.push('\\');
            }
            plain.push(letter);
        }
        escaped(&plain)
    };
    match gap {
        Gap::Text(Wording { accepted, exact_case, .. }) => {
            let kind = if *exact_case { "SAC" } else { "SA" };
            format!(
                "{{1:{kind}:{}}}",
                accepted.iter().map(|one| format!("={}", plain(one))).collect::<Vec<_>>().join("~")
            )
        }
        Gap::Number(quantity) => {
            let one = |span: &Span| format!("={}:{}", span.value, span.tolerance);
            format!("{{1:NM:{}}}", quantity.accepted.iter().map(one).collect::<Vec<_>>().join("~"))
        }
        Gap::Choice { options, right } => {
            let one = |(place, text): (usize, &String)| {
                format!("{}{}", if place == *right { "=" } else { "" }, plain(text))
            };
            format!("{{1:MC:{}}}", options.iter().enumerate().map(one).collect::<Vec<_>>().join("~"))
        }
    }
}

/// Part of a mark, with Moodle's own five digits.
fn share(right: usize) -> String {
    let share = format!("{:.5}", 100.0 / f64::from(u32::try_from(right).unwrap_or(1)));
    share.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A text with the files that it shows.
fn passage(html: &str, pictures: &BTreeMap<String, Vec<u8>>) -> String {
    let (mut text, mut files) = (html.to_owned(), String::new());
    for (hash, bytes) in pictures {
        let address = format!("/pictures/{hash}");
        if text.contains(&address) {
            let name = format!("{}.{}", &hash[..16.min(hash.len())], ending(bytes));
            text = text.replace(&address, &format!("@@PLUGINFILE@@/{name}"));
            // Writing to a string cannot fail.
            let _ = write!(
                files,
                "<file name=\"{name}\" path=\"/\" encoding=\"base64\">{}</file>",
                STANDARD.encode(bytes)
            );
        }
    }
    format!("<text>{}</text>{files}", escaped(&text))
}

fn ending(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xd8, ..] => "jpg",
        [b'G', b'I', b'F', ..] => "gif",
        [b'R', b'I', b'F', b'F', ..] => "webp",
        _ => "png",
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
