//! The steps of an attempt as a chain: only ever added to, each hashed together with all before it (п. 3.5).
use proof::Step;
use serde::Serialize;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use words::Moment;

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

/// A step as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Kept {
    pub n: i64,
    pub key: Uuid,
    /// begin, answer, flag, unflag, late; prolong, pause, resume; left, back, address; finish, remark, annul
    pub kind: String,
    pub seat: Option<i64>,
    /// Of an answer its JSON, of the system's own steps what they say.
    pub content: Option<String>,
    pub at: i64,
    pub hash: Option<String>,
}

/// All steps of an attempt, the first first.
pub fn steps(db: &mut Db, attempt: Uuid) -> Stored<Vec<Kept>> {
    db.all(
        "select n, client_key, kind, seat, chosen, at, hash from attempt_step where attempt = ?1 order by n",
        values![attempt],
        |row| {
            Ok(Kept {
                n: row.get(0)?,
                key: row.get(1)?,
                kind: row.get(2)?,
                seat: row.get(3)?,
                content: row.get(4)?,
                at: row.get(5)?,
                hash: row.get(6)?,
            })
        },
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
