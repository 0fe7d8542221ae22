//! A spreadsheet as centres pass them around: one question a row, columns known by the words of their heads.
use marking::{Choice, Question, Task};

use super::draft::{Draft, Passage, Variant, Wanted};
use super::fault::Fault;
use super::html::{Markup, escape, excerpt, unescape};
use super::{BankFile, Unreadable};

/// How a right option is marked where it stands.
pub(super) const MARK: &str = "[!]";

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Name,
    Topic,
    Text,
    Option,
    Key,
    Explanation,
}

/// Options that a row has room for.
pub const OPTIONS: usize = 8;
/// The heads that are written: each is known when it is read.
pub const HEADS: [(&str, u16); 5 + OPTIONS] = [
    ("Тема", 10),
    ("Номер вопроса", 16),
    ("Вопрос", 60),
    ("Вариант 1", 30),
    ("Вариант 2", 30),
    ("Вариант 3", 30),
    ("Вариант 4", 30),
    ("Вариант 5", 30),
    ("Вариант 6", 30),
    ("Вариант 7", 30),
    ("Вариант 8", 30),
    ("Правильный ответ", 18),
    ("Пояснение", 60),
];

/// A question as a row under `HEADS`; none where it would not come back as it is: no choice, markup, a picture, too many options.
pub fn row(topic: &str, name: &str, question: &Question) -> Option<Vec<String>> {
    let Task::Choice { options, .. } = &question.task else { return None };
    if options.len() > OPTIONS {
        return None;
    }
    let plain = |html: &str| unescape(html);
    let mut row = vec![topic.to_owned(), name.to_owned(), plain(&question.text)];
    row.extend(options.iter().map(|option| plain(&option.text)));
    row.resize(3 + OPTIONS, String::new());
    let right = options.iter().enumerate().filter(|(_, option)| option.right);
    row.push(right.map(|(place, _)| (place + 1).to_string()).collect::<Vec<_>>().join(", "));
    row.push(question.explanation.as_deref().map(plain).unwrap_or_default());
    let head = HEADS.iter().map(|(head, _)| (*head).to_owned()).collect();
    let again = read(&[head, row.clone()]).ok()?.read;
    (again.len() == 1 && again[0].question == *question).then_some(row)
}

fn column(head: &str) -> Option<Column> {
    let head = words::folded(head);
    let has = |any: &[&str]| any.iter().any(|word| head.contains(word));
    match () {
        () if has(&["правильн", "верный", "верные", "ключ", "correct"]) => {
            Some(Column::Key)
        }
        () if has(&["вариант", "option"]) || head.starts_with("ответ") => Some(Column::Option),
        () if has(&["пояснен", "комментар", "обоснован", "норматив", "текст пункта", "explanation"]) => {
            Some(Column::Explanation)
        }
        () if has(&["номер вопроса", "№ вопроса", "код вопроса"]) => {
            Some(Column::Name)
        }
        () if has(&["вопрос", "задание", "question"]) => Some(Column::Text),
        () if has(&["тема", "раздел", "модуль", "topic"]) => Some(Column::Topic),
        () => None,
    }
}

impl Column {
    /// As a form names it, and in Russian.
    pub const ALL: [(&str, &str, Self); 6] = [
        ("text", "Вопрос", Self::Text),
        ("option", "Вариант", Self::Option),
        ("key", "Верный ответ", Self::Key),
        ("explanation", "Пояснение", Self::Explanation),
        ("topic", "Тема", Self::Topic),
        ("name", "Номер", Self::Name),
    ];

    pub fn code(self) -> &'static str {
        Self::ALL.into_iter().find(|(.., column)| *column == self).map_or("", |(code, ..)| code)
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, ..)| *known == code).map(|(.., column)| column)
    }
}

/// Which row has the heads, from 0, and what each column holds; none: it is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    pub head: usize,
    pub columns: Vec<Option<Column>>,
}

impl Layout {
    /// By the words of the heads; none: no row looks like heads.
    pub fn guess(rows: &[Vec<String>]) -> Option<Self> {
        let columns = |row: &Vec<String>| row.iter().map(|cell| column(cell)).collect::<Vec<_>>();
        let head = rows.iter().position(|row| {
            let columns = columns(row);
            columns.contains(&Some(Column::Text)) && columns.contains(&Some(Column::Option))
        })?;
        Some(Self { head, columns: columns(&rows[head]) })
    }

