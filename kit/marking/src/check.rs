//! Whether a question can stand in the bank.
use std::collections::BTreeSet;

use crate::{Choice, Credit, Gap, Opt, Quantity, Question, Task, Wording};

/// Options, rows, columns, gaps, items, areas or parts of one question at most.
pub const LONGEST: usize = 64;

/// Why a question cannot stand in the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("нет текста вопроса")]
    NoText,
    #[error("меньше двух вариантов ответа")]
    FewOptions,
    #[error("вариант ответа пуст")]
    EmptyOption,
    #[error("два одинаковых варианта ответа")]
    SameOptions,
    #[error("нет верного ответа")]
    NoneRight,
    #[error("верны все варианты, выбирать не из чего")]
    AllRight,
    #[error("верных ответов несколько, а выбрать можно один")]
    SeveralRight,
    #[error("верным считался бы любой ответ")]
    AnythingRight,
    #[error("число верного ответа не записано")]
    NoNumber,
    #[error(
        "пропуски в тексте не совпадают со списком: в тексте стоят [[1]], [[2]]…, каждый один раз и по порядку"
    )]
    GapsAstray,
    #[error("строк или вариантов больше, чем {LONGEST}")]
    TooMany,
    #[error("нет картинки")]
    NoPicture,
    #[error("область на картинке записана с ошибкой или выходит за её край")]
    BadArea,
    #[error("к тексту нужно хотя бы два вопроса")]
    FewParts,
    #[error(
        "к тексту можно задать вопросы с выбором, «верно или нет», парами, числом без единиц и кратким ответом без опечаток"
    )]
    NestedPart,
    #[error("развёрнутому ответу нужен хотя бы один критерий оценки")]
    NoRubric,
    #[error("вычитать за ошибки можно только там, где выбирают несколько вариантов")]
    PenaltyAstray,
}

impl Question {
    /// Whether the program can mark it, or the commission can read it.
    pub fn check(&self) -> Result<(), Flaw> {
        if is_blank(&self.text) {
            return Err(Flaw::NoText);
        }
        if self.credit == Credit::Penalty
            && !matches!(&self.task, Task::Choice { choice: Choice::Several, .. })
        {
            return Err(Flaw::PenaltyAstray);
        }
        match &self.task {
            Task::Choice { choice, options } => choosable(*choice, options),
            Task::TrueFalse { .. } => Ok(()),
            Task::Text(wording) => wording.check(),
            Task::Number(quantity) => quantity.check(),
            Task::Gaps(gaps) => {
                few(gaps.len(), 1)?;
                if gap_marks(&self.text) != (1..=gaps.len()).collect::<Vec<_>>() {
                    return Err(Flaw::GapsAstray);
                }
                gaps.iter().try_for_each(Gap::check)
            }
            Task::Match { rows, columns, key } => {
                few(rows.len(), 2)?;
                filled(rows)?;
                distinct(columns)?;
                let sound = key.len() == rows.len() && key.iter().all(|column| *column < columns.len());
                if sound { Ok(()) } else { Err(Flaw::NoneRight) }
            }
            Task::Order { items } => distinct(items),
            Task::Sort { categories, items } => {
                distinct(categories)?;
                let texts: Vec<_> = items.iter().map(|item| item.text.clone()).collect();
                distinct(&texts)?;
                let sound = items.iter().all(|item| item.category < categories.len());
                if sound { Ok(()) } else { Err(Flaw::NoneRight) }
            }
            Task::Point { picture, areas, .. } => match () {
                () if picture.is_empty() => Err(Flaw::NoPicture),
                () if areas.is_empty() => Err(Flaw::NoneRight),
                () if areas.len() > LONGEST => Err(Flaw::TooMany),
                () if !areas.iter().all(crate::Area::is_sound) => Err(Flaw::BadArea),
                () => Ok(()),
            },
            Task::Case { parts } => {
                if parts.len() < 2 {
                    return Err(Flaw::FewParts);
                }
                few(parts.len(), 2)?;
                let may_be_part = |part: &Self| {
                    part.credit == Credit::Whole
                        && match &part.task {
                            Task::Choice { .. } | Task::TrueFalse { .. } | Task::Match { .. } => true,
                            Task::Text(wording) => !wording.exact_case && wording.typos == 0,
                            Task::Number(quantity) => quantity.units.is_empty(),
                            _ => false,
                        }
                };
                if !parts.iter().all(may_be_part) {
                    return Err(Flaw::NestedPart);
                }
                parts.iter().try_for_each(Self::check)
            }
            Task::Open { rubric } => match () {
                () if rubric.len() > LONGEST => Err(Flaw::TooMany),
                () if rubric.iter().all(|line| line.trim().is_empty()) => Err(Flaw::NoRubric),
                () => Ok(()),
            },
        }
    }
}

