//! Taking an answer: acknowledged only after it is on disk; the same one twice is one; late ones are refused (п. 3.5).
use accounts::Visit;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use marking::Answer;
use serde::{Deserialize, Serialize};
use store::{Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Failure, Reply};
use words::Moment;

use crate::chain::{Last, New, add_after};
use crate::sheet::Kind;

/// What the island sends: one step with its own key.
#[derive(Deserialize)]
pub(crate) struct Sent {
    key: Uuid,
    seat: usize,
    /// In the places shown; absent for a flag. `chosen` is how pages of before the kinds of questions call it.
    #[serde(alias = "chosen")]
    answer: Option<Answer>,
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

/// The greatest answer (`Answer::size`): more than all fields of any question hold.
const LONGEST: usize = 64 << 10;

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
    let kind = match (sent.answer, sent.flag) {
        (Some(answer), _) => Kind::Answer(answer),
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
    if matches!(kind, Kind::Answer(answer) if answer.size() > LONGEST) {
        return Err(Fault::Missing);
    }
    let (name, content) = kind.columns()?;
    let number = i64::try_from(seat).map_err(|_| Fault::Missing)?;
    // One look at the attempt and its last step: this is the busiest path of an attestation day.
    let (seats, deadline, finished, known, last) = work.one(
        "select a.seats, a.deadline_at, a.finished_at, s.n, s.hash,
           (select cast(count(*) as bigint) from attempt_step k where k.attempt = a.id and k.client_key = ?3)
         from attempt a left join attempt_step s on s.attempt = a.id and s.n = (select max(n) from attempt_step where attempt = ?1)
         where a.id = ?1 and a.person = ?2 and a.mode <> 'training'",
        values![attempt, person, key],
        |row| {
            let last = Last { n: row.get::<Option<i64>>(3)?.unwrap_or(0), hash: row.get(4)? };
            let deadline = row.get::<Option<i64>>(1)?.map(Moment);
            Ok((row.get::<i64>(0)?, deadline, row.get::<Option<i64>>(2)?, row.get::<i64>(5)? > 0, last))
        },
    )?;
    if number >= seats {
        return Err(Fault::Missing);
    }
    // A repeat of a step that is already kept is acknowledged again, whatever has ended since.
    if known {
        return Ok((Taken::Kept, deadline));
    }
    let at = work.now();
    if finished.is_some() || deadline.is_none_or(|deadline| at >= deadline) {
        return Ok((Taken::Over, deadline));
    }
    add_after(
        work,
        attempt,
        &last,
        &New { key, kind: name, seat: Some(number), content: content.as_deref(), at },
    )?;
    Ok((Taken::Kept, deadline))
}
