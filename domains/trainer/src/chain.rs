//! The steps of an attempt as a chain: only ever added to, each hashed together with all before it (п. 3.5).
use marking::Answer;
use proof::Step;
use serde::{Deserialize, Serialize};
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use words::Moment;

use crate::sheet::Kind;

/// The last step of an attempt: its number, and its hash, which steps of before the chain have not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Last {
    pub n: i64,
    pub hash: Option<String>,
}

impl Last {
    fn of(db: &mut Db, attempt: Uuid) -> Stored<Self> {
        let last = db.maybe(
            "select n, hash from attempt_step where attempt = ?1 order by n desc limit 1",
            values![attempt],
            |row| Ok(Self { n: row.get(0)?, hash: row.get(1)? }),
        )?;
        Ok(last.unwrap_or_default())
    }
}

/// The hash of an attempt's last step; attempts of before the chain have none.
pub fn last_hash(db: &mut Db, attempt: Uuid) -> Stored<Option<String>> {
    Ok(Last::of(db, attempt)?.hash)
}

/// What is added.
#[derive(Clone, Copy, Debug)]
pub(crate) struct New<'a> {
    /// The client's own key: the same step sent twice is one.
    pub key: Uuid,
    pub kind: &'static str,
    pub seat: Option<i64>,
    pub content: Option<&'a str>,
    pub at: Moment,
}

/// Adds a step after the last. False: its key is known already, and the step that stands is left as it is.
pub(crate) fn add(work: &mut Work, attempt: Uuid, step: &New) -> Stored<bool> {
    let last = Last::of(work, attempt)?;
    add_after(work, attempt, &last, step)
}

pub(crate) fn add_after(work: &mut Work, attempt: Uuid, last: &Last, step: &New) -> Stored<bool> {
    let New { key, kind, seat, content, at } = *step;
    let n = last.n + 1;
    let hashed =
        Step { attempt: &attempt.to_string(), n, key: &key.to_string(), kind, seat, at: at.0, content };
    let hash = hashed.hash(last.hash.as_deref().unwrap_or_default());
    let added = work.run(
        "insert into attempt_step (attempt, n, client_key, kind, seat, chosen, at, hash)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (attempt, client_key) do nothing",
        values![attempt, n, key, kind, seat, content, at, hash],
    )?;
    Ok(added > 0)
}

/// Adds what the system itself did, told as JSON.
pub(crate) fn tell(
    work: &mut Work,
    attempt: Uuid,
    kind: &'static str,
    content: &impl Serialize,
    at: Moment,
) -> Stored<()> {
    let content = serde_json::to_string(content).map_err(Fault::data)?;
    let step = New { key: Uuid::now_v7(), kind, seat: None, content: Some(&content), at };
    add(work, attempt, &step).map(drop)
}

/// What a step tells of an answer that was given in time and came too late. Those of before the word tell the answer alone.
#[derive(Serialize, Deserialize)]
pub(crate) struct LateAnswer {
    pub answer: Answer,
    /// Unix milliseconds.
    pub given: i64,
}

impl LateAnswer {
    /// As a step tells it.
    pub(crate) fn told(kind: &Kind, given: Option<Moment>) -> Stored<String> {
        let (Kind::Answer(answer), Some(given)) = (kind, given) else { return Err(Fault::Missing) };
        serde_json::to_string(&Self { answer: answer.clone(), given: given.0 }).map_err(Fault::data)
    }

    pub(crate) fn of(step: &Kept) -> Option<Self> {
        let told = step.content.as_deref()?;
        let old = || Some(Self { answer: serde_json::from_str(told).ok()?, given: step.at });
        serde_json::from_str(told).ok().or_else(old)
    }
}

/// The reason that a step of people gives.
pub(crate) fn reason(step: &Kept) -> Option<String> {
    let told: serde_json::Value = serde_json::from_str(step.content.as_deref()?).ok()?;
    Some(told["reason"].as_str()?.to_owned())
}

/// For each seat the last answer that counts, in the places as they were shown: in the order in which they were given, those that came too late
/// only once they are accepted, and never those that came after the keys were seen. Wrong: the number of a step that cannot be read.
pub fn answers(steps: &[Kept], seats: usize) -> Result<Vec<Answer>, i64> {
    let mut answers = vec![Answer::default(); seats];
    for Counted { seat, answer, .. } in counted(steps)? {
        *answers.get_mut(seat.place).ok_or(seat.n)? = answer;
    }
    Ok(answers)
}

