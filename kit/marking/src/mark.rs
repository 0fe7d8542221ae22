//! Marking an answer and settling a score.
use serde::{Deserialize, Serialize};

use crate::Question;

/// Whether `chosen` (places of options in the question's own order, from 0) is exactly the key: all or nothing.
/// Repeats and order do not matter; a place that does not exist makes the answer wrong.
pub fn mark(question: &Question, chosen: &[usize]) -> bool {
    let mut chosen = chosen.to_vec();
    chosen.sort_unstable();
    chosen.dedup();
    chosen == question.key()
}

/// The share of right answers that is needed, in whole percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threshold(pub u8);

impl Threshold {
    /// How many right answers of `total` are enough: the least number that reaches the share.
    pub fn needed(self, total: usize) -> usize {
        (total * usize::from(self.0)).div_ceil(100)
    }
}

/// Right answers of all questions of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    pub right: usize,
    pub total: usize,
}

impl Score {
    pub fn of(marks: impl IntoIterator<Item = bool>) -> Self {
        marks.into_iter().fold(Self { right: 0, total: 0 }, |score, right| Self {
            right: score.right + usize::from(right),
            total: score.total + 1,
        })
    }

    /// An empty ticket is never passed.
    pub fn passes(self, threshold: Threshold) -> bool {
        self.total > 0 && self.right >= threshold.needed(self.total)
    }

    /// Whole percent, rounded down: 79.9 % is not 80 %.
    pub fn percent(self) -> usize {
        (self.right * 100).checked_div(self.total).unwrap_or(0)
    }
}
