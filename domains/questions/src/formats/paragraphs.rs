//! Questions typed one below the other, in Word or as plain text: numbered, with their options below. What is right is marked by «+» or «*», by a
//! bold, underlined or coloured option, or by a line «Ответ: Б».
use super::BankFile;
use super::html::{escape, excerpt};
use super::sheet::{self, Cell, MARK, Pictures};

/// A paragraph.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub text: String,
    /// Numbered by Word itself: with numbers at the outermost level, or in another way.
    pub list: Option<List>,
    /// Something in it stands out: bold, underlined, coloured.
    pub stands_out: bool,
    /// Its pictures, by their paths in the package.
    pub pictures: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Numbers,
    Others,
}

/// The questions of a document, paragraph by paragraph.
pub(super) fn read(lines: &[Line], pictures: &mut Pictures<'_>) -> BankFile {
    let mut bank = BankFile::default();
    for block in blocks(lines) {
        block.enter(&mut bank, pictures);
    }
    bank
}

/// Plain text; none: there is no question in it.
pub(super) fn read_plain(text: &str) -> Option<BankFile> {
    let line = |text: &str| Line { text: text.trim().to_owned(), ..Line::default() };
    let bank = read(&text.lines().map(line).collect::<Vec<_>>(), &mut |_| None);
    (!bank.read.is_empty()).then_some(bank)
}

/// Paragraphs as one cell.
pub(super) fn joined(lines: Vec<Line>) -> Cell {
    let mut cell = Cell::default();
    for line in lines {
        if !cell.text.is_empty() && !line.text.is_empty() {
            cell.text.push('\n');
        }
        cell.text += &line.text;
        cell.stands_out |= line.stands_out;
        cell.pictures.extend(line.pictures);
    }
    cell
}

/// A question with what stands below it.
#[derive(Default)]
struct Block {
    /// The paragraph on which it begins, from 1.
    line: usize,
    text: Vec<Line>,
    options: Vec<Line>,
    key: String,
    explanation: Vec<String>,
}

/// What a paragraph is.
enum Part<'a> {
    Question(&'a str),
    /// What follows its letter, and whether it is marked as right.
    Option(&'a str, bool),
    Key(&'a str),
    Explanation(&'a str),
    /// Goes on with what stands before it.
    More(&'a str),
}

fn blocks(lines: &[Line]) -> Vec<Block> {
    // «1.» and «1)» in one document are a question and an option.
    let dotted = lines.iter().any(|line| numbered(&line.text).is_some_and(|(sign, _)| sign == '.'));
    let listed = lines.iter().any(|line| line.list == Some(List::Numbers));
    let mut blocks: Vec<Block> = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        if line.text.is_empty() && line.pictures.is_empty() {
            continue;
        }
        let part = part(line, dotted, listed);
        let kept = |text: &str| Line { text: text.to_owned(), ..line.clone() };
        if let Part::Question(text) = part {
            blocks.push(Block { line: place + 1, text: vec![kept(text)], ..Block::default() });
            continue;
        }
        let Some(block) = blocks.last_mut() else { continue };
        match part {
            Part::Question(_) => {}
            Part::Option(text, marked) => {
                let text = if marked { format!("{MARK}{text}") } else { text.to_owned() };
                block.options.push(kept(&text));
            }
            Part::Key(text) => text.clone_into(&mut block.key),
            Part::Explanation(text) => block.explanation.push(text.to_owned()),
            Part::More(text) if !block.explanation.is_empty() => block.explanation.push(text.to_owned()),
            Part::More(text) => match block.options.last_mut() {
                Some(option) => {
                    option.text = format!("{}\n{text}", option.text);
                    option.pictures.extend(line.pictures.iter().cloned());
                }
                None => block.text.push(kept(text)),
            },
        }
    }
    blocks
}

fn part(line: &Line, dotted: bool, listed: bool) -> Part<'_> {
    let text = line.text.as_str();
    if let Some(key) = after_word(text, &["правильный ответ", "верный ответ", "ответ", "ключ", "answer"])
    {
        return Part::Key(key);
    }
    if let Some(more) = after_word(text, &["пояснение", "обоснование", "комментарий", "основание"])
    {
        return Part::Explanation(more);
    }
    let bare = text.trim_start_matches(['+', '*']).trim_start();
    let marked = bare.len() < text.len() || text.ends_with("(+)");
    let bare = bare.trim_end_matches("(+)").trim_end();
    match line.list {
        Some(List::Numbers) => return Part::Question(text),
        Some(List::Others) => return Part::Option(bare, marked),
        None => {}
    }
    if let Some((sign, rest)) = numbered(bare) {
        return if (dotted && sign == ')') || listed {
            Part::Option(rest, marked)
        } else {
            Part::Question(rest)
        };
    }
    match lettered(bare).or_else(|| bare.strip_prefix(['-', '–', '—', '•'])) {
        Some(rest) => Part::Option(rest.trim(), marked),
        None if marked => Part::Option(bare, true),
        None => Part::More(text),
    }
}

/// What follows «Ответ:».
fn after_word<'a>(text: &'a str, any: &[&str]) -> Option<&'a str> {
    let (head, rest) = text.split_once([':', '.', '—'])?;
    any.contains(&head.trim().to_lowercase().as_str()).then(|| rest.trim())
}

/// «12. Кто…», «Вопрос 12. Кто…»: the sign after the number, and what follows it.
fn numbered(text: &str) -> Option<(char, &str)> {
    let bare = text.strip_prefix("Вопрос").unwrap_or(text).trim_start().trim_start_matches('№').trim_start();
    let digits = bare.len() - bare.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits == 0 || digits > 4 {
        return None;
    }
    let mut rest = bare[digits..].chars();
    let sign = rest.next().filter(|sign| matches!(sign, '.' | ')' | ':'))?;
    let rest = rest.as_str();
    // «1.2» is a number of another kind.
    (rest.starts_with(char::is_whitespace)).then(|| (if sign == ':' { '.' } else { sign }, rest.trim()))
}

/// «а) Работодатель», «B. …»
fn lettered(text: &str) -> Option<&str> {
    let mut letters = text.chars();
    letters.next().filter(|letter| letter.is_alphabetic())?;
    letters.next().filter(|sign| matches!(sign, ')' | '.'))?;
    Some(letters.as_str().trim())
}

impl Block {
    fn enter(self, bank: &mut BankFile, pictures: &mut Pictures<'_>) {
        let text = joined(self.text);
        let options = self.options.into_iter().map(|option| joined(vec![option])).collect();
        let name = excerpt(&escape(&text.text), 60);
        let explanation = self.explanation.join("\n");
        let draft = sheet::draft(&text, options, &self.key, explanation, pictures);
        bank.enter(self.line, name, &[], draft);
    }
}