impl Gap {
    fn check(&self) -> Result<(), Flaw> {
        match self {
            Self::Choice { options, right } => {
                distinct(options)?;
                if *right < options.len() { Ok(()) } else { Err(Flaw::NoneRight) }
            }
            Self::Text(wording) => wording.check(),
            Self::Number(quantity) => quantity.check(),
        }
    }
}

impl Wording {
    fn check(&self) -> Result<(), Flaw> {
        match () {
            () if self.accepted.len() > LONGEST => Err(Flaw::TooMany),
            () if self.accepted.iter().all(|wording| wording.trim().is_empty()) => Err(Flaw::NoneRight),
            () if self.accepted.iter().any(|wording| wording.trim().is_empty()) => Err(Flaw::EmptyOption),
            () if self.holds_anything() => Err(Flaw::AnythingRight),
            () => Ok(()),
        }
    }
}

impl Quantity {
    fn check(&self) -> Result<(), Flaw> {
        let number = |n: f64| n.is_finite();
        match () {
            () if self.accepted.len() > LONGEST || self.units.len() > LONGEST => Err(Flaw::TooMany),
            () if self.accepted.is_empty() => Err(Flaw::NoNumber),
            () if !self
                .accepted
                .iter()
                .all(|s| number(s.value) && number(s.tolerance) && s.tolerance >= 0.0) =>
            {
                Err(Flaw::NoNumber)
            }
            () if self
                .units
                .iter()
                .any(|unit| unit.name.trim().is_empty() || !number(unit.factor) || unit.factor == 0.0) =>
            {
                Err(Flaw::EmptyOption)
            }
            () => Ok(()),
        }
    }
}

fn choosable(choice: Choice, options: &[Opt]) -> Result<(), Flaw> {
    let right = options.iter().filter(|option| option.right).count();
    let texts: Vec<_> = options.iter().map(|option| option.text.clone()).collect();
    distinct(&texts)?;
    match () {
        () if right == 0 => Err(Flaw::NoneRight),
        () if right == options.len() => Err(Flaw::AllRight),
        () if right > 1 && choice == Choice::One => Err(Flaw::SeveralRight),
        () => Ok(()),
    }
}

fn few(count: usize, least: usize) -> Result<(), Flaw> {
    match count {
        count if count < least => Err(Flaw::FewOptions),
        count if count > LONGEST => Err(Flaw::TooMany),
        _ => Ok(()),
    }
}

fn filled(texts: &[String]) -> Result<(), Flaw> {
    if texts.iter().any(|text| is_blank(text)) { Err(Flaw::EmptyOption) } else { Ok(()) }
}

/// At least two, none empty, no two the same.
fn distinct(texts: &[String]) -> Result<(), Flaw> {
    few(texts.len(), 2)?;
    filled(texts)?;
    let different: BTreeSet<_> = texts.iter().map(|text| text.trim()).collect();
    if different.len() < texts.len() { Err(Flaw::SameOptions) } else { Ok(()) }
}

/// Numbers of the gaps as they stand in the text.
fn gap_marks(text: &str) -> Vec<usize> {
    let after = text.split("[[").skip(1);
    after.filter_map(|rest| rest.split_once("]]").and_then(|(number, _)| number.parse().ok())).collect()
}

/// No letter and no picture in it.
fn is_blank(html: &str) -> bool {
    if html.contains("<img") {
        return false;
    }
    let mut inside = false;
    !html.chars().any(|c| {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ => return !inside && !c.is_whitespace() && c != '\u{a0}',
        }
        false
    })
}
