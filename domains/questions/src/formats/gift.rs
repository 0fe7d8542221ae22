//! GIFT, Moodle's format for questions typed by hand: <https://docs.moodle.org/en/GIFT_format>.
mod chunks;
pub mod write;

use chunks::{chunks, unmasked};
use marking::{Choice, Question, Span};

use super::{
    BankFile, Unreadable, category,
    draft::{Draft, Figure, Passage, Variant, Wanted},
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

    let wanted = if answers.is_empty() {
        Wanted::Open(vec![RUBRIC.to_owned()])
    } else if let Some(numbers) = answers.strip_prefix('#') {
        Wanted::Number { figures: figures(numbers, markup)?, units: Vec::new() }
    } else if answers.contains('~') {
        let (choice, variants) = variants(answers, markup)?;
        Wanted::Choice(choice, variants)
    } else if let Some(wanted) = verdict(answers, markup) {
        wanted
    } else if answers.contains('=') && answers.contains("->") {
        Wanted::Match(pairs(answers, markup)?)
    } else {
        Wanted::Text { exact_case: false, variants: wordings(answers, markup)? }
    };
    Ok(Draft::new(text, wanted, general))
}

/// What the commission looks at where a file names nothing.
pub(super) const RUBRIC: &str = "Ответ верный и полный";

/// The questions of a case, as the editor shows them.
pub fn write_parts(parts: &[Question]) -> String {
    parts.iter().map(|part| write::question("", part)).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// `12:0.5`, `10..14`, or several of them: `=12:0.5 =%50%13:1#almost`.
fn figures(numbers: &str, markup: Markup) -> Result<Vec<Figure<'static>>, Fault> {
    let numbers = numbers.trim();
    let single = format!("={numbers}");
    let several = if numbers.starts_with('=') { numbers } else { &single };
    let one = |text: &str| {
        let (weight, text) = weighed(text.trim()).unwrap_or((100.0, text.trim()));
        let (number, feedback) = text.split_once('#').unwrap_or((text, ""));
        let feedback = passage(feedback, markup);
        Ok(Figure { span: span(&unmasked(number))?, weight, feedback })
    };
    several.split('=').skip(1).map(one).collect()
}

fn span(text: &str) -> Result<Span, Fault> {
    let number = |text: &str| {
        let plain = text.trim().replace(',', ".");
        plain
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite())
            .ok_or_else(|| Fault::Number(text.trim().to_owned()))
    };
    if let Some((low, high)) = text.split_once("..") {
        let (low, high) = (number(low)?, number(high)?);
        // Halves of decimal fractions are not exact; what a person wrote has few digits.
        let tidy = |n: f64| (n * 1e9).round() / 1e9;
        return Ok(Span { value: tidy(f64::midpoint(low, high)), tolerance: tidy((high - low) / 2.0) });
    }
    let (value, tolerance) = text.split_once(':').unwrap_or((text, "0"));
    Ok(Span { value: number(value)?, tolerance: number(tolerance)? })
}

/// `=row -> column`; a column alone belongs to no row.
fn pairs(answers: &str, markup: Markup) -> Result<Vec<(Option<Passage<'static>>, Passage<'static>)>, Fault> {
    let one = |pair: &str| {
        let (row, column) =
            pair.split_once("->").ok_or_else(|| Fault::Stray(shortened(&unmasked(pair), 60)))?;
        let row = if row.trim().is_empty() { None } else { Some(passage(row, markup)) };
        Ok((row, passage(column, markup)))
    };
    answers.split('=').skip(1).map(one).collect()
}

/// `=wording =%50%another#feedback`
fn wordings(answers: &str, markup: Markup) -> Result<Vec<Variant<'static>>, Fault> {
    let (stray, rest) =
        answers.split_once('=').ok_or_else(|| Fault::Stray(shortened(&unmasked(answers), 60)))?;
    if !stray.trim().is_empty() {
        return Err(Fault::Stray(shortened(&unmasked(stray), 60)));
    }
    Ok(rest.split('=').map(|answer| variant(&format!("={answer}"), markup)).collect())
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
fn verdict(answers: &str, markup: Markup) -> Option<Wanted<'static>> {
    let mut parts = answers.splitn(3, '#').map(str::trim);
    let truth = match parts.next()?.to_ascii_uppercase().as_str() {
        "T" | "TRUE" => true,
        "F" | "FALSE" => false,
        _ => return None,
    };
    let (of_wrong, of_right) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let (of_true, of_false) = if truth { (of_right, of_wrong) } else { (of_wrong, of_right) };
    Some(Wanted::TrueFalse { truth, feedback: vec![passage(of_true, markup), passage(of_false, markup)] })
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
