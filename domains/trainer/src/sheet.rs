//! What the steps of an attempt come to: the last answer of each seat, the seats marked for later, the marks.
use std::collections::BTreeSet;

use marking::{Answer, Mark};
use questions::Asked;
use serde::{Deserialize, Serialize};
use store::{Db, Fault, Stored, Work};
use uuid::Uuid;

use crate::Attempt;
use crate::chain::{self, New};

/// A step as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Answer(Answer),
    Flag,
    Unflag,
}

impl Kind {
    /// The word and, for an answer, the answer as JSON.
    pub(crate) fn columns(&self) -> Stored<(&'static str, Option<String>)> {
        Ok(match self {
            Self::Flag => ("flag", None),
            Self::Unflag => ("unflag", None),
            Self::Answer(answer) => ("answer", Some(serde_json::to_string(answer).map_err(Fault::data)?)),
        })
    }
}

/// The state of an attempt, read from its steps.
pub struct Sheet {
    /// For each seat the last answer, in the places as they were shown; empty: none.
    pub answers: Vec<Answer>,
    pub flagged: BTreeSet<usize>,
    /// For each seat the milliseconds from the step before to each of its answers, together.
    spent: Vec<i64>,
}

/// What a seat of a finished attempt came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked {
    /// The version that was asked.
    pub question: Uuid,
    /// In the question's own order.
    pub answer: Answer,
    pub mark: Mark,
    /// As far as the steps tell.
    pub seconds: i64,
}

/// Whoever leaves for longer does not think about the question all the while; milliseconds.
const LONGEST_THOUGHT: i64 = 10 * 60_000;

impl Sheet {
    pub fn of(db: &mut Db, attempt: &Attempt) -> Stored<Self> {
        Self::of_steps(attempt, chain::steps_of_sheet(db, attempt.id)?)
    }

    /// What it would be if answers that came too late were accepted now.
    pub(crate) fn if_accepted(db: &mut Db, attempt: &Attempt) -> Stored<Self> {
        let mut steps = chain::steps_of_sheet(db, attempt.id)?;
        steps.push(chain::Kept {
            n: i64::MAX,
            key: Uuid::nil(),
            kind: "accept".to_owned(),
            seat: None,
            content: None,
            at: i64::MAX,
            hash: None,
        });
        Self::of_steps(attempt, steps)
    }

    fn of_steps(attempt: &Attempt, mut steps: Vec<chain::Kept>) -> Stored<Self> {
        let seats = attempt.ticket.seats.len();
        let answers = chain::answers(&steps, seats)
            .map_err(|n| Fault::data(words::Wrong::new(format!("шаг {n} не разобрать"))))?;
        let mut sheet = Self { answers, flagged: BTreeSet::new(), spent: vec![0; seats] };
        // What waited for a connection may come after what was given later on another device.
        steps.sort_by_key(|step| (step.at, step.n));
        let mut before = attempt.started.0;
        for step in
            steps.iter().filter(|step| !matches!(step.kind.as_str(), "late" | "accept" | "refuse" | "seen"))
        {
            let since = step.at - std::mem::replace(&mut before, step.at);
            let Some(seat) = step.seat.and_then(|seat| usize::try_from(seat).ok()) else { continue };
            match (step.kind.as_str(), sheet.spent.get_mut(seat)) {
                ("answer", Some(spent)) => *spent += since.clamp(0, LONGEST_THOUGHT),
                ("flag", _) => drop(sheet.flagged.insert(seat)),
                ("unflag", _) => drop(sheet.flagged.remove(&seat)),
                _ => {}
            }
        }
        Ok(sheet)
    }

    pub fn answered(&self) -> usize {
        self.answers.iter().filter(|answer| !answer.is_empty()).count()
    }

    /// For each seat what the answer is worth, with the question as it was asked.
    pub fn marks(&self, db: &mut Db, attempt: &Attempt) -> Stored<Vec<(Asked, Marked)>> {
        let versions: Vec<Uuid> = attempt.ticket.seats.iter().map(|seat| seat.question).collect();
        let asked = questions::asked_all(db, &versions)?;
        let seats = attempt.ticket.seats.iter().zip(&self.answers).zip(&self.spent);
        seats
            .zip(asked)
            .map(|(((seat, answer), spent), asked)| {
                let answer = answer.own(&asked.question, &seat.order);
                let mark = asked.mark(&answer);
                Ok((asked, Marked { question: seat.question, answer, mark, seconds: spent / 1000 }))
            })
            .collect()
    }
}

/// Adds a step. The same `client_key` again changes nothing: the first step stands.
pub(crate) fn add(work: &mut Work, attempt: Uuid, client_key: Uuid, seat: usize, kind: &Kind) -> Stored<()> {
    let (name, content) = kind.columns()?;
    let (seat, at) = (i64::try_from(seat).map_err(Fault::data)?, work.now());
    let step = New { key: client_key, kind: name, seat: Some(seat), content: content.as_deref(), at };
    chain::add(work, attempt, &step).map(drop)
}
