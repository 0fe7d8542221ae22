//! Answers embedded in a text, as Moodle writes them: `{1:SHORTANSWER:=кошка~%50%кот#почти}`
//! (<https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type>).
use marking::{Gap, Quantity, Span, Wording};

use super::fault::Fault;
use super::html::{excerpt, unescape};

/// The text with `[[1]]`, `[[2]]` … in place of its gaps, the gaps, and what they lost.
pub fn read(text: &str) -> Result<(String, Vec<Gap>, Vec<String>), Fault> {
    let (mut plain, mut gaps, mut lost) = (String::new(), Vec::new(), Vec::new());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, block) = rest.split_at(open);
        plain.push_str(before);
        let Some((kind, answers, after)) = gap(&block[1..]) else {
            plain.push('{');
            rest = &block[1..];
            continue;
        };
        gaps.push(gap_of(kind, answers, &mut lost)?);
        plain.push_str(&format!("[[{}]]", gaps.len()));
        rest = after;
    }
    plain.push_str(rest);
    lost.dedup();
    Ok((plain, gaps, lost))
}

/// The kind, the answers and what follows the closing brace of `1:KIND:…}`; none when this is no gap.
fn gap(block: &str) -> Option<(&str, &str, &str)> {
    let (weight, rest) = block.split_once(':')?;
    let (kind, answers) = rest.split_once(':')?;
    let is_gap = weight.chars().all(|c| c.is_ascii_digit())
        && !kind.is_empty()
        && kind.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let mut escaped = false;
    let end = answers.char_indices().find(|(_, letter)| {
        let ends = *letter == '}' && !escaped;
        escaped = *letter == '\\' && !escaped;
        ends
    });
    let (at, _) = end.filter(|_| is_gap)?;
    Some((kind, &answers[..at], &answers[at + 1..]))
}

fn gap_of(kind: &str, answers: &str, lost: &mut Vec<String>) -> Result<Gap, Fault> {
    // A tilde before the first answer parts it from nothing.
    let answers: Vec<Variant> =
        split(answers, '~').iter().map(|text| variant(text)).filter(|one| !one.text.is_empty()).collect();
    if answers.iter().any(|one| one.weight > 0.0 && one.weight < 99.9) {
        lost.push("часть балла за неполный ответ не сохранена: вариант считается неверным".to_owned());
    }
    if answers.iter().any(|one| one.has_feedback) {
        lost.push("пояснения к вариантам внутри пропусков отброшены".to_owned());
    }
    let right = |one: &&Variant| one.weight > 99.9;
    match kind {
        "SHORTANSWER" | "SA" | "MW" | "SHORTANSWER_C" | "SAC" | "MWC" => {
            let accepted = answers.iter().filter(right).map(|one| one.text.clone()).collect();
            let exact_case = ["SHORTANSWER_C", "SAC", "MWC"].contains(&kind);
            Ok(Gap::Text(Wording { accepted, exact_case, typos: 0 }))
        }
        "NUMERICAL" | "NM" => {
            let span = |one: &Variant| {
                let (value, tolerance) = one.text.split_once(':').unwrap_or((&one.text, "0"));
                let number = |text: &str| {
                    text.trim().replace(',', ".").parse().map_err(|_| Fault::Number(text.to_owned()))
                };
                Ok(Span { value: number(value)?, tolerance: number(tolerance)? })
            };
            let accepted = answers.iter().filter(right).map(span).collect::<Result<_, Fault>>()?;
            Ok(Gap::Number(Quantity { accepted, units: Vec::new() }))
        }
        "MULTIRESPONSE" | "MR" | "MULTIRESPONSE_H" | "MRH" | "MULTIRESPONSE_S" | "MRS"
        | "MULTIRESPONSE_HS" | "MRHS" => {
            Err(Fault::Kind("вложенные ответы, где в одном пропуске верных несколько".to_owned()))
        }
        _ => {
            let options: Vec<String> = answers.iter().map(|one| one.text.clone()).collect();
            let right = answers.iter().position(|one| one.weight > 99.9).ok_or(marking::Flaw::NoneRight)?;
            Ok(Gap::Choice { options, right })
        }
    }
}

struct Variant {
    text: String,
    weight: f64,
    has_feedback: bool,
}

/// `=right`, `%50%half`, with `#feedback`.
fn variant(text: &str) -> Variant {
    let parts = split(text, '#');
    let (first, has_feedback) = (parts.first().map_or("", |part| part.trim()), parts.len() > 1);
    let (weight, first) = match first.strip_prefix('=') {
        Some(rest) => (100.0, rest),
        None => match first.strip_prefix('%').and_then(|rest| rest.split_once('%')) {
            Some((weight, rest)) => (weight.trim().replace(',', ".").parse().unwrap_or(0.0), rest),
            None => (0.0, first),
        },
    };
    Variant { text: excerpt(&unescape(&unescaped(first)), 500), weight, has_feedback }
}

/// Parted by a sign that no backslash precedes.
fn split(text: &str, sign: char) -> Vec<&str> {
    let (mut parts, mut from, mut escaped) = (Vec::new(), 0, false);
    for (at, letter) in text.char_indices() {
        if letter == sign && !escaped {
            parts.push(&text[from..at]);
            from = at + letter.len_utf8();
        }
        escaped = letter == '\\' && !escaped;
    }
    parts.push(&text[from..]);
    parts
}

fn unescaped(text: &str) -> String {
    let (mut plain, mut escaped) = (String::with_capacity(text.len()), false);
    for letter in text.chars() {
        escaped = letter == '\\' && !escaped;
        if !escaped {
            plain.push(letter);
        }
    }
    plain
}
