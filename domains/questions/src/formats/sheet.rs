//! A table as centres pass them around, in Excel or in Word: one question a row, columns known by the words of their heads or named by a person.
use marking::{Choice, Question, Task};

use super::draft::{Draft, Passage, Variant, Wanted};
use super::fault::Fault;
use super::html::{Markup, escape, excerpt, unescape};
use super::pictures::{Attached, Content};
use super::{BankFile, Unreadable};

/// How a right option is marked where it stands.
pub(super) const MARK: &str = "[!]";

/// What stands in one place of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    pub text: String,
    /// Bold, underlined or coloured: so a right option may be marked.
    pub stands_out: bool,
    /// Paths of its pictures within the file.
    pub pictures: Vec<String>,
}

pub type Rows = Vec<Vec<Cell>>;

/// Gives a picture of the file by its path.
pub type Pictures<'a> = dyn FnMut(&str) -> Option<Vec<u8>> + 'a;

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl Cell {
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.pictures.is_empty()
    }

    /// The words, and below them the pictures.
    fn passage(&self, pictures: &mut Pictures<'_>) -> Passage<'static> {
        let words = self.text.trim();
        if self.pictures.is_empty() {
            return Passage::new(words.to_owned(), Markup::Plain);
        }
        let shown = |path: &String| format!("<img src=\"@@PLUGINFILE@@/{}\" alt=\"\">", escape(path));
        let html = escape(words).replace('\n', "<br>") + &self.pictures.iter().map(shown).collect::<String>();
        let mut passage = Passage::new(html, Markup::Html);
        for path in &self.pictures {
            if !passage.files.iter().any(|file| file.path == *path)
                && let Some(bytes) = pictures(path)
            {
                passage.files.push(Attached { path: path.clone(), content: Content::Bytes(bytes) });
            }
        }
        passage
    }
}

/// Rows of plain texts.
pub fn plain(rows: Vec<Vec<String>>) -> Rows {
    rows.into_iter().map(|row| row.into_iter().map(Cell::from).collect()).collect()
}

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
    let mut row = vec![topic.to_owned(), name.to_owned(), unescape(&question.text)];
    row.extend(options.iter().map(|option| unescape(&option.text)));
    row.resize(3 + OPTIONS, String::new());
    let right = options.iter().enumerate().filter(|(_, option)| option.right);
    row.push(right.map(|(place, _)| (place + 1).to_string()).collect::<Vec<_>>().join(", "));
    row.push(question.explanation.as_deref().map(unescape).unwrap_or_default());
    let head = HEADS.iter().map(|(head, _)| (*head).to_owned()).collect();
    let again = read(&plain(vec![head, row.clone()])).ok()?.read;
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
        () if has(&["вопрос", "задани", "формулировк", "question"]) => {
            Some(Column::Text)
        }
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
    pub fn guess(rows: &[Vec<Cell>]) -> Option<Self> {
        let columns = |row: &Vec<Cell>| row.iter().map(|cell| column(&cell.text)).collect::<Vec<_>>();
        let head = rows.iter().position(|row| {
            let columns = columns(row);
            columns.contains(&Some(Column::Text)) && columns.contains(&Some(Column::Option))
        })?;
        Some(Self { head, columns: columns(&rows[head]) })
    }

    /// The first row that holds anything is taken for the heads, and nothing is known of its columns.
    pub fn unknown(rows: &[Vec<Cell>]) -> Self {
        let head = rows.iter().position(|row| !row.iter().all(Cell::is_empty)).unwrap_or(0);
        Self { head, columns: vec![None; rows.iter().map(Vec::len).max().unwrap_or(0)] }
    }

    /// Whether there is anything to read by it.
    pub fn is_whole(&self) -> bool {
        [Column::Text, Column::Option].iter().all(|wanted| self.columns.contains(&Some(*wanted)))
    }
}

pub fn read(rows: &[Vec<Cell>]) -> Result<BankFile, Unreadable> {
    let Some(layout) = Layout::guess(rows) else {
        let why = "в таблице нет строки с названиями столбцов: нужны «Вопрос», «Вариант 1», «Вариант 2»… и «Правильный ответ»";
        return Err(Unreadable { line: 1, why: why.to_owned() });
    };
    Ok(read_by(rows, &layout, &mut |_| None))
}

