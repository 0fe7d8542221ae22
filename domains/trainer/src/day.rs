//! The close of a day: what has been finished and is not yet sealed goes into one tree, its root is signed with the centre's key, and
//! each day names the one before (п. 3.5). A day on which nothing was finished leaves nothing.
use files::Files;
use proof::{Day, Signer, root};
use serde::{Deserialize, Serialize};
use store::{Db, Failed, Job, Jobs, Store, Stored, Who, Work, values};
use uuid::Uuid;
use words::Moment;

/// Ten past midnight, minutes of the day.
const NIGHT: i64 = 10;

#[derive(Serialize, Deserialize)]
pub struct CloseDay {}
impl Job for CloseDay {
    const KIND: &'static str = "day.close";
}

/// What the centre signs with lies beside its files, outside the database.
pub fn key_file(files: &Files) -> std::path::PathBuf {
    files.folder().with_file_name("proof.key")
}

pub(crate) fn jobs(jobs: &mut Jobs, store: &Store, files: &Files) {
    let (store, path) = (store.clone(), key_file(files));
    jobs.on(move |_: CloseDay| {
        let (store, path) = (store.clone(), path.clone());
        async move {
            // First, so that a key that is missing tonight does not end all nights.
            store.write(Who::system(), leave_the_next).await?;
            let is_first = store.read(keys).await?.is_empty();
            let signer = tokio::task::spawn_blocking(move || signer(&path, is_first)).await;
            let signer = signer.map_err(|error| Failed::Retry(error.to_string()))?.map_err(Failed::Retry)?;
            let signer = std::sync::Arc::new(signer);
            store.write(Who::system(), move |work| close(work, &signer)).await?;
            Ok(())
        }
    });
}

/// Leaves the close of the coming midnight, unless it waits already.
pub fn leave_the_next(work: &mut Work) -> Stored<()> {
    let today = Moment::midnight(work.today()).plus_minutes(NIGHT);
    let next = if today > work.now() { today } else { today.plus_days(1) };
    work.later_once_at(next, &CloseDay {})
}

/// Seals what is finished; nothing to seal leaves no day.
fn close(work: &mut Work, signer: &Signer) -> Stored<()> {
    let finished: Vec<(Uuid, String, Moment)> = work.all(
        "select a.id, s.hash, a.finished_at from attempt a
         join attempt_step s on s.attempt = a.id and s.n = (select max(n) from attempt_step where attempt = a.id)
         where a.mode in ('attestation', 'intermediate') and a.finished_at is not null and s.hash is not null
           and not exists (select 1 from proof_leaf l where l.attempt = a.id and l.hash = s.hash)
         order by a.finished_at, a.id",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?, Moment(row.get(2)?))),
    )?;
    let Some((_, _, latest)) = finished.last() else { return Ok(()) };
    let key = keep_key(work, signer)?;
    let last: Option<(i64, String, String)> =
        work.maybe("select number, root, date from proof_day order by number desc limit 1", &[], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let (before_number, before, date_before) = last.unwrap_or_default();
    let leaves: Vec<String> = finished.iter().map(|(_, hash, _)| hash.clone()).collect();
    let day = Day {
        number: before_number + 1,
        // Of attempts that are sealed again alone it would be a day that is long closed.
        date: latest.day().to_string().max(date_before),
        before,
        leaves: leaves.len(),
        root: root(&leaves),
    };
    let (signature, now) = (signer.sign(&day.statement()), work.now());
    work.run(
        "insert into proof_day (number, date, before, leaves, root, key, signature, closed_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        values![
            day.number,
            &day.date,
            &day.before,
            i64::try_from(day.leaves).unwrap_or(i64::MAX),
            &day.root,
            &key,
            signature,
            now
        ],
    )?;
    for (place, (attempt, hash, _)) in finished.iter().enumerate() {
        work.run(
            "insert into proof_leaf (attempt, day, place, hash) values (?1, ?2, ?3, ?4)",
            values![*attempt, day.number, i64::try_from(place).unwrap_or(i64::MAX), hash],
        )?;
    }
    work.note_with("day.closed", Uuid::nil(), Some(&day.root))
}

