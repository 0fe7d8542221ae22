//! What the duty at an attestation does to an attempt, and what the attempt tells of itself: pause, a word to the learner, signals. Signals
//! are told to people; nothing follows from them (domain reference 5.2).
use std::convert::Infallible;
use std::time::Duration;

use accounts::Visit;
use axum::extract::Path;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use live::{Heard, Listener, Presence};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{House, Posted, Reply};
use words::Moment;

use crate::Attempt;
use crate::chain::{self, New};
use crate::finish::Close;

/// Signals of one kind that are kept of an attempt.
const MOST_SIGNALS: i64 = 250;
/// How long a page waits before it looks by itself, for what other machines have done.
const LOOK: Duration = Duration::from_secs(5);
/// After so long the stream ends and the page asks again, through the door: whoever has signed out hears no more.
const LONGEST: Duration = Duration::from_mins(3);

impl Attempt {
    /// The time stands still. False: it does so already, or the attempt is over.
    pub fn pause(work: &mut Work, id: Uuid, reason: &str) -> Stored<bool> {
        let now = work.now();
        let paused = work.run(
            "update attempt set paused_at = ?2 where id = ?1 and paused_at is null and finished_at is null and deadline_at > ?2",
            values![id, now],
        )?;
        if paused > 0 {
            chain::tell(work, id, "pause", &json!({ "reason": reason }), now)?;
            work.note_with("attempt.paused", id, Some(reason))?;
        }
        Ok(paused > 0)
    }

    /// The time goes on; what it stood still is added to the deadline.
    pub fn resume(work: &mut Work, id: Uuid) -> Stored<bool> {
        let attempt = Self::find(work, id)?;
        let (Some(paused), Some(deadline), None) = (attempt.paused, attempt.deadline, attempt.finished)
        else {
            return Ok(false);
        };
        let now = work.now();
        let stood = (now.0 - paused.0).max(0);
        let moved = Moment(deadline.0 + stood);
        work.run(
            "update attempt set paused_at = null, deadline_at = ?2, seat_until = seat_until + ?3
             where id = ?1 and paused_at is not null",
            values![id, moved, stood],
        )?;
        chain::tell(work, id, "resume", &json!({ "deadline": moved.0 }), now)?;
        work.later_at(moved.plus_minutes(i64::from(attempt.rules.grace)), &Close { attempt: id })?;
        work.note("attempt.resumed", id)?;
        Ok(true)
    }

    /// A word of the duty, shown at once and on each page of the attempt.
    pub fn say(work: &mut Work, id: Uuid, text: &str, by: Uuid) -> Stored<()> {
        let now = work.now();
        work.run(
            "insert into attempt_message (id, attempt, text, said_by, said_at) values (?1, ?2, ?3, ?4, ?5)",
            values![Uuid::now_v7(), id, text, by, now],
        )?;
        work.note_with("attempt.told", id, Some(text))
    }
}

/// A word of the duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    pub id: Uuid,
    pub text: String,
    #[serde(skip)]
    pub at: Moment,
}

/// What the duty has said, the first first.
pub fn messages(db: &mut Db, attempt: Uuid) -> Stored<Vec<Message>> {
    db.all(
        "select id, text, said_at from attempt_message where attempt = ?1 order by said_at, id",
        values![attempt],
        |row| Ok(Message { id: row.get(0)?, text: row.get(1)?, at: Moment(row.get(2)?) }),
    )
}

#[derive(Deserialize)]
pub(crate) struct Signal {
    kind: String,
}

/// The page was left, or is back: a signal for people.
pub(crate) async fn signal(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Signal>) -> Reply {
    let person = visit.person()?;
    let kind = match form.kind.as_str() {
        "left" => "left",
        _ => "back",
    };
    let live = visit.house.live.clone();
    visit
        .write(move |work| {
            let attempt = Attempt::of(work, person, id)?;
            if !attempt.mode.is_sat() || attempt.is_over(work.now()) {
                return Ok(());
            }
            note(work, id, kind, None)?;
            let live = live.clone();
            work.after(move || live.tell(id));
            Ok(())
        })
        .await?;
    Ok(axum::http::StatusCode::NO_CONTENT.into_response())
}

