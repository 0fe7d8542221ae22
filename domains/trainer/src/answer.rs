//! Taking an answer: acknowledged only after it is on disk; the same one twice is one; one that was given in time and comes late is taken
//! while the grace lasts (п. 3.5).
use accounts::Visit;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use marking::{Answer, given_at};
use serde::{Deserialize, Serialize};
use store::{Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Failure, Reply};
use words::Moment;

use crate::chain::{Last, LateAnswer, New, add_after};
use crate::sheet::Kind;
use crate::{Mode, turn};

/// What the island sends: one step with its own key.
#[derive(Deserialize)]
pub(crate) struct Sent {
    key: Uuid,
    seat: usize,
    /// In the places shown; absent for a flag. `chosen` is how pages of before the kinds of questions call it.
    #[serde(alias = "chosen")]
    answer: Option<Answer>,
    flag: Option<bool>,
    /// When it was given, if it had to wait for a connection.
    given: Option<Given>,
}

/// What a device knows of the time of an answer.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Given {
    /// The last word of the server that it had (`Attempt::token`).
    token: String,
    /// Its clocks: milliseconds from the token to the answer, and to this sending.
    clocks: Vec<(i64, i64)>,
}

/// What it hears back once the step is kept.
#[derive(Serialize)]
struct Kept {
    /// «14:07»
    at: String,
    /// Whole seconds until the deadline.
    left: Option<i64>,
    token: Option<String>,
}

/// The greatest answer (`Answer::size`): more than all fields of any question hold.
const LONGEST: usize = 64 << 10;

/// What became of a step.
pub(crate) enum Taken {
    /// With the deadline, and a new token.
    Kept(Option<Moment>, Option<String>),
    /// The duty has stopped the time: what is given meanwhile waits until it goes on.
    Paused,
    /// The attempt had already ended; what was given in time and came too late is kept beside it and does not count.
    Over { stored: bool },
}

