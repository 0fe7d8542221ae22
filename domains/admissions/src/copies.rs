//! Copies of documents that an applicant attaches (п. 3.11.1): what is asked for, what is there, what is missing.
use files::{Files, Hash};
use programmes::Copy;
use regulations::Centre;
use serde::{Deserialize, Serialize};
use store::{Db, Failed, Fault, Job, Jobs, Row, Store, Stored, Who, Work, values};
use uuid::Uuid;

use crate::begun::Begun;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    New,
    Accepted,
    Rejected,
}

impl Verdict {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }

    pub(crate) fn parse(code: &str) -> Result<Self, words::Wrong> {
        [Self::New, Self::Accepted, Self::Rejected]
            .into_iter()
            .find(|verdict| verdict.code() == code)
            .ok_or_else(|| words::Wrong::new(format!("состояние «{code}»")))
    }
}

/// One attached copy.
#[derive(Clone, Debug)]
pub(crate) struct Attached {
    pub id: Uuid,
    pub application: Uuid,
    pub kind: Copy,
    pub name: String,
    pub media: String,
    /// Bytes.
    pub size: i64,
    /// The sealed file; none: removed after its term.
    pub file: Option<Hash>,
    pub verdict: Verdict,
    pub reason: Option<String>,
}

macro_rules! copies {
    ($rest:literal) => {
        concat!(
            "select id, application, kind, name, media, size, file, state, reason from application_copy ",
            $rest
        )
    };
}

fn read(row: &Row) -> Stored<Attached> {
    Ok(Attached {
        id: row.get(0)?,
        application: row.get(1)?,
        kind: row.parsed(2, Copy::parse)?,
        name: row.get(3)?,
        media: row.get(4)?,
        size: row.get(5)?,
        file: row.get::<Option<String>>(6)?.as_deref().and_then(Hash::parse),
        verdict: row.parsed(7, Verdict::parse)?,
        reason: row.get(8)?,
    })
}

impl Attached {
    /// Behind a staff door.
    pub(crate) fn find(db: &mut Db, id: Uuid) -> Stored<Self> {
        db.one(copies!("where id = ?1"), values![id], read)
    }

    /// A copy of this application; a foreign one is not found.
    pub(crate) fn of(db: &mut Db, application: Uuid, id: Uuid) -> Stored<Self> {
        db.one(copies!("where id = ?1 and application = ?2"), values![id, application], read)
    }

    pub(crate) fn all_of(db: &mut Db, application: Uuid) -> Stored<Vec<Self>> {
        db.all(copies!("where application = ?1 order by created_at, id"), values![application], read)
    }
}

/// What this applicant is asked for: the programme's copies, that of a change of name where the diploma has another, and a
/// certificate of study where there is no diploma yet.
pub(crate) fn wanted(begun: &Begun) -> Vec<Copy> {
    let mut wanted = begun.version.content.copies.clone();
    let education = begun.application.education.as_ref();
    if education.is_some_and(|one| !one.received) {
        for copy in wanted.iter_mut().filter(|copy| **copy == Copy::Education) {
            *copy = Copy::Study;
        }
    }
    let other_name = education.is_some_and(|one| one.family != begun.application.name.family);
    if other_name && wanted.contains(&Copy::Education) && !wanted.contains(&Copy::NameChange) {
        wanted.push(Copy::NameChange);
    }
    wanted
}

/// What is asked for and not there: a rejected copy is as good as none.
pub(crate) fn missing(begun: &Begun, attached: &[Attached]) -> Vec<Copy> {
    let there =
        |kind: &Copy| attached.iter().any(|one| one.kind == *kind && one.verdict != Verdict::Rejected);
    wanted(begun).into_iter().filter(|kind| !there(kind)).collect()
}

/// Removes copies of identity documents after their term.
#[derive(Serialize, Deserialize)]
struct Remove {
    copy: Uuid,
}
impl Job for Remove {
    const KIND: &'static str = "copy.remove";
}

pub(crate) fn jobs(jobs: &mut Jobs, store: &Store, files: &Files) {
    let (store, files) = (store.clone(), files.clone());
    jobs.on(move |job: Remove| {
        let (store, files) = (store.clone(), files.clone());
        async move { remove(&store, &files, job.copy).await }
    });
}

/// What a scan of a letter may turn out to be.
pub(crate) const OF_LETTERS: [Copy; 6] =
    [Copy::Passport, Copy::Education, Copy::Study, Copy::Snils, Copy::NameChange, Copy::Scan];

