//! Settling a score against a threshold.
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Mark, Ticket};

/// How much of the ticket is needed. Kept as a bare number of percent, or as `{"items": 18}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Threshold {
    /// The share, in whole percent.
    Percent(u8),
    Items {
        items: usize,
    },
}

/// Points in hundredths: a question answered rightly is 100, one answered in part less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Points(pub i64);

/// Points of all questions of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    pub points: Points,
    /// Questions.
    pub total: usize,
}

impl Threshold {
    /// How many right answers of `total` are enough: the least number that reaches the share; never more than there are.
    pub fn needed(self, total: usize) -> usize {
        match self {
            Self::Percent(percent) => (total * usize::from(percent)).div_ceil(100),
            Self::Items { items } => items.min(total),
        }
    }
}

impl Score {
    /// Shares are added exactly and the sum is rounded down once, to a hundredth.
    pub fn of(marks: impl IntoIterator<Item = Mark>) -> Self {
        let (sum, total) =
            marks.into_iter().fold((0, 0), |(sum, total), mark| (sum + mark.parts(), total + 1));
        let points = Points(i64::try_from(sum * 100 / Mark::WHOLE.parts()).unwrap_or(0));
        Self { points, total }
    }

    /// By the number that the learner was told (`Threshold::needed`): parts of points count towards it. An empty ticket is never passed.
    pub fn passes(self, threshold: Threshold) -> bool {
        let needed = i64::try_from(threshold.needed(self.total)).unwrap_or(i64::MAX);
        self.total > 0 && self.points.0 >= needed.saturating_mul(100)
    }

    /// As it was stored: hundredths of a point, and questions.
    pub fn kept(hundredths: i64, total: i64) -> Self {
        Self { points: Points(hundredths), total: usize::try_from(total).unwrap_or(0) }
    }

    /// Questions, for a column of the database.
    pub fn of_questions(self) -> i64 {
        i64::try_from(self.total).unwrap_or(i64::MAX)
    }

    /// Everything is right.
    pub fn is_full(self) -> bool {
        self.points.0 == self.of_questions() * 100
    }

    /// Whole percent, rounded down: 79.9 % is not 80 %.
    pub fn percent(self) -> i64 {
        self.points.0.checked_div(self.of_questions()).unwrap_or(0)
    }
}

/// Whether these marks, one for each seat, pass: enough points, and no mistake in a critical question.
pub fn passes(ticket: &Ticket, marks: &[Mark], threshold: Threshold) -> bool {
    let failed = ticket.seats.iter().zip(marks).any(|(seat, mark)| seat.critical && !mark.is_whole());
    !failed && Score::of(marks.iter().copied()).passes(threshold)
}

/// `10`, `9,5`.
impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match rest {
            0 => write!(f, "{whole}"),
            rest if rest % 10 == 0 => write!(f, "{whole},{}", rest / 10),
            rest => write!(f, "{whole},{rest:02}"),
        }
    }
}

/// `10 из 12`
impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} из {}", self.points, self.total)
    }
}
