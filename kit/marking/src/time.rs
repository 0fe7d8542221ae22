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

/// How far a device's clock may stray from the server's and still be believed, in milliseconds: a slow network, a tired phone.
const STRAY: i64 = 60_000;

/// When an answer was given that has arrived later, by the server's clock in unix milliseconds. `token` is the moment of the last word
/// of the server that the device had; each of `clocks` is one of its clocks: how many milliseconds after the token the answer was given,
/// and how many after it was sent. A clock is believed only where its second number is what the server itself counts, so a clock that
/// was moved, or stood still, says nothing. None: no clock is believed.
pub fn given_at(token: i64, arrived: i64, clocks: &[(i64, i64)]) -> Option<i64> {
    let truly = arrived - token;
    clocks
        .iter()
        .find(|(given, sent)| (0..=*sent).contains(given) && sent.abs_diff(truly) <= STRAY.unsigned_abs())
        .map(|(given, _)| (token + given).min(arrived))
        .filter(|_| truly >= 0)
}