/// A person has seen what a scan of a letter shows.
pub(crate) fn recognise(work: &mut Work, id: Uuid, kind: Copy) -> Stored<()> {
    let recognised = work.run(
        "update application_copy set kind = ?2 where id = ?1 and state = 'new'
         and exists (select 1 from incoming letter where letter.application = application_copy.application) and not exists
         (select 1 from application_copy other where other.application = application_copy.application and other.kind = ?2
          and other.content_hash = application_copy.content_hash)",
        values![id, kind.code()],
    )?;
    if recognised == 0 { Ok(()) } else { work.note_with("copy.recognised", id, Some(kind.code())) }
}

/// Records what a person found. An accepted passport is removed some days later, with the mark that it was seen.
pub(crate) fn judge(work: &mut Work, id: Uuid, verdict: Verdict, reason: &str, by: Uuid) -> Stored<Attached> {
    let (now, copy) = (work.now(), Attached::find(work, id)?);
    // A decision is taken back before another one is made: a page that has stood open since yesterday changes nothing.
    if copy.verdict == verdict || copy.verdict != Verdict::New && verdict != Verdict::New {
        return Ok(copy);
    }
    let reason = (verdict == Verdict::Rejected).then_some(reason);
    work.run(
        "update application_copy set state = ?2, reason = ?3, checked_by = ?4, checked_at = ?5 where id = ?1",
        values![id, verdict.code(), reason, by, now],
    )?;
    work.note_with("copy.judged", id, Some(verdict.code()))?;
    if verdict == Verdict::Accepted && copy.kind == Copy::Passport {
        let days = Centre::load(work)?.scans_days;
        work.later_at(now.plus_days(days), &Remove { copy: id })?;
    }
    Attached::find(work, id)
}

/// The file goes first: were the row to go first, a server killed between would keep the passport for ever.
async fn remove(store: &Store, files: &Files, id: Uuid) -> Result<(), Failed> {
    let copy = store.read(move |db| Attached::find(db, id)).await?;
    // Called something else since: what is no passport has no term.
    let (Some(file), Verdict::Accepted, Copy::Passport) = (copy.file, copy.verdict, copy.kind) else {
        return Ok(());
    };
    files.remove_sealed(file.clone()).await.map_err(|error| Failed::Retry(error.to_string()))?;
    let forget = move |work: &mut Work| {
        let now = work.now();
        work.run("update application_copy set file = null, removed_at = ?2 where id = ?1", values![id, now])?;
        // A scan of a letter is the same file.
        work.run("update incoming_file set removed_at = ?2 where file = ?1", values![file.as_str(), now])?;
        work.note("copy.removed", id)
    };
    store.write(Who::system(), forget).await.map_err(Failed::from)
}

/// A copy to be kept: the sealed file is already on the disk.
pub(crate) struct Sent {
    pub kind: Copy,
    pub name: String,
    pub media: &'static str,
    pub size: usize,
    pub content_hash: String,
    pub file: Hash,
}

/// How many copies of one kind an application may have, and how many bytes all of them: whoever has an address of an
/// application may send, so a disk is not filled that way.
pub(crate) const MOST: usize = 10;
const MOST_BYTES: i64 = 100 * 1024 * 1024;

/// What became of a copy that was sent; a file of one that was not kept is to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Kept,
    /// The same content is there already.
    Known,
    TooMany,
    TooLarge,
}

/// Keeps a copy; the same content twice is one.
pub(crate) fn attach(work: &mut Work, application: Uuid, sent: &Sent) -> Stored<Outcome> {
    let all = Attached::all_of(work, application)?;
    if all.iter().filter(|one| one.kind == sent.kind).count() >= MOST {
        return Ok(Outcome::TooMany);
    }
    let (id, now) = (Uuid::now_v7(), work.now());
    let size = i64::try_from(sent.size).map_err(Fault::data)?;
    if all.iter().map(|one| one.size).sum::<i64>() + size > MOST_BYTES {
        return Ok(Outcome::TooLarge);
    }
    let kept = work.run(
        "insert into application_copy (id, application, kind, name, media, size, content_hash, file, state, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'new', ?9) on conflict do nothing",
        values![
            id,
            application,
            sent.kind.code(),
            &sent.name,
            sent.media,
            size,
            &sent.content_hash,
            sent.file.as_str(),
            now
        ],
    )?;
    if kept == 0 {
        return Ok(Outcome::Known);
    }
    work.note_with("copy.attached", id, Some(sent.kind.code()))?;
    Ok(Outcome::Kept)
}

/// The applicant takes a copy back while nobody has accepted it; gives its file.
pub(crate) fn detach(work: &mut Work, application: Uuid, id: Uuid) -> Stored<Option<Hash>> {
    let copy = Attached::of(work, application, id)?;
    if copy.verdict == Verdict::Accepted {
        return Ok(None);
    }
    work.run("delete from application_copy where id = ?1", values![id])?;
    work.note_with("copy.detached", id, Some(copy.kind.code()))?;
    Ok(copy.file)
}