/// When the answer that counts was given to a seat, in unix milliseconds; none: there is none, or it cannot be read.
pub fn answered(steps: &[Kept], seat: usize) -> Option<i64> {
    counted(steps).ok()?.into_iter().rev().find(|one| one.seat.place == seat).map(|one| one.given)
}

/// An answer that counts.
struct Counted {
    seat: OfStep,
    answer: Answer,
    given: i64,
}

/// A place of the ticket, from 0, and the step that names it.
struct OfStep {
    place: usize,
    n: i64,
}

/// The answers that count in the order in which they were given.
fn counted(steps: &[Kept]) -> Result<Vec<Counted>, i64> {
    // The first decision after it settles a late answer; what came after that decision waits for the next.
    let decided = |late: i64| {
        let mut decisions = steps.iter().filter(|step| matches!(step.kind.as_str(), "accept" | "refuse"));
        decisions.find(|step| step.n > late).is_some_and(|step| step.kind == "accept")
    };
    // What came when the keys had been looked at says nothing.
    let seen = steps.iter().find(|step| step.kind == "seen").map_or(i64::MAX, |step| step.n);
    let mut counted = Vec::new();
    for step in steps {
        let late = match step.kind.as_str() {
            "answer" => step
                .content
                .as_deref()
                .and_then(|told| serde_json::from_str(told).ok())
                .map(|answer| LateAnswer { answer, given: step.at }),
            "late" if step.n < seen && decided(step.n) => LateAnswer::of(step),
            _ => continue,
        };
        let place = step.seat.and_then(|seat| usize::try_from(seat).ok());
        let (Some(LateAnswer { answer, given }), Some(place)) = (late, place) else { return Err(step.n) };
        counted.push(Counted { seat: OfStep { place, n: step.n }, answer, given });
    }
    counted.sort_by_key(|one| (one.given, one.seat.n));
    Ok(counted)
}

/// A step as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub n: i64,
    pub key: Uuid,
    /// begin, answer, flag, unflag, late, open; prolong, pause, resume; left, back, address, seen; finish, remark, annul, accept, refuse, reopen
    pub kind: String,
    pub seat: Option<i64>,
    /// Of an answer its JSON, of the system's own steps what they say.
    pub content: Option<String>,
    pub at: i64,
    pub hash: Option<String>,
}

fn read(row: &store::Row) -> Stored<Kept> {
    Ok(Kept {
        n: row.get(0)?,
        key: row.get(1)?,
        kind: row.get(2)?,
        seat: row.get(3)?,
        content: row.get(4)?,
        at: row.get(5)?,
        hash: row.get(6)?,
    })
}

macro_rules! steps {
    ($rest:literal) => {
        concat!(
            "select n, client_key, kind, seat, chosen, at, hash from attempt_step where attempt = ?1 ",
            $rest
        )
    };
}

/// All steps of an attempt, the first first.
pub fn steps(db: &mut Db, attempt: Uuid) -> Stored<Vec<Kept>> {
    db.all(steps!("order by n"), values![attempt], read)
}

/// Those that say what stands on the sheet, and what divides the time between them.
pub(crate) fn steps_of_sheet(db: &mut Db, attempt: Uuid) -> Stored<Vec<Kept>> {
    db.all(
        steps!("and kind in ('answer', 'flag', 'unflag', 'resume', 'open', 'late', 'accept', 'refuse', 'reopen', 'seen') order by n"),
        values![attempt],
        read,
    )
}

/// The first step whose hash is not what it should be, by its number; none: the chain holds. Steps of before the chain are passed over.
pub fn first_broken(attempt: Uuid, steps: &[Kept]) -> Option<i64> {
    let mut before: Option<&str> = None;
    for (place, step) in steps.iter().enumerate() {
        let Kept { n, key, kind, seat, content, at, hash } = step;
        let in_place = i64::try_from(place).is_ok_and(|place| *n == place + 1);
        let right = match hash {
            None => before.is_none(),
            Some(hash) => {
                let (attempt, key) = (attempt.to_string(), key.to_string());
                let hashed = Step {
                    attempt: &attempt,
                    n: *n,
                    key: &key,
                    kind,
                    seat: *seat,
                    at: *at,
                    content: content.as_deref(),
                };
                *hash == hashed.hash(before.unwrap_or_default())
            }
        };
        if !in_place || !right {
            return Some(*n);
        }
        before = hash.as_deref();
    }
    None
}
