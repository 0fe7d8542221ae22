//! How much time an attempt has: the server's clock only, in unix milliseconds.
use serde::{Deserialize, Serialize};

/// When an attempt began and how long it may last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clockwork {
    pub started: i64,
    pub minutes: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remaining {
    /// Whole seconds left, rounded up, at least 1.
    Seconds(i64),
    Over,
}

impl Clockwork {
    /// The first moment at which answers are no longer taken.
    pub fn deadline(self) -> i64 {
        self.started + i64::from(self.minutes) * 60_000
    }

    pub fn remaining(self, now: i64) -> Remaining {
        match self.deadline() - now {
            left if left <= 0 => Remaining::Over,
            left => Remaining::Seconds((left + 999) / 1000),
        }
    }

    pub fn is_over(self, now: i64) -> bool {
        self.remaining(now) == Remaining::Over
    }
}
