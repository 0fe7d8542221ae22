//! Questions one after another: the one that is open, until when, and the turn to the next. None is come back to (п. 5.3.4).
use serde::{Deserialize, Serialize};
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use words::Moment;

use crate::chain::{self, New};
use crate::{Attempt, Rules};

/// The question that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// From 0.
    pub seat: usize,
    /// Where each question has a time of its own.
    pub until: Option<Moment>,
}

/// What the turn to a seat tells: when the one before it closed, and until when this one is open.
#[derive(Serialize, Deserialize)]
struct Turned {
    closed: i64,
    until: Option<i64>,
}

impl Rules {
    /// Until when a question that is opened now stays open.
    pub(crate) fn seat_until(&self, now: Moment) -> Option<Moment> {
        self.seconds_each.map(|seconds| Moment(now.0 + i64::from(seconds) * 1000))
    }
}

impl Attempt {
    /// Whole seconds left for the open question; none: it has no time of its own.
    pub fn seconds_on(&self, now: Moment) -> Option<i64> {
        let until = self.open?.until?;
        Some(((until.0 - self.counted(now).0 + 999) / 1000).max(0))
    }

    /// Goes on from the seat that is open to the next; from another seat, or from the last, nothing changes.
    pub(crate) fn turn(&self, work: &mut Work, from: usize) -> Stored<()> {
        let next = from + 1;
        let Some(open) = self.open.filter(|open| open.seat == from && next < self.ticket.seats.len()) else {
            return Ok(());
        };
        let now = work.now();
        let until = self.rules.seat_until(now);
        let (from, next) =
            (i64::try_from(from).map_err(Fault::data)?, i64::try_from(next).map_err(Fault::data)?);
        let turned = work.run(
            "update attempt set seat_open = ?3, seat_until = ?4
             where id = ?1 and seat_open = ?2 and finished_at is null and paused_at is null",
            values![self.id, from, next, until],
        )?;
        if turned == 0 {
            return Ok(());
        }
        let closed = open.until.map_or(now, |until| until.min(now)).0;
        let told = serde_json::to_string(&Turned { closed, until: until.map(|until| until.0) })
            .map_err(Fault::data)?;
        let step = New { key: Uuid::now_v7(), kind: "open", seat: Some(next), content: Some(&told), at: now };
        chain::add(work, self.id, &step).map(drop)
    }
}

/// When a seat that was gone on from had closed.
pub(crate) fn closed(db: &mut Db, attempt: Uuid, seat: i64) -> Stored<Moment> {
    let turned: Turned = db.one(
        "select chosen from attempt_step where attempt = ?1 and kind = 'open' and seat = ?2",
        values![attempt, seat + 1],
        |row| row.json(0),
    )?;
    Ok(Moment(turned.closed))
}
