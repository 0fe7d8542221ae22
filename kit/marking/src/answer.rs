//! An answer: the places that were chosen, or what stands in the fields of the question.
use serde::{Deserialize, Serialize};

use crate::{Question, Task};

/// What a learner answered. Kept as JSON: `[0, 2]`, `["каска", ""]`, `[[0], ["12"]]`.
///
/// Of a choice the places; of rows that are given columns, categories or positions one field for each row, holding the
/// place, from 0; of a point its `x` and `y`; a field that was left alone is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, from = "Sent")]
pub enum Answer {
    Chosen(Vec<usize>),
    Fields(Vec<String>),
    Parts(Vec<Self>),
}

/// An answer as it is read: a case is one level deep, and what is nested further is no answer.
#[derive(Deserialize)]
#[serde(untagged)]
enum Sent {
    Chosen(Vec<usize>),
    Fields(Vec<String>),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    Chosen(Vec<usize>),
    Fields(Vec<String>),
}

impl From<Sent> for Answer {
    fn from(sent: Sent) -> Self {
        match sent {
            Sent::Chosen(places) => Self::Chosen(places),
            Sent::Fields(fields) => Self::Fields(fields),
            Sent::Parts(parts) => Self::Parts(
                parts
                    .into_iter()
                    .map(|part| match part {
                        Part::Chosen(places) => Self::Chosen(places),
                        Part::Fields(fields) => Self::Fields(fields),
                    })
                    .collect(),
            ),
        }
    }
}

impl Default for Answer {
    fn default() -> Self {
        Self::Chosen(Vec::new())
    }
}

impl Answer {
    /// Nothing is chosen and nothing is typed.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Chosen(places) => places.is_empty(),
            Self::Fields(fields) => fields.iter().all(|field| field.trim().is_empty()),
            Self::Parts(parts) => parts.iter().all(Self::is_empty),
        }
    }

    /// How much was sent: places, fields and letters, so that nobody stores a book in place of an answer.
    pub fn size(&self) -> usize {
        match self {
            Self::Chosen(places) => places.len(),
            Self::Fields(fields) => fields.iter().map(|field| 1 + field.len()).sum(),
            Self::Parts(parts) => parts.iter().map(|part| 1 + part.size()).sum(),
        }
    }

    pub fn chosen(&self) -> &[usize] {
        match self {
            Self::Chosen(places) => places,
            _ => &[],
        }
    }

    /// What stands in a field; nothing where there is no such field.
    pub fn field(&self, place: usize) -> &str {
        match self {
            Self::Fields(fields) => fields.get(place).map_or("", String::as_str),
            _ => "",
        }
    }

    /// The place that a field holds.
    pub fn place(&self, field: usize) -> Option<usize> {
        self.field(field).parse().ok()
    }

    pub fn part(&self, place: usize) -> &Self {
        static NONE: Answer = Answer::Chosen(Vec::new());
        match self {
            Self::Parts(parts) => parts.get(place).unwrap_or(&NONE),
            _ => &NONE,
        }
    }

    /// The same answer in the question's own order; `order[shown]` is the own place of what was shown there, as a ticket
    /// keeps it. A place that was not shown becomes one that does not exist.
    pub fn own(&self, question: &Question, order: &[usize]) -> Self {
        let own = |shown: usize| order.get(shown).copied().unwrap_or(usize::MAX);
        match (&question.task, self) {
            (Task::Choice { .. }, Self::Chosen(places)) => {
                Self::Chosen(places.iter().map(|&place| own(place)).collect())
            }
            (Task::Match { .. }, Self::Fields(fields)) => Self::Fields(
                fields
                    .iter()
                    .map(|field| field.parse().map_or_else(|_| field.clone(), |shown| own(shown).to_string()))
                    .collect(),
            ),
            (Task::Order { .. } | Task::Sort { .. }, Self::Fields(fields)) => {
                let mut rows = vec![String::new(); order.len()];
                for (shown, field) in fields.iter().enumerate() {
                    if let Some(row) = rows.get_mut(own(shown)) {
                        row.clone_from(field);
                    }
                }
                Self::Fields(rows)
            }
            _ => self.clone(),
        }
    }

    /// The way back from `own`: the same answer as it is shown in that order.
    pub fn shown(&self, question: &Question, order: &[usize]) -> Self {
        let shown = |own: usize| order.iter().position(|place| *place == own).unwrap_or(usize::MAX);
        match (&question.task, self) {
            (Task::Choice { .. }, Self::Chosen(places)) => {
                Self::Chosen(places.iter().map(|&place| shown(place)).collect())
            }
            (Task::Match { .. }, Self::Fields(fields)) => Self::Fields(
                fields
                    .iter()
                    .map(|field| field.parse().map_or_else(|_| field.clone(), |own| shown(own).to_string()))
                    .collect(),
            ),
            (Task::Order { .. } | Task::Sort { .. }, Self::Fields(_)) => {
                Self::Fields(order.iter().map(|&own| self.field(own).to_owned()).collect())
            }
            _ => self.clone(),
        }
    }
}
