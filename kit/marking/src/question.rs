//! A question of the bank: its text, what it asks for, what is right.
use serde::{Deserialize, Serialize};

use crate::{Answer, Area, Quantity, Wording};

/// How many options a learner may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    One,
    Several,
}

/// One option; `text` is cleaned HTML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opt {
    pub text: String,
    pub right: bool,
}

/// What an answer that is right in part is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credit {
    /// Nothing: all or nothing.
    #[default]
    Whole,
    /// The share of what is right. Of several options: of the right ones that are chosen, and nothing once a wrong one is.
    Partial,
    /// Of several options: the share of right ones chosen less the share of wrong ones chosen, never below nothing.
    Penalty,
}

/// What stands in a gap of a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// Plain texts of the options and the place of the right one.
    Choice {
        options: Vec<String>,
        right: usize,
    },
    Text(Wording),
    Number(Quantity),
}

/// What is put under a category; `text` is cleaned HTML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub text: String,
    /// Place of its category.
    pub category: usize,
}

/// What a question asks for, with the key. Texts are cleaned HTML unless they are said to be plain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    Choice {
        choice: Choice,
        options: Vec<Opt>,
    },
    TrueFalse {
        truth: bool,
    },
    Text(Wording),
    Number(Quantity),
    /// `[[1]]`, `[[2]]` … in the question's text are these, in order.
    Gaps(Vec<Gap>),
    /// Each row has one column; `key[row]` is its place. A column may belong to several rows or to none.
    Match {
        rows: Vec<String>,
        columns: Vec<String>,
        key: Vec<usize>,
    },
    /// In the right order.
    Order {
        items: Vec<String>,
    },
    /// `categories` are plain texts.
    Sort {
        categories: Vec<String>,
        items: Vec<Item>,
    },
    /// A point on the picture (`src` and the words for whoever does not see it) that must lie in one of the areas.
    Point {
        picture: String,
        alt: String,
        areas: Vec<Area>,
    },
    /// One text, several questions, marked together.
    Case {
        parts: Vec<Question>,
    },
    /// Read by the commission by these plain criteria; the program cannot mark it and never draws it.
    Open {
        rubric: Vec<String>,
    },
}

/// A question with its key. Never leaves the server whole before an attempt has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct Question {
    /// Cleaned HTML; pictures stand in it as `<img src="picture:NAME">` in a file just read, as `/pictures/HASH` in the bank.
    pub text: String,
    pub task: Task,
    #[serde(skip_serializing_if = "Credit::is_whole")]
    pub credit: Credit,
    /// Cleaned HTML shown after the answer in training and, where the package says so, after an attestation.
    pub explanation: Option<String>,
}

/// A question as it may be kept: those of before the kinds had a choice and its options instead of a task. They are frozen,
/// so they are read as they are.
#[derive(Deserialize)]
struct Kept {
    text: String,
    task: Option<Task>,
    #[serde(default)]
    credit: Credit,
    explanation: Option<String>,
    choice: Option<Choice>,
    #[serde(default)]
    options: Vec<Opt>,
}

impl From<Kept> for Question {
    fn from(Kept { text, task, credit, explanation, choice, options }: Kept) -> Self {
        let task = task.unwrap_or(Task::Choice { choice: choice.unwrap_or(Choice::One), options });
        Self { text, task, credit, explanation }
    }
}

impl Credit {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    const fn is_whole(&self) -> bool {
        matches!(self, Self::Whole)
    }
}

impl Question {
    pub fn choice(text: impl Into<String>, choice: Choice, options: Vec<Opt>) -> Self {
        Self {
            text: text.into(),
            task: Task::Choice { choice, options },
            credit: Credit::Whole,
            explanation: None,
        }
    }

