//! Taking an answer: acknowledged only after it is on disk; the same one twice is one; late ones are refused (п. 3.5).
use accounts::Visit;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use store::{Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Failure, Reply};
use words::Moment;

use crate::sheet::{Kind, add_while_open};

/// What the island sends: one step with its own key.
#[derive(Deserialize)]
pub(crate) struct Sent {
    key: Uuid,
    seat: usize,
    /// Places of options as shown; absent for a flag.
    chosen: Option<Vec<usize>>,
    flag: Option<bool>,
}

/// What it hears back once the step is kept.
#[derive(Serialize)]
struct Kept {
    /// «14:07»
    at: String,
    /// Whole seconds until the deadline.
    left: Option<i64>,
}

/// What became of a step.
pub(crate) enum Taken {
    Kept,
    /// The attempt had already ended.
    Over,
}

/// `POST /attempts/{id}/answers` with JSON: 200 kept, 409 the attempt is over.
pub(crate) async fn submit(visit: Visit, Path(attempt): Path<Uuid>, body: Bytes) -> Reply {
    let sent: Sent = serde_json::from_slice(&body)
        .map_err(|error| Failure::new(StatusCode::BAD_REQUEST, error.to_string()))?;
    let person = visit.person()?;
    let kind = match (sent.chosen, sent.flag) {
        (Some(chosen), _) => Kind::Answer(chosen),
        (None, Some(true)) => Kind::Flag,
        (None, _) => Kind::Unflag,
    };
    let kept = visit
        .write(move |work| {
            let (taken, deadline) = take(work, person, attempt, sent.key, sent.seat, &kind)?;
            Ok(match taken {
                Taken::Over => None,
                Taken::Kept => Some(Kept {
                    at: work.now().time(),
                    left: deadline.map(|deadline| (deadline.0 - work.now().0 + 999) / 1000),
                }),
            })
        })
        .await?;
    let (status, text) = match kept {
        Some(kept) => (StatusCode::OK, serde_json::to_string(&kept).map_err(Failure::broken)?),
        None => (StatusCode::CONFLICT, "{}".to_owned()),
    };
    Ok((status, [(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// Takes one step of the person's own open attempt, by the server's clock; returns the deadline with it.
pub(crate) fn take(
    work: &mut Work,
    person: Uuid,
    attempt: Uuid,
    key: Uuid,
    seat: usize,
    kind: &Kind,
) -> Stored<(Taken, Option<Moment>)> {
    // Nobody chooses more options than any question has.
    if matches!(kind, Kind::Answer(chosen) if chosen.len() > 64) {
        return Err(Fault::Missing);
    }
    if let Some(deadline) = add_while_open(work, person, attempt, key, seat, kind)? {
        return Ok((Taken::Kept, Some(deadline)));
    }
    let (seats, deadline): (i64, Option<i64>) = work.one(
        "select seats, deadline_at from attempt where id = ?1 and person = ?2 and mode <> 'training'",
        values![attempt, person],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if seat >= usize::try_from(seats).unwrap_or(0) {
        return Err(Fault::Missing);
    }
    // A repeat of a step that is already kept is acknowledged again, whatever has ended since.
    let known = work.count(
        "select cast(count(*) as bigint) from attempt_step where attempt = ?1 and client_key = ?2",
        values![attempt, key],
    )?;
    Ok((if known > 0 { Taken::Kept } else { Taken::Over }, deadline.map(Moment)))
}
