//! GIFT, Moodle's format for questions typed by hand: <https://docs.moodle.org/en/GIFT_format>.
mod chunks;

use chunks::{chunks, unmasked};
use marking::Choice;

use super::{
    BankFile, Unreadable, category,
    draft::{Draft, Passage, Variant},
    fault::{Fault, kind},
    html::{Markup, clean, excerpt, shortened},
};

pub fn read(text: &str) -> Result<BankFile, Unreadable> {
    let mut bank = BankFile::default();
    let mut here = Vec::new();
    let chunks = chunks(text);
    if !chunks.iter().any(|chunk| chunk.text.contains('{')) {
        let why = "это не GIFT: нет ни одного блока ответов в фигурных скобках".to_owned();
        return Err(Unreadable { line: 1, why });
    }
    for chunk in chunks {
        if let Some(path) = chunk.text.strip_prefix("$CATEGORY:") {
            here = category(&unmasked(path));
        } else {
            let (name, body) = named(&chunk.text);
            bank.enter(chunk.line, name, &here, question(body));
        }
    }
    Ok(bank)
}

/// `::name::body`; a question without a name goes by its first words.
fn named(chunk: &str) -> (String, &str) {
    if let Some((name, body)) = chunk.strip_prefix("::").and_then(|rest| rest.split_once("::")) {
        return (shortened(&unmasked(name), 200), body);
    }
    let (markup, text) = marked(chunk.split('{').next().unwrap_or(chunk), Markup::Auto);
    (clean(&unmasked(text), markup).map_or_else(|_| String::new(), |html| excerpt(&html, 60)), chunk)
}

fn question(body: &str) -> Result<Draft<'static>, Fault> {
    let (before, rest) = body.split_once('{').ok_or_else(|| kind("description"))?;
    let (block, after) = rest.split_once('}').ok_or(Fault::Unclosed)?;
    if after.contains('{') {
        return Err(Fault::TwoBlocks);
    }
    let (markup, before) = marked(before, Markup::Auto);
    let gap = if after.trim().is_empty() { "" } else { "_____" };
    let text = Passage::new(unmasked(&format!("{before}{gap}{after}")), markup);
    let (answers, general) = block.split_once("####").unwrap_or((block, ""));
    let answers = answers.trim();
    let general = passage(general, markup);

    if answers.contains('~') && !answers.starts_with('#') {
        let (choice, variants) = variants(answers, markup)?;
        return Ok(Draft { text, choice, variants, feedback: general });
    }
    if let Some(variants) = verdict(answers, markup) {
        return Ok(Draft { text, choice: Choice::One, variants, feedback: general });
    }
    Err(kind(match answers {
        "" => "essay",
        number if number.starts_with('#') => "numerical",
        pairs if pairs.contains('=') && pairs.contains("->") => "matching",
        _ => "shortanswer",
    }))
}

/// `=right ~wrong ~%50%half#feedback`.
fn variants(answers: &str, markup: Markup) -> Result<(Choice, Vec<Variant<'static>>), Fault> {
    let parted = answers.replace('=', "~=");
    let (stray, parted) = parted.split_once('~').unwrap_or((&parted, ""));
    if !stray.trim().is_empty() {
        return Err(Fault::Stray(shortened(&unmasked(stray), 60)));
    }
    let variants: Vec<_> = parted.split('~').map(|answer| variant(answer, markup)).collect();
    // Moodle ticks one option where `=` marks it; two of them, or shares alone, can only mean several.
    let one = answers.contains('=') && variants.iter().filter(|variant| variant.is_full()).count() == 1;
    Ok((if one { Choice::One } else { Choice::Several }, variants))
}

fn variant(answer: &str, markup: Markup) -> Variant<'static> {
    let (default, answer) = match answer.trim().strip_prefix('=') {
        Some(right) => (100.0, right.trim_start()),
        None => (0.0, answer.trim()),
    };
    let (weight, answer) = weighed(answer).unwrap_or((default, answer));
    let (text, feedback) = answer.split_once('#').unwrap_or((answer, ""));
    Variant { text: passage(text, markup), weight, feedback: passage(feedback, markup) }
}

/// `%-33.33%text`
fn weighed(answer: &str) -> Option<(f64, &str)> {
    let (weight, text) = answer.strip_prefix('%')?.split_once('%')?;
    let weight: f64 = weight.trim().replace(',', ".").parse().ok()?;
    weight.is_finite().then_some((weight, text))
}

/// `T#said after a wrong answer#said after the right one`.
fn verdict(answers: &str, markup: Markup) -> Option<Vec<Variant<'static>>> {
    let mut parts = answers.splitn(3, '#').map(str::trim);
    let truth = match parts.next()?.to_ascii_uppercase().as_str() {
        "T" | "TRUE" => true,
        "F" | "FALSE" => false,
        _ => return None,
    };
    let (of_wrong, of_right) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let variant = |word, right| Variant {
        text: Passage::new(word, Markup::Plain),
        weight: if right { 100.0 } else { 0.0 },
        feedback: passage(if right { of_right } else { of_wrong }, markup),
    };
    Some(vec![variant("Верно", truth), variant("Неверно", !truth)])
}

fn passage(text: &str, inherited: Markup) -> Passage<'static> {
    let (markup, text) = marked(text, inherited);
    Passage::new(unmasked(text.trim()), markup)
}

/// `[html]` before a text says how it is written.
fn marked(text: &str, inherited: Markup) -> (Markup, &str) {
    let text = text.trim_start();
    let mark = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    match mark.and_then(|(name, rest)| Some((Markup::named(name)?, rest))) {
        Some((markup, rest)) => (markup, rest),
        None => (inherited, text),
    }
}
