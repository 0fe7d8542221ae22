//! What the steps of an attempt come to: the last answer of each seat, the seats marked for later, the marks.
use std::collections::BTreeSet;

use marking::{Question, Score, Seat, mark};
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use words::Moment;

use crate::Attempt;

/// A step as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Answer(Vec<usize>),
    Flag,
    Unflag,
}

impl Kind {
    /// The word and, for an answer, the places as JSON.
    fn columns(&self) -> Stored<(&'static str, Option<String>)> {
        Ok(match self {
            Self::Flag => ("flag", None),
            Self::Unflag => ("unflag", None),
            Self::Answer(chosen) => ("answer", Some(serde_json::to_string(chosen).map_err(Fault::data)?)),
        })
    }
}

/// The state of an attempt, read from its steps.
pub struct Sheet {
    /// For each seat the places of options as they were shown; empty: no answer.
    pub chosen: Vec<Vec<usize>>,
    pub flagged: BTreeSet<usize>,
}

impl Sheet {
    pub fn of(db: &mut Db, attempt: &Attempt) -> Stored<Self> {
        let steps = db.all(
            "select kind, seat, chosen from attempt_step where attempt = ?1 and seat is not null order by n",
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
            Self { chosen: vec![Vec::new(); attempt.ticket.seats.len()], flagged: BTreeSet::new() };
        for (seat, kind) in steps {
            match kind {
                Kind::Flag => drop(sheet.flagged.insert(seat)),
                Kind::Unflag => drop(sheet.flagged.remove(&seat)),
                Kind::Answer(chosen) => {
                    if let Some(place) = sheet.chosen.get_mut(seat) {
                        *place = chosen;
                    }
                }
            }
        }
        Ok(sheet)
    }

    pub fn answered(&self) -> usize {
        self.chosen.iter().filter(|chosen| !chosen.is_empty()).count()
    }

    /// For each seat whether the answer is right, with the question as it was asked.
    pub fn marks(&self, db: &mut Db, attempt: &Attempt) -> Stored<Vec<(Question, bool)>> {
        attempt
            .ticket
            .seats
            .iter()
            .zip(&self.chosen)
            .map(|(seat, chosen)| {
                let question = questions::asked(db, seat.question)?.question;
                let right = mark(&question, &own_places(seat, chosen));
                Ok((question, right))
            })
            .collect()
    }

    pub fn score(marks: &[(Question, bool)]) -> Score {
        Score::of(marks.iter().map(|(_, right)| *right))
    }
}

/// From places as shown to the question's own places. A place that was not shown stays one that does not exist.
pub(crate) fn own_places(seat: &Seat, shown: &[usize]) -> Vec<usize> {
    shown.iter().map(|&place| seat.order.get(place).copied().unwrap_or(usize::MAX)).collect()
}

/// Adds a step. The same `client_key` again changes nothing: the first step stands.
pub(crate) fn add(work: &mut Work, attempt: Uuid, client_key: Uuid, seat: usize, kind: &Kind) -> Stored<()> {
    let (name, chosen) = kind.columns()?;
    let (seat, now) = (i64::try_from(seat).map_err(Fault::data)?, work.now());
    work.run(
        "insert into attempt_step (attempt, n, client_key, kind, seat, chosen, at)
         values (?1, (select coalesce(max(n), 0) + 1 from attempt_step where attempt = ?1), ?2, ?3, ?4, ?5, ?6)
         on conflict (attempt, client_key) do nothing",
        values![attempt, client_key, name, seat, chosen, now],
    )?;
    Ok(())
}

/// Adds a step to the person's own open attestation and returns its deadline; nothing is added, and `None` returned, when
/// there is no such attestation, its time is over, or the step is already kept. One statement: this is the busiest path of
/// an attestation day.
pub(crate) fn add_while_open(
    work: &mut Work,
    person: Uuid,
    attempt: Uuid,
    client_key: Uuid,
    seat: usize,
    kind: &Kind,
) -> Stored<Option<Moment>> {
    let (name, chosen) = kind.columns()?;
    let (seat, now) = (i64::try_from(seat).map_err(|_| Fault::Missing)?, work.now());
    work.maybe(
        "insert into attempt_step (attempt, n, client_key, kind, seat, chosen, at)
         select a.id, (select coalesce(max(n), 0) + 1 from attempt_step where attempt = ?1), ?2, ?3, ?4, ?5, ?6
         from attempt a
         where a.id = ?1 and a.person = ?7 and a.mode <> 'training' and a.seats > ?4
           and a.finished_at is null and a.deadline_at > ?6
         on conflict (attempt, client_key) do nothing
         returning (select deadline_at from attempt where id = ?1)",
        values![attempt, client_key, name, seat, chosen, now, person],
        |row| row.get(0).map(Moment),
    )
}
