//! When something learnt should be asked again: spaced repetition by FSRS, its usual parameters. Pure: moments are unix milliseconds.
use chrono::{DateTime, Utc};
use rs_fsrs::{FSRS, Rating, State};
use serde::{Deserialize, Serialize};

/// What is known of one thing learnt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Card(rs_fsrs::Card);

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    Wrongly,
    Partly,
    Rightly,
}

impl Card {
    /// After an answer at `now`; `before`: what was known until then.
    pub fn after(before: Option<Self>, now: i64, how: Answered) -> Self {
        let now = moment(now);
        let card = before
            .map_or_else(|| rs_fsrs::Card { due: now, last_review: now, ..Default::default() }, |one| one.0);
        let rating = match how {
            Answered::Wrongly => Rating::Again,
            Answered::Partly => Rating::Hard,
            Answered::Rightly => Rating::Good,
        };
        Self(FSRS::default().next(card, now, rating).card)
    }

    /// When it should be asked again.
    pub fn due(&self) -> i64 {
        self.0.due.timestamp_millis()
    }

    /// In how many days the chance to remember falls to nine of ten; the smaller, the weaker.
    pub const fn stability(&self) -> f64 {
        self.0.stability
    }

    /// It was forgotten after it had been known, or is being learnt still.
    pub fn is_weak(&self) -> bool {
        self.0.lapses > 0 || self.0.state == State::Learning
    }
}

fn moment(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
    use super::{Answered, Card};

    const DAY: i64 = 86_400_000;
    const NOW: i64 = 1_795_338_000_000;

    #[test]
    fn what_is_known_comes_later_and_later_and_what_is_forgotten_soon() {
        let (mut card, mut now, mut waits) = (None, NOW, Vec::new());
        for _ in 0..5 {
            let next = Card::after(card, now, Answered::Rightly);
            waits.push(next.due() - now);
            now = next.due();
            card = Some(next);
        }
        assert!(waits.windows(2).all(|pair| pair[0] < pair[1]), "{waits:?}");
        assert!(waits[4] > 30 * DAY, "{waits:?}");
        let forgotten = Card::after(card, now, Answered::Wrongly);
        assert!(forgotten.due() - now < DAY && forgotten.is_weak());
    }

    #[test]
    fn a_card_is_kept_as_json() {
        let card = Card::after(None, NOW, Answered::Partly);
        let json = serde_json::to_string(&card).unwrap();
        assert_eq!(serde_json::from_str::<Card>(&json).unwrap(), card);
    }
}