fn note(work: &mut Work, attempt: Uuid, kind: &'static str, content: Option<&str>) -> Stored<()> {
    let count = work.count(
        "select cast(count(*) as bigint) from attempt_step where attempt = ?1 and kind = ?2",
        values![attempt, kind],
    )?;
    if count >= MOST_SIGNALS {
        return Ok(());
    }
    let at = work.now();
    chain::add(work, attempt, &New { key: Uuid::now_v7(), kind, seat: None, content, at }).map(drop)
}

/// From where the attempt is looked at: another address than before is a signal.
fn arrived(work: &mut Work, attempt: Uuid, address: &str) -> Stored<()> {
    let before: Option<String> = work.maybe(
        "select chosen from attempt_step where attempt = ?1 and kind = 'address' order by n desc limit 1",
        values![attempt],
        |row| row.get(0),
    )?;
    if before.as_deref() == Some(address) { Ok(()) } else { note(work, attempt, "address", Some(address)) }
}

/// What a page of an attempt has to know without asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct State {
    /// Unix milliseconds; of a paused attempt as it stood.
    deadline: Option<i64>,
    /// Whole seconds.
    left: Option<i64>,
    /// Where questions come one after another: the open one, from 0, and its own seconds.
    seat: Option<usize>,
    seat_left: Option<i64>,
    paused: bool,
    over: bool,
    messages: Vec<Message>,
    token: Option<String>,
}

impl State {
    fn of(db: &mut Db, person: Uuid, id: Uuid, now: Moment) -> Stored<Self> {
        let attempt = Attempt::of(db, person, id)?;
        if !attempt.mode.is_sat() {
            return Err(Fault::Missing);
        }
        Ok(Self {
            deadline: attempt.deadline.map(|deadline| deadline.0),
            left: attempt.seconds_left(now),
            seat: attempt.open.map(|open| open.seat),
            seat_left: attempt.seconds_on(now),
            paused: attempt.paused.is_some(),
            over: attempt.is_over(now),
            messages: messages(db, id)?,
            token: attempt.token(now),
        })
    }

    /// Whether a page that was told `other` has to be told anew.
    fn differs(&self, other: &Self) -> bool {
        (self.deadline, self.paused, self.over, self.seat, &self.messages)
            != (other.deadline, other.paused, other.over, other.seat, &other.messages)
    }
}

/// `GET /attempts/{attempt}/events`: the state of the attempt, and each change of it, as server-sent events.
pub(crate) async fn events(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let (person, now, address) = (visit.person()?, visit.now, visit.address.clone());
    let state = visit.read(move |db| State::of(db, person, id, now)).await?;
    if !state.over {
        visit.write(move |work| arrived(work, id, &address)).await?;
    }
    let house = visit.house.clone();
    let follow = Follow {
        listener: house.live.listen(),
        _here: house.live.enter(id),
        house,
        person,
        id,
        told: None,
        since: std::time::Instant::now(),
    };
    Ok(Sse::new(follow.stream()).keep_alive(KeepAlive::default()).into_response())
}

struct Follow {
    house: House,
    listener: Listener,
    _here: Presence,
    person: Uuid,
    id: Uuid,
    told: Option<State>,
    since: std::time::Instant,
}

impl Follow {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        unfold(self, |mut follow| async move {
            loop {
                let (person, id, store) = (follow.person, follow.id, follow.house.store.clone());
                let now = store.clock().now();
                let state = store.read(move |db| State::of(db, person, id, now)).await.ok()?;
                if follow.told.as_ref().is_none_or(|told| state.differs(told)) {
                    let event = Event::default().json_data(&state).ok()?;
                    follow.told = Some(state);
                    return Some((Ok(event), follow));
                }
                let closed = follow.listener.hear(LOOK, |what| what == id).await == Heard::Closed;
                if closed || follow.since.elapsed() > LONGEST {
                    return None;
                }
            }
        })
    }
}
