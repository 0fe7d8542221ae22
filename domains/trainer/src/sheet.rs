//! What the steps of an attempt come to: the last answer of each seat, the seats marked for later, the marks.
use std::collections::BTreeSet;

use marking::{Answer, Mark, Question, mark};
use store::{Db, Fault, Stored, Work, values};
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

/// The state of an attempt, read from its steps in the order in which they were given: what waited for a connection may come after
/// what was given later on another device.
pub struct Sheet {
    /// For each seat the last answer, in the places as they were shown; empty: none.
    pub answers: Vec<Answer>,
    pub flagged: BTreeSet<usize>,
}

impl Sheet {
    pub fn of(db: &mut Db, attempt: &Attempt) -> Stored<Self> {
        let steps = db.all(
            "select kind, seat, chosen from attempt_step where attempt = ?1 and seat is not null and kind <> 'late' order by at, n",
            values![attempt.id],
            |row| {
                let seat = usize::try_from(row.get::<i64>(1)?).map_err(Fault::data)?;
                let kind = match row.get::<String>(0)?.as_str() {
                    "flag" => Kind::Flag,
                    "unflag" => Kind::Unflag,
                    _ => Kind::Answer(row.json(2)?),
                };
                Ok((seat, kind))
            },
        )?;
        let mut sheet =
            Self { answers: vec![Answer::default(); attempt.ticket.seats.len()], flagged: BTreeSet::new() };
        for (seat, kind) in steps {
            match kind {
                Kind::Flag => drop(sheet.flagged.insert(seat)),
                Kind::Unflag => drop(sheet.flagged.remove(&seat)),
                Kind::Answer(answer) => {
                    if let Some(place) = sheet.answers.get_mut(seat) {
                        *place = answer;
                    }
                }
            }
        }
        Ok(sheet)
    }

    pub fn answered(&self) -> usize {
        self.answers.iter().filter(|answer| !answer.is_empty()).count()
    }

    /// For each seat what the answer is worth, with the question as it was asked.
    pub fn marks(&self, db: &mut Db, attempt: &Attempt) -> Stored<Vec<(Question, Mark)>> {
        attempt
            .ticket
            .seats
            .iter()
            .zip(&self.answers)
            .map(|(seat, answer)| {
                let question = questions::asked(db, seat.question)?.question;
                let mark = mark(&question, &answer.own(&question, &seat.order));
                Ok((question, mark))
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