/// Reads the rows below the heads as the layout says. A row that is heads itself is no question: what follows it is read by it.
pub fn read_by(
    rows: &[Vec<Cell>],
    Layout { head, columns }: &Layout,
    pictures: &mut Pictures<'_>,
) -> BankFile {
    let mut bank = BankFile::default();
    let (heads, mut columns) = (rows.get(*head), columns.clone());
    for (place, row) in rows.iter().enumerate().skip(*head + 1) {
        if row.iter().all(Cell::is_empty) || Some(row) == heads {
            continue;
        }
        if let Some(next) = heads_of(row) {
            columns = next;
            continue;
        }
        let of = |wanted: Column| {
            let cells = columns.iter().zip(row).filter(move |(column, _)| **column == Some(wanted));
            cells.map(|(_, cell)| cell)
        };
        let words = |wanted: Column| of(wanted).map(|cell| cell.text.trim()).filter(|text| !text.is_empty());
        let text = Cell {
            text: words(Column::Text).collect::<Vec<_>>().join("\n"),
            pictures: of(Column::Text).flat_map(|cell| cell.pictures.clone()).collect(),
            stands_out: false,
        };
        let number =
            words(Column::Name).next().map_or_else(|| excerpt(&escape(&text.text), 60), str::to_owned);
        let topic: Vec<String> = words(Column::Topic).flat_map(levels).collect();
        let options = of(Column::Option).cloned().collect();
        let key = words(Column::Key).collect::<Vec<_>>().join(", ");
        let explanation = words(Column::Explanation).collect::<Vec<_>>().join("\n");
        bank.enter(place + 1, number, &topic, draft(&text, options, &key, explanation, pictures));
    }
    bank
}

/// What the columns below this row hold, if each of its words is a head: a question may speak of tasks, and an option begin with «Ответственный».
fn heads_of(row: &[Cell]) -> Option<Vec<Option<Column>>> {
    let columns: Vec<_> = row.iter().map(|cell| column(&cell.text)).collect();
    let all = row.iter().zip(&columns).all(|(cell, column)| cell.is_empty() || column.is_some());
    let has = |wanted: Column| columns.contains(&Some(wanted));
    (all && has(Column::Text) && has(Column::Option) && has(Column::Key)).then_some(columns)
}

/// `01/Знаки` is a module and a topic within it; other words are one.
fn levels(topic: &str) -> Vec<String> {
    let is_module = |code: &str| !code.is_empty() && code.chars().all(|c| c.is_ascii_digit());
    match topic.split_once('/') {
        Some((code, _)) if is_module(code) => super::category(topic),
        _ => vec![topic.to_owned()],
    }
}

/// A choice; an option that is empty is none, and keeps its number. What is right its key says, or a mark before it, or that it stands out, unless all options do, or none.
pub(super) fn draft(
    text: &Cell,
    mut options: Vec<Cell>,
    key: &str,
    explanation: String,
    pictures: &mut Pictures<'_>,
) -> Result<Draft<'static>, Fault> {
    let mut marked: Vec<usize> =
        (0..options.len()).filter(|&place| options[place].text.trim_start().starts_with(MARK)).collect();
    for option in &mut options {
        option.text = option.text.trim().trim_start_matches(MARK).trim().to_owned();
    }
    let words: Vec<&str> = options.iter().map(|option| option.text.as_str()).collect();
    let named = places(key, &words)?;
    if marked.is_empty() && key.is_empty() {
        let out: Vec<usize> = (0..options.len()).filter(|&place| options[place].stands_out).collect();
        let there = options.iter().filter(|option| !option.is_empty()).count();
        if (1..there).contains(&out.len()) {
            marked = out;
        }
    }
    let right = match (marked.is_empty(), named.is_empty()) {
        (false, false) if marked != named => return Err(Fault::TwoKeys(key.to_owned())),
        (true, _) => named,
        (false, _) => marked,
    };
    if let Some(place) = right.iter().find(|place| options[**place].is_empty()) {
        return Err(Fault::NoSuchOption((place + 1).to_string()));
    }
    let choice = if right.len() > 1 { Choice::Several } else { Choice::One };
    let text = text.passage(pictures);
    let variant = |(place, option): (usize, &Cell)| Variant {
        text: option.passage(pictures),
        weight: if right.contains(&place) { 100.0 } else { 0.0 },
        feedback: Passage::new("", Markup::Plain),
    };
    let variants = options.iter().enumerate().filter(|(_, option)| !option.is_empty()).map(variant).collect();
    let explanation = Passage::new(explanation, Markup::Plain);
    Ok(Draft::new(text, Wanted::Choice(choice, variants), explanation))
}

/// `2`, `1, 3`, `Вариант 2`, `Б`, or the words of an option; places from 0, ascending.
fn places(key: &str, options: &[&str]) -> Result<Vec<usize>, Fault> {
    if key.trim().is_empty() {
        return Ok(Vec::new());
    }
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
