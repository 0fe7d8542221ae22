//! A person's name, its cases and its short forms (domain reference, ch. 6.2).
use std::fmt;

use petrovich::{Case as Petrovich, Gender};
use serde::{Deserialize, Serialize};

use crate::Wrong;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    Female,
    Male,
}

impl Sex {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
        }
    }

    pub fn parse(code: &str) -> Result<Self, Wrong> {
        match code {
            "female" => Ok(Self::Female),
            "male" => Ok(Self::Male),
            _ => Err(Wrong::new("Выберите пол")),
        }
    }

    /// The form of a word that agrees with the person: `sex.agree("прошла", "прошёл")`.
    pub const fn agree<'a>(self, female: &'a str, male: &'a str) -> &'a str {
        match self {
            Self::Female => female,
            Self::Male => male,
        }
    }
}

/// Grammatical case, by the question it answers in documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// кто? — as it is
    Nominative,
    /// от кого?
    Genitive,
    /// кому?
    Dative,
    /// кого?
    Accusative,
    /// кем?
    Instrumental,
}

/// Family name, given name and, where there is one, patronymic: Cyrillic, single spaces, no Latin look-alikes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullName {
    pub family: String,
    pub given: String,
    pub patronymic: Option<String>,
}

impl FullName {
    pub fn parse(family: &str, given: &str, patronymic: &str) -> Result<Self, Wrong> {
        let patronymic = patronymic.trim();
        Ok(Self {
            family: Self::part("Фамилия", family)?,
            given: Self::part("Имя", given)?,
            patronymic: if patronymic.is_empty() {
                None
            } else {
                Some(Self::part("Отчество", patronymic)?)
            },
        })
    }

    /// One part of a name: at most 50 characters (the federal registry's limit), Cyrillic, spaces, hyphens,
    /// apostrophes and dots; Latin letters that look Cyrillic are put right, other letters are refused by name.
    pub fn part(label: &str, text: &str) -> Result<String, Wrong> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text: String = text.chars().map(cyrillic).collect();
        if text.is_empty() {
            return Err(Wrong::new(format!("{label}: заполните")));
        }
        if let Some(strange) = text.chars().find(|&c| !fits(c)) {
            return Err(Wrong::new(format!("{label}: знак «{strange}» не подходит, нужны русские буквы")));
        }
        if text.chars().count() > 50 {
            return Err(Wrong::new(format!("{label}: не больше 50 знаков")));
        }
        if text.starts_with(['-', '\'', '.']) || text.ends_with(['-', '\'']) || text.contains("--") {
            return Err(Wrong::new(format!("{label}: лишний дефис")));
        }
        Ok(capitalised(&text))
    }

    /// «Волкова В. А.»
    pub fn short(&self) -> String {
        let initial =
            |name: &str| name.chars().next().map(|letter| format!("\u{a0}{letter}.")).unwrap_or_default();
        let patronymic = self.patronymic.as_deref().map(initial).unwrap_or_default();
        format!("{}{}{patronymic}", self.family, initial(&self.given))
    }

    /// «ВВ», for a round avatar.
    pub fn initials(&self) -> String {
        self.given.chars().take(1).chain(self.family.chars().take(1)).collect()
    }

    /// The sex that the patronymic tells, if it tells one.
    pub fn sex(&self) -> Option<Sex> {
        let patronymic = self.patronymic.as_deref()?.to_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| patronymic.ends_with(ending));
        match () {
            () if ends(&["ич", "ыч", "оглы", "улы"]) => Some(Sex::Male),
            () if ends(&["на", "кызы", "гызы"]) => Some(Sex::Female),
            () => None,
        }
    }

    /// The whole name in `case`. Rules, and before them the table of what they get wrong; what neither knows a
    /// methodist puts right by hand (`accounts::decline`).
    pub fn in_case(&self, case: Case, sex: Sex) -> String {
        let Some(petrovich) = petrovich_case(case) else { return self.to_string() };
        let gender = match sex {
            Sex::Female => Gender::Female,
            Sex::Male => Gender::Male,
        };
        let family = exception(&self.family, case, sex)
            .unwrap_or_else(|| petrovich::lastname(gender, &self.family, petrovich));
        let given = exception(&self.given, case, sex)
            .unwrap_or_else(|| petrovich::firstname(gender, &self.given, petrovich));
        let patronymic =
            self.patronymic.as_deref().map(|name| petrovich::middlename(gender, name, petrovich));
        [Some(family), Some(given), patronymic].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for FullName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.family, self.given)?;
        self.patronymic.as_deref().map_or(Ok(()), |name| write!(f, " {name}"))
    }
}

const fn petrovich_case(case: Case) -> Option<Petrovich> {
    match case {
        Case::Nominative => None,
        Case::Genitive => Some(Petrovich::Genitive),
        Case::Dative => Some(Petrovich::Dative),
        Case::Accusative => Some(Petrovich::Accusative),
        Case::Instrumental => Some(Petrovich::Instrumental),
    }
}

/// What the rules are known to get wrong.
fn exception(name: &str, case: Case, sex: Sex) -> Option<String> {
    let male = sex == Sex::Male;
    let stem_and_endings = match name {
        "Мария" if case == Case::Instrumental => return Some("Марией".to_owned()),
        "Заяц" if male => ("Зайц", ["а", "у", "а", "ем"]),
        "Стрелец" if male => ("Стрельц", ["а", "у", "а", "ом"]),
        "Гусь" if male => ("Гус", ["я", "ю", "я", "ем"]),
        _ => return None,
    };
    let ending = match case {
        Case::Nominative => return None,
        Case::Genitive => 0,
        Case::Dative => 1,
        Case::Accusative => 2,
        Case::Instrumental => 3,
    };
    Some(format!("{}{}", stem_and_endings.0, stem_and_endings.1[ending]))
}

fn fits(c: char) -> bool {
    matches!(c, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё' | ' ' | '-' | '\'' | '.')
}

/// Latin letters that look Cyrillic, and the marks that keyboards put for a hyphen and an apostrophe.
fn cyrillic(c: char) -> char {
    const LOOK_ALIKES: [(char, char); 21] = [
        ('A', 'А'),
        ('B', 'В'),
        ('C', 'С'),
        ('E', 'Е'),
        ('H', 'Н'),
        ('K', 'К'),
        ('M', 'М'),
        ('O', 'О'),
        ('P', 'Р'),
        ('T', 'Т'),
        ('X', 'Х'),
        ('Y', 'У'),
        ('a', 'а'),
        ('c', 'с'),
        ('e', 'е'),
        ('o', 'о'),
        ('p', 'р'),
        ('x', 'х'),
        ('y', 'у'),
        ('‑', '-'),
        ('–', '-'),
    ];
    LOOK_ALIKES
        .iter()
        .find(|(latin, _)| *latin == c)
        .map_or(if c == '’' { '\'' } else { c }, |(_, cyrillic)| *cyrillic)
}

/// «ИВАНОВ-ПЕТРОВ» and «иванов-петров» become «Иванов-Петров»; a name in mixed case stays as it was typed.
fn capitalised(text: &str) -> String {
    let mixed = text.chars().any(char::is_lowercase) && text.chars().any(char::is_uppercase);
    if mixed {
        return text.to_owned();
    }
    let mut start = true;
    text.chars()
        .map(|c| {
            let letter = if start { c.to_uppercase().next() } else { c.to_lowercase().next() };
            start = matches!(c, ' ' | '-' | '\'');
            letter.unwrap_or(c)
        })
        .collect()
}