    /// Whether there is anything to read by it.
    pub fn is_whole(&self) -> bool {
        [Column::Text, Column::Option].iter().all(|wanted| self.columns.contains(&Some(*wanted)))
    }
}

pub fn read(rows: &[Vec<String>]) -> Result<BankFile, Unreadable> {
    let Some(layout) = Layout::guess(rows) else {
        let why = "в таблице нет строки с названиями столбцов: нужны «Вопрос», «Вариант 1», «Вариант 2»… и «Правильный ответ»";
        return Err(Unreadable { line: 1, why: why.to_owned() });
    };
    Ok(read_by(rows, &layout))
}

/// Reads the rows below the heads as the layout says.
pub fn read_by(rows: &[Vec<String>], Layout { head, columns }: &Layout) -> BankFile {
    let mut bank = BankFile::default();
    for (place, row) in rows
        .iter()
        .enumerate()
        .skip(*head + 1)
        .filter(|(_, row)| row.iter().any(|cell| !cell.trim().is_empty()))
    {
        let of = |wanted: Column| {
            let cells = columns.iter().zip(row).filter(move |(column, _)| **column == Some(wanted));
            cells.map(|(_, cell)| cell.trim()).filter(|cell| !cell.is_empty())
        };
        let text = of(Column::Text).collect::<Vec<_>>().join("\n");
        let number = of(Column::Name).next().map_or_else(|| excerpt(&escape(&text), 60), str::to_owned);
        let topic: Vec<String> = of(Column::Topic).map(str::to_owned).collect();
        let options: Vec<&str> = of(Column::Option).collect();
        let key = of(Column::Key).collect::<Vec<_>>().join(", ");
        let explanation = of(Column::Explanation).collect::<Vec<_>>().join("\n");
        bank.enter(place + 1, number, &topic, draft(text, &options, &key, explanation));
    }
    bank
}

pub(super) fn draft(
    text: String,
    options: &[&str],
    key: &str,
    explanation: String,
) -> Result<Draft<'static>, Fault> {
    let marked: Vec<usize> = (0..options.len()).filter(|&place| options[place].starts_with(MARK)).collect();
    let options: Vec<&str> = options.iter().map(|option| option.trim_start_matches(MARK).trim()).collect();
    let named = places(key, &options)?;
    let right = match (marked.is_empty(), named.is_empty()) {
        (false, false) if marked != named => return Err(Fault::TwoKeys(key.to_owned())),
        (true, _) => named,
        (false, _) => marked,
    };
    let choice = if right.len() > 1 { Choice::Several } else { Choice::One };
    let variant = |(place, text): (usize, &&str)| Variant {
        text: Passage::new((*text).to_owned(), Markup::Plain),
        weight: if right.contains(&place) { 100.0 } else { 0.0 },
        feedback: Passage::new("", Markup::Plain),
    };
    let variants = options.iter().enumerate().map(variant).collect();
    let explanation = Passage::new(explanation, Markup::Plain);
    Ok(Draft::new(Passage::new(text, Markup::Plain), Wanted::Choice(choice, variants), explanation))
}

/// `2`, `1, 3`, `Вариант 2`, `Б`, or the words of an option; places from 0, ascending.
fn places(key: &str, options: &[&str]) -> Result<Vec<usize>, Fault> {
    if let Some(place) = options.iter().position(|option| words::folded(option) == words::folded(key)) {
        return Ok(vec![place]);
    }
    let mut places = Vec::new();
    for part in key.split([',', ';', '+', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let bare = part.trim_end_matches(['.', ')']).rsplit(' ').next().unwrap_or_default();
        let place = match bare.parse::<usize>() {
            Ok(number) => number.checked_sub(1),
            Err(_) => letter(bare),
        };
        let place = place
            .filter(|place| *place < options.len())
            .ok_or_else(|| Fault::NoSuchOption(part.to_owned()))?;
        places.push(place);
    }
    places.sort_unstable();
    places.dedup();
    Ok(places)
}

/// «А», «B»
fn letter(text: &str) -> Option<usize> {
    const RUSSIAN: &str = "абвгдежзик";
    const LATIN: &str = "abcdefghij";
    let mut letters = text.chars();
    let only = letters.next().filter(|_| letters.next().is_none())?;
    let only = only.to_lowercase().next()?;
    RUSSIAN.chars().position(|one| one == only).or_else(|| LATIN.chars().position(|one| one == only))
}
