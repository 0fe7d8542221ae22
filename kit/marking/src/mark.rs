//! Marking an answer: a pure function of the question and the answer in the question's own order.
use serde::{Deserialize, Serialize};

use crate::{Answer, Choice, Credit, Gap, Question, Spot, Task};

/// What an answer is worth, from nothing to the whole of the question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark(u32);

impl Mark {
    pub const NONE: Self = Self(0);
    /// Thirds, fifths, sevenths, elevenths and thirteenths of it are whole numbers, so shares add up exactly.
    pub const WHOLE: Self = Self(720_720);

    pub const fn is_whole(self) -> bool {
        self.0 == Self::WHOLE.0
    }

    pub(crate) const fn parts(self) -> u64 {
        self.0 as u64
    }

    /// `got` of `of`, rounded down.
    fn share(got: usize, of: usize) -> Self {
        let got = u64::try_from(got.min(of)).unwrap_or(0);
        let of = u64::try_from(of.max(1)).unwrap_or(1);
        Self(u32::try_from(Self::WHOLE.parts() * got / of).unwrap_or(0))
    }

    fn all_or_nothing(right: bool) -> Self {
        if right { Self::WHOLE } else { Self::NONE }
    }
}

/// Marks `answer`, given in the question's own order (`Answer::own`). What cannot be an answer to this question is wrong.
pub fn mark(question: &Question, answer: &Answer) -> Mark {
    let fields = |count: usize, is_right: &dyn Fn(usize) -> bool| {
        let right = (0..count).filter(|&place| is_right(place)).count();
        shared(question.credit, right, count)
    };
    match &question.task {
        Task::Choice { choice, options } => {
            let right: Vec<bool> = options.iter().map(|option| option.right).collect();
            chosen(*choice, question.credit, &right, answer.chosen())
        }
        Task::TrueFalse { truth } => Mark::all_or_nothing(answer.chosen() == [usize::from(!truth)]),
        Task::Text(wording) => Mark::all_or_nothing(wording.holds(answer.field(0))),
        Task::Number(quantity) => Mark::all_or_nothing(quantity.holds(answer.field(0))),
        Task::Gaps(gaps) => fields(gaps.len(), &|place| gaps[place].holds(answer.field(place))),
        Task::Match { key, .. } => fields(key.len(), &|row| answer.place(row) == Some(key[row])),
        Task::Order { items } => fields(items.len(), &|item| answer.place(item) == Some(item)),
        Task::Sort { items, .. } => {
            fields(items.len(), &|item| answer.place(item) == Some(items[item].category))
        }
        Task::Point { areas, .. } => {
            let spot = Spot::parse(answer.field(0), answer.field(1));
            Mark::all_or_nothing(spot.is_some_and(|spot| areas.iter().any(|area| area.holds(spot))))
        }
        Task::Case { parts } => {
            let marks = parts.iter().enumerate().map(|(place, part)| mark(part, answer.part(place)));
            if question.credit == Credit::Whole {
                return Mark::all_or_nothing(!parts.is_empty() && marks.into_iter().all(Mark::is_whole));
            }
            let sum: u64 = marks.map(Mark::parts).sum();
            Mark(u32::try_from(sum / (parts.len().max(1) as u64)).unwrap_or(0))
        }
        Task::Open { .. } => Mark::NONE,
    }
}

impl Gap {
    /// Whether what stands in the gap is right.
    pub fn holds(&self, typed: &str) -> bool {
        match self {
            Self::Choice { right, .. } => typed.parse() == Ok(*right),
            Self::Text(wording) => wording.holds(typed),
            Self::Number(quantity) => quantity.holds(typed),
        }
    }
}

fn shared(credit: Credit, right: usize, all: usize) -> Mark {
    match credit {
        Credit::Whole => Mark::all_or_nothing(all > 0 && right == all),
        Credit::Partial | Credit::Penalty => Mark::share(right, all),
    }
}

/// Repeats and order do not matter; a place that does not exist is a wrong one.
fn chosen(choice: Choice, credit: Credit, right: &[bool], chosen: &[usize]) -> Mark {
    let mut chosen = chosen.to_vec();
    chosen.sort_unstable();
    chosen.dedup();
    let hit = chosen.iter().filter(|&&place| right.get(place) == Some(&true)).count();
    let (missed, all) = (chosen.len() - hit, right.iter().filter(|right| **right).count());
    match credit {
        _ if choice == Choice::One => Mark::all_or_nothing(hit == 1 && missed == 0),
        Credit::Whole => Mark::all_or_nothing(hit == all && missed == 0 && all > 0),
        Credit::Partial if missed > 0 => Mark::NONE,
        Credit::Partial => Mark::share(hit, all),
        Credit::Penalty => {
            let taken = Mark::share(missed, right.len() - all).0;
            Mark(Mark::share(hit, all).0.saturating_sub(taken))
        }
    }
}
