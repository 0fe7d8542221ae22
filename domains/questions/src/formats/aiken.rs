//! Aiken: a question on its line, options under letters, `ANSWER: B` (<https://docs.moodle.org/en/Aiken_format>).
use marking::Choice;

use super::BankFile;
use super::draft::{Draft, Passage, Variant, Wanted};
use super::fault::Fault;
use super::html::{Markup, escape, excerpt};

const ANSWER: &str = "ANSWER:";

/// Whether a text looks like it: GIFT has braces, this has lines of answers.
pub fn looks_so(text: &str) -> bool {
    text.lines().any(|line| key(line).is_some()) && !text.contains('{')
}

pub fn read(text: &str) -> BankFile {
    let mut bank = BankFile::default();
    let mut asked = Asked::default();
    for (place, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(key) = key(line) {
            std::mem::take(&mut asked).enter(&mut bank, Some(key));
        } else if let Some(option) = option(line) {
            asked.options.push(option);
        } else if !line.is_empty() {
            // Words after options begin another question: the one before was never answered.
            if !asked.options.is_empty() {
                std::mem::take(&mut asked).enter(&mut bank, None);
            }
            if asked.text.is_empty() {
                asked.line = place + 1;
            } else {
                asked.text.push('\n');
            }
            asked.text.push_str(line);
        }
    }
    if !asked.text.is_empty() || !asked.options.is_empty() {
        asked.enter(&mut bank, None);
    }
    bank
}

#[derive(Default)]
struct Asked<'a> {
    line: usize,
    text: String,
    options: Vec<(char, &'a str)>,
}

impl Asked<'_> {
    fn enter(self, bank: &mut BankFile, key: Option<&str>) {
        let name = excerpt(&escape(&self.text), 60);
        let line = self.line;
        let draft = self.draft(key);
        bank.enter(line, name, &[], draft);
    }

    fn draft(self, key: Option<&str>) -> Result<Draft<'static>, Fault> {
        let key = key.ok_or(Fault::NoAnswerLine)?;
        let right: Vec<char> =
            key.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()).collect();
        if right.iter().any(|letter| !self.options.iter().any(|(known, _)| known == letter)) {
            return Err(Fault::NoSuchOption(key.to_owned()));
        }
        let variant = |(letter, text): &(char, &str)| Variant {
            text: Passage::new((*text).to_owned(), Markup::Plain),
            weight: if right.contains(letter) { 100.0 } else { 0.0 },
            feedback: Passage::new("", Markup::Plain),
        };
        let choice = if right.len() > 1 { Choice::Several } else { Choice::One };
        let variants = self.options.iter().map(variant).collect();
        let nothing = Passage::new("", Markup::Plain);
        Ok(Draft::new(Passage::new(self.text, Markup::Plain), Wanted::Choice(choice, variants), nothing))
    }
}

fn key(line: &str) -> Option<&str> {
    let head = line.trim().get(..ANSWER.len())?;
    head.eq_ignore_ascii_case(ANSWER).then(|| line.trim()[ANSWER.len()..].trim())
}

/// `A) text`, `b. text`
fn option(line: &str) -> Option<(char, &str)> {
    let mut letters = line.chars();
    let (letter, sign) = (letters.next()?, letters.next()?);
    let is_option = letter.is_ascii_alphabetic() && matches!(sign, ')' | '.');
    is_option.then(|| (letter.to_ascii_uppercase(), line[2..].trim()))
}