/// The key's id; a key that is new is written down.
fn keep_key(work: &mut Work, signer: &Signer) -> Stored<String> {
    let (public, now) = (signer.public(), work.now());
    work.run(
        "insert into proof_key (id, public, since) values (?1, ?2, ?3) on conflict do nothing",
        values![public.id(), public.to_string(), now],
    )?;
    Ok(public.id())
}

/// The centre changes its key: the old one signs the new, the new one says that it follows the old. Safe to run again.
pub fn change_key(work: &mut Work, old: &Signer, new: &Signer) -> Stored<()> {
    let by = keep_key(work, old)?;
    let (public, now) = (new.public(), work.now());
    let signature = old.sign(&change(&public.to_string()));
    let accepted = new.sign(&follows(&old.public().to_string()));
    work.run(
        "insert into proof_key (id, public, since, signed_by, signature, accepted) values (?1, ?2, ?3, ?4, ?5, ?6)
         on conflict do nothing",
        values![public.id(), public.to_string(), now, &by, signature, accepted],
    )?;
    work.note_with("key.changed", Uuid::nil(), Some(&public.id()))
}

/// The very text by which the old key hands over to the new.
pub fn change(public: &str) -> String {
    format!("kafedra key 1\n{public}\n")
}

/// The very text by which the new key says whom it follows.
pub fn follows(old: &str) -> String {
    format!("kafedra key 1 follows\n{old}\n")
}

/// Signs with the centre's key, which is made when there has never been one. A key that was there and is gone is not made anew in
/// silence: nobody would know it for the centre's. Blocks on the disk.
pub fn signer(path: &std::path::Path, is_first: bool) -> Result<Signer, String> {
    if !is_first && !path.exists() {
        return Err(format!(
            "ключа {} нет: верните его из копии или заведите новый командой kafedra change-key --lost",
            path.display()
        ));
    }
    Signer::load(path).map_err(|error| error.to_string())
}

/// A closed day with its signature.
#[derive(Clone, Debug)]
pub struct Closed {
    pub day: Day,
    pub key: String,
    pub signature: String,
    pub leaves: Vec<Leaf>,
}

#[derive(Clone, Debug)]
pub struct Leaf {
    pub attempt: Uuid,
    pub hash: String,
}

/// All closed days, the first first.
pub fn days(db: &mut Db) -> Stored<Vec<Closed>> {
    let mut days = db.all(
        "select number, date, before, leaves, root, key, signature from proof_day order by number",
        &[],
        |row| {
            Ok(Closed {
                day: Day {
                    number: row.get(0)?,
                    date: row.get(1)?,
                    before: row.get(2)?,
                    leaves: usize::try_from(row.get::<i64>(3)?).unwrap_or(0),
                    root: row.get(4)?,
                },
                key: row.get(5)?,
                signature: row.get(6)?,
                leaves: Vec::new(),
            })
        },
    )?;
    let leaves = db.all("select day, attempt, hash from proof_leaf order by day, place", &[], |row| {
        Ok((row.get::<i64>(0)?, Leaf { attempt: row.get(1)?, hash: row.get(2)? }))
    })?;
    for (day, leaf) in leaves {
        if let Some(closed) = days.iter_mut().find(|closed| closed.day.number == day) {
            closed.leaves.push(leaf);
        }
    }
    Ok(days)
}

/// A key that days are signed with, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Key {
    pub id: String,
    /// Base64.
    pub public: String,
    /// The key before it, and its signature under `change`.
    pub signed_by: Option<String>,
    pub signature: Option<String>,
    /// Its own signature under `follows`.
    #[serde(default)]
    pub accepted: Option<String>,
}

pub fn keys(db: &mut Db) -> Stored<Vec<Key>> {
    db.all(
        "select id, public, signed_by, signature, accepted from proof_key
         order by since, case when signed_by is null then 0 else 1 end, id",
        &[],
        |row| {
            Ok(Key {
                id: row.get(0)?,
                public: row.get(1)?,
                signed_by: row.get(2)?,
                signature: row.get(3)?,
                accepted: row.get(4)?,
            })
        },
    )
}