    /// An answer that is wholly right, in the question's own order; none where there is no one such answer to show or
    /// the program does not mark it.
    pub fn key(&self) -> Option<Answer> {
        let places = |places: &[usize]| Answer::Fields(places.iter().map(usize::to_string).collect());
        Some(match &self.task {
            Task::Choice { options, .. } => {
                Answer::Chosen((0..options.len()).filter(|&place| options[place].right).collect())
            }
            Task::TrueFalse { truth } => Answer::Chosen(vec![usize::from(!truth)]),
            Task::Text(wording) => Answer::Fields(vec![wording.example()]),
            Task::Number(quantity) => Answer::Fields(vec![quantity.example()]),
            Task::Gaps(gaps) => Answer::Fields(gaps.iter().map(Gap::example).collect()),
            Task::Match { key, .. } => places(key),
            Task::Order { items } => places(&(0..items.len()).collect::<Vec<_>>()),
            Task::Sort { items, .. } => places(&items.iter().map(|item| item.category).collect::<Vec<_>>()),
            Task::Point { areas, .. } => Answer::Fields(areas.first()?.middle().fields().to_vec()),
            Task::Case { parts } => Answer::Parts(parts.iter().map(Self::key).collect::<Option<_>>()?),
            Task::Open { .. } => return None,
        })
    }

    /// The same question with all that no ticket draws laid out by its words, so that the order of writing tells nothing: choices of gaps,
    /// options and columns of a case's parts.
    #[must_use]
    pub fn laid_out(mut self) -> Self {
        match &mut self.task {
            Task::Gaps(gaps) => {
                for gap in gaps {
                    if let Gap::Choice { options, right } = gap {
                        let places = sorted(options);
                        *right = places.iter().position(|place| place == right).unwrap_or(*right);
                    }
                }
            }
            Task::Case { parts } => {
                for part in parts {
                    match &mut part.task {
                        Task::Choice { options, .. } => {
                            options.sort_by(|one, other| one.text.cmp(&other.text));
                        }
                        Task::Match { columns, key, .. } => {
                            let places = sorted(columns);
                            for column in key {
                                *column = places.iter().position(|place| place == column).unwrap_or(*column);
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        self
    }

    /// Whether the program marks it, and so may draw it.
    pub fn is_marked(&self) -> bool {
        match &self.task {
            Task::Open { .. } => false,
            Task::Case { parts } => parts.iter().all(Self::is_marked),
            _ => true,
        }
    }

    /// How many of its parts are shown in an order that is drawn: options, columns, items. 0: nothing is.
    pub fn shuffled(&self) -> usize {
        match &self.task {
            Task::Choice { options, .. } => options.len(),
            Task::Match { columns, .. } => columns.len(),
            Task::Order { items } => items.len(),
            Task::Sort { items, .. } => items.len(),
            _ => 0,
        }
    }

    /// All texts of the question that are HTML, its own first, the explanations last: for pictures and search.
    pub fn texts_mut(&mut self) -> Vec<&mut String> {
        let mut texts = vec![&mut self.text];
        match &mut self.task {
            Task::Choice { options, .. } => texts.extend(options.iter_mut().map(|option| &mut option.text)),
            Task::Match { rows, columns, .. } => texts.extend(rows.iter_mut().chain(columns)),
            Task::Order { items } => texts.extend(items),
            Task::Sort { items, .. } => texts.extend(items.iter_mut().map(|item| &mut item.text)),
            Task::Point { picture, .. } => texts.push(picture),
            Task::Case { parts } => texts.extend(parts.iter_mut().flat_map(Self::texts_mut)),
            Task::TrueFalse { .. } | Task::Text(_) | Task::Number(_) | Task::Gaps(_) | Task::Open { .. } => {}
        }
        texts.extend(self.explanation.as_mut());
        texts
    }
}

/// Sorts the texts; gives for each new place the old one.
fn sorted(texts: &mut Vec<String>) -> Vec<usize> {
    let mut places: Vec<usize> = (0..texts.len()).collect();
    places.sort_by(|&one, &other| texts[one].cmp(&texts[other]));
    *texts = places.iter().map(|&place| texts[place].clone()).collect();
    places
}

impl Gap {
    fn example(&self) -> String {
        match self {
            Self::Choice { right, .. } => right.to_string(),
            Self::Text(wording) => wording.example(),
            Self::Number(quantity) => quantity.example(),
        }
    }
}