/// `POST /attempts/{id}/answers` with JSON: 200 kept, 409 the attempt is over, 423 the time stands still.
pub(crate) async fn submit(visit: Visit, Path(attempt): Path<Uuid>, body: Bytes) -> Reply {
    if body.len() > LONGEST * 2 {
        return Err(Failure::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "an answer longer than any question asks for",
        ));
    }
    let sent: Sent = serde_json::from_slice(&body)
        .map_err(|error| Failure::new(StatusCode::BAD_REQUEST, error.to_string()))?;
    let person = visit.person()?;
    let kind = match (sent.answer, sent.flag) {
        (Some(answer), _) => Kind::Answer(answer),
        (None, Some(true)) => Kind::Flag,
        (None, _) => Kind::Unflag,
    };
    let step = Step { key: sent.key, seat: sent.seat, kind, given: sent.given };
    let live = visit.house.live.clone();
    let (status, text) = visit
        .write(move |work| {
            let now = work.now();
            Ok(match take(work, person, attempt, &step)? {
                Taken::Paused => (StatusCode::LOCKED, "{}".to_owned()),
                Taken::Over { stored } => (StatusCode::CONFLICT, format!("{{\"stored\":{stored}}}")),
                Taken::Kept(deadline, token) => {
                    let live = live.clone();
                    work.after(move || live.tell(attempt));
                    let left = deadline.map(|deadline| ((deadline.0 - now.0 + 999) / 1000).max(0));
                    let kept = Kept { at: now.time(), left, token };
                    (StatusCode::OK, serde_json::to_string(&kept).map_err(Fault::data)?)
                }
            })
        })
        .await?;
    Ok((status, [(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// A step as it has come.
pub(crate) struct Step {
    pub key: Uuid,
    pub seat: usize,
    pub kind: Kind,
    pub given: Option<Given>,
}

/// What was on its way when the duty stopped the time is taken still, in milliseconds, where nothing says when it was given.
const UNDER_WAY: i64 = 30_000;

/// Late answers of one attempt that are kept: several to each question, and nobody fills a disk.
const MOST_LATE: i64 = 500;

/// Takes one step of the person's own attempt. Before the deadline by the server's clock; for as long after it as the grace is, what the
/// device can show to have been given before it. What comes later still is kept and does not count.
pub(crate) fn take(work: &mut Work, person: Uuid, attempt: Uuid, step: &Step) -> Stored<Taken> {
    let Step { key, seat, kind, given } = step;
    if matches!(kind, Kind::Answer(answer) if answer.size() > LONGEST) {
        return Err(Fault::Missing);
    }
    let (name, content) = kind.columns()?;
    let seat = i64::try_from(*seat).map_err(|_| Fault::Missing)?;
    let found = look(work, person, attempt, *key)?;
    if seat >= found.seats {
        return Err(Fault::Missing);
    }
    let (now, id) = (work.now(), attempt.to_string());
    let token = found.secret.as_deref().map(|secret| proof::token(secret, &id, now.0));
    // A repeat of a step that is already kept is acknowledged again, whatever has ended since.
    match found.known.as_deref() {
        None => {}
        Some("late") => return Ok(Taken::Over { stored: true }),
        Some(_) => return Ok(Taken::Kept(found.shown_deadline(now), token)),
    }
    let shown = given.as_ref().and_then(|given| {
        let token = proof::token_time(found.secret.as_deref()?, &id, &given.token)?;
        given_at(token, now.0, &given.clocks).map(Moment)
    });
    // A question that is gone on from closed then; one that is still to come is nobody's business yet.
    let closes = match found.open {
        Some((open, _)) if seat > open => return Err(Fault::Missing),
        Some((open, until)) if seat == open => until,
        Some(_) => Some(turn::closed(work, attempt, seat)?),
        None => None,
    };
    let within = |moment: Moment| {
        found.deadline.is_some_and(|deadline| moment < deadline)
            && closes.is_none_or(|closes| moment < closes)
    };
    if let Some(paused) = found.paused
        && found.finished.is_none()
        && shown.map_or(now.0 > paused.0 + UNDER_WAY, |shown| shown > paused)
    {
        return Ok(Taken::Paused);
    }
    // Of a question that is not come back to what was on its way when it closed comes in still; the attempt's grace is not its own.
    let comes_in = match closes {
        Some(closes) => now.0 < closes.0 + UNDER_WAY,
        None => true,
    } && found.closes().is_some_and(|closes| now < closes);
    let in_time = within(found.paused.unwrap_or(now)) || comes_in && shown.is_some_and(within);
    if found.finished.is_none() && in_time {
        let at = shown.unwrap_or(now);
        let new = New { key: *key, kind: name, seat: Some(seat), content: content.as_deref(), at };
        add_after(work, attempt, &found.last, &new)?;
        return Ok(Taken::Kept(found.shown_deadline(now), token));
    }
    // Only what was given under a word of ours, and while the attempt went on.
    let went_on = |moment: Moment| found.finished.is_none_or(|finished| moment < finished);
    let stored = shown.is_some_and(|shown| within(shown) && went_on(shown))
        && matches!(kind, Kind::Answer(_))
        && count_late(work, attempt)? < MOST_LATE;
    if stored {
        let late = LateAnswer::told(kind, shown)?;
        let new = New { key: *key, kind: "late", seat: Some(seat), content: Some(&late), at: now };
        add_after(work, attempt, &found.last, &new)?;
        if found.counts {
            work.run("update attempt set late = coalesce(late, 0) + 1 where id = ?1", values![attempt])?;
        }
        work.note("answer.late", attempt)?;
    }
    Ok(Taken::Over { stored })
}

fn count_late(work: &mut Work, attempt: Uuid) -> Stored<i64> {
    work.count(
        "select cast(count(*) as bigint) from attempt_step where attempt = ?1 and kind = 'late'",
        values![attempt],
    )
}

/// The attempt and its last step.
struct Found {
    seats: i64,
    deadline: Option<Moment>,
    grace: i64,
    finished: Option<Moment>,
    /// It has a place in official papers.
    counts: bool,
    paused: Option<Moment>,
    /// Where questions come one after another: the seat that is open, and until when.
    open: Option<(i64, Option<Moment>)>,
    secret: Option<String>,
    last: Last,
    /// The kind of the step that has this key already.
    known: Option<String>,
}

impl Found {
    /// While the time stands still the deadline moves with the clock.
    fn shown_deadline(&self, now: Moment) -> Option<Moment> {
        let stood = self.paused.map_or(0, |paused| now.0 - paused.0);
        self.deadline.map(|deadline| Moment(deadline.0 + stood))
    }

    fn closes(&self) -> Option<Moment> {
        Some(self.deadline?.plus_minutes(self.grace))
    }
}

/// One statement: this is the busiest path of an attestation day.
fn look(work: &mut Work, person: Uuid, attempt: Uuid, key: Uuid) -> Stored<Found> {
    work.one(
        "select a.seats, a.deadline_at, a.grace, a.finished_at, a.secret, s.n, s.hash,
           (select k.kind from attempt_step k where k.attempt = a.id and k.client_key = ?3), a.paused_at,
           a.seat_open, a.seat_until, a.mode
         from attempt a left join attempt_step s on s.attempt = a.id and s.n = (select max(n) from attempt_step where attempt = ?1)
         where a.id = ?1 and a.person = ?2 and a.mode <> 'training'",
        values![attempt, person, key],
        |row| {
            Ok(Found {
                seats: row.get(0)?,
                deadline: row.get::<Option<i64>>(1)?.map(Moment),
                grace: row.get(2)?,
                finished: row.get::<Option<i64>>(3)?.map(Moment),
                counts: row.parsed(11, Mode::parse)?.counts(),
                secret: row.get(4)?,
                last: Last { n: row.get::<Option<i64>>(5)?.unwrap_or(0), hash: row.get(6)? },
                known: row.get(7)?,
                paused: row.get::<Option<i64>>(8)?.map(Moment),
                open: match row.get::<Option<i64>>(9)? {
                    Some(open) => Some((open, row.get::<Option<i64>>(10)?.map(Moment))),
                    None => None,
                },
            })
        },
    )
}
