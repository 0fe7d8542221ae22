//! The photo before an attestation: taken with a camera, or said to be missing for want of one; it says nothing by itself until a person has
//! looked (decision «identification before final attestation»). Photos are sealed, kept for a term, and never compared by a program.
use admissions::Enrolment;
use files::{Files, Hash};
use regulations::Centre;
use serde::{Deserialize, Serialize};
use store::{Db, Failed, Job, Jobs, Row, Store, Stored, Who, Work, values};
use uuid::Uuid;
use words::Moment;

/// How long a photo is good for a beginning.
pub(crate) const MINUTES: i64 = 15;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    New,
    Confirmed,
    Refused,
}

impl Check {
    const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
        }
    }

    fn parse(code: &str) -> Result<Self, words::Wrong> {
        [Self::New, Self::Confirmed, Self::Refused]
            .into_iter()
            .find(|check| check.code() == code)
            .ok_or_else(|| words::Wrong::new(format!("состояние «{code}»")))
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Photo {
    pub id: Uuid,
    pub enrolment: Uuid,
    /// None: nothing has begun with it.
    pub attempt: Option<Uuid>,
    /// None: there was no camera, or the term is over.
    pub file: Option<Hash>,
    pub taken: Moment,
    pub check: Check,
}

macro_rules! photos {
    ($rest:literal) => {
        concat!("select id, enrolment, attempt, file, taken_at, state from identity_photo ", $rest)
    };
}

fn read(row: &Row) -> Stored<Photo> {
    Ok(Photo {
        id: row.get(0)?,
        enrolment: row.get(1)?,
        attempt: row.get(2)?,
        file: row.get::<Option<String>>(3)?.as_deref().and_then(Hash::parse),
        taken: Moment(row.get(4)?),
        check: row.parsed(5, Check::parse)?,
    })
}

impl Photo {
    pub(crate) fn find(db: &mut Db, id: Uuid) -> Stored<Self> {
        db.one(photos!("where id = ?1"), values![id], read)
    }

    /// The one with which an attestation may begin now.
    pub(crate) fn fresh(db: &mut Db, enrolment: Uuid, now: Moment) -> Stored<Option<Self>> {
        db.maybe(
            photos!("where enrolment = ?1 and attempt is null and taken_at > ?2 order by taken_at desc, id desc limit 1"),
            values![enrolment, now.plus_minutes(-MINUTES)],
            read,
        )
    }

    /// Those of this attempt.
    pub(crate) fn of(db: &mut Db, attempt: Uuid) -> Stored<Option<Self>> {
        db.maybe(photos!("where attempt = ?1"), values![attempt], read)
    }

    /// Those that wait for a person, of the passed first: of a failed attempt, or one made void, nobody need know who it was.
    pub(crate) fn waiting(db: &mut Db, most: i64) -> Stored<Vec<Self>> {
        db.all(
            "select p.id, p.enrolment, p.attempt, p.file, p.taken_at, p.state from identity_photo p join attempt a on a.id = p.attempt
             where p.state = 'new' and a.annulled is null and (a.passed is null or a.passed)
             order by case when a.passed is null then 1 else 0 end, p.taken_at, p.id limit ?1",
            values![most],
            read,
        )
    }

    /// Whether nothing has begun with it.
    pub(crate) fn is_free(&self, db: &mut Db) -> Stored<bool> {
        Ok(Self::find(db, self.id)?.attempt.is_none())
    }

    /// Keeps a photo, or the word that there is no camera.
    pub(crate) fn keep(work: &mut Work, enrolment: Uuid, file: Option<&Hash>) -> Stored<()> {
        let (id, now) = (Uuid::now_v7(), work.now());
        // The one before it, with which nothing has begun, goes at once.
        let before =
            "select id from identity_photo where enrolment = ?1 and attempt is null and file is not null";
        for other in work.all(before, values![enrolment], |row| row.get::<Uuid>(0))? {
            work.run("update identity_photo set taken_at = 0 where id = ?1", values![other])?;
            work.later(&Remove { photo: other, at_once: true })?;
        }
        work.run(
            "insert into identity_photo (id, enrolment, file, taken_at, state) values (?1, ?2, ?3, ?4, 'new')",
            values![id, enrolment, file.map(Hash::as_str), now],
        )?;
        work.later_at(now.plus_days(1), &Remove { photo: id, at_once: false })?;
        work.note_with("photo.taken", enrolment, file.is_none().then_some("без камеры"))
    }

    /// The attestation has begun with it.
    pub(crate) fn attach(&self, work: &mut Work, attempt: Uuid) -> Stored<()> {
        work.run("update identity_photo set attempt = ?2 where id = ?1", values![self.id, attempt])?;
        self.leave_removal(work)
    }

    /// A person has looked. Looking twice is looking once: the first word stands, and the second hears false.
    pub(crate) fn judge(&self, work: &mut Work, check: Check, remark: &str, by: Uuid) -> Stored<bool> {
        let now = work.now();
        let judged = work.run(
            "update identity_photo set state = ?2, remark = ?3, checked_by = ?4, checked_at = ?5 where id = ?1 and state = 'new'",
            values![self.id, check.code(), remark, by, now],
        )?;
        if judged == 0 {
            return Ok(false);
        }
        work.note_with("photo.checked", self.enrolment, Some(check.code()))?;
        self.leave_removal(work)?;
        Ok(true)
    }

    /// What was said of it, and by whom.
    pub(crate) fn verdict(&self, db: &mut Db) -> Stored<(String, Uuid)> {
        db.one(
            "select coalesce(remark, ''), checked_by from identity_photo where id = ?1",
            values![self.id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    fn leave_removal(&self, work: &mut Work) -> Stored<()> {
        let (days, now) = (Centre::load(work)?.scans_days, work.now());
        work.later_at(now.plus_days(days), &Remove { photo: self.id, at_once: false })
    }
}

/// Whether the papers of an attempt wait until a person has looked at its photo.
pub(crate) fn waits(db: &mut Db, attempt: Uuid) -> Stored<bool> {
    Ok(Photo::of(db, attempt)?.is_some_and(|photo| photo.check == Check::New))
}

/// Whether a passed attestation of this enrolment waits for its photo.
pub fn is_waited_for(db: &mut Db, enrolment: Uuid) -> Stored<bool> {
    let waiting = db.count(
        "select cast(count(*) as bigint) from identity_photo p join result r on r.attempt = p.attempt
         where p.enrolment = ?1 and p.state = 'new' and r.passed",
        values![enrolment],
    )?;
    Ok(waiting > 0)
}

/// Removes a photo after its term; one with which nothing has begun after a day.
#[derive(Serialize, Deserialize)]
struct Remove {
    photo: Uuid,
    /// Whatever it waits for.
    at_once: bool,
}
impl Job for Remove {
    const KIND: &'static str = "photo.remove";
}

pub fn jobs(jobs: &mut Jobs, store: &Store, files: &Files) {
    let (store, files) = (store.clone(), files.clone());
    jobs.on(move |job: Remove| {
        let (store, files) = (store.clone(), files.clone());
        async move { remove(&store, &files, &job).await }
    });
}

async fn remove(store: &Store, files: &Files, &Remove { photo: id, at_once }: &Remove) -> Result<(), Failed> {
    let now = store.clock().now();
    let (photo, days) =
        store.read(move |db| Ok((Photo::find(db, id)?, Centre::load(db)?.scans_days))).await?;
    // The day after a photo was taken only what has led to nothing goes; one that still waits for a person's eyes stays.
    let young = now < photo.taken.plus_days(days);
    let later = |moment: Moment| async move {
        let job = Remove { photo: id, at_once: false };
        store.write(Who::system(), move |work| work.later_at(moment, &job)).await.map_err(Failed::from)
    };
    if photo.attempt.is_some() && young && !at_once {
        // The term was made longer, or this is the look of the first day, after which another waits.
        return if now < photo.taken.plus_days(2) {
            Ok(())
        } else {
            later(photo.taken.plus_days(days)).await
        };
    }
    if let Some(attempt) = photo.attempt
        && photo.check == Check::New
        && !at_once
    {
        let passed = store.read(move |db| Ok(trainer::Attempt::find(db, attempt)?.passed)).await?;
        if passed == Some(true) {
            return later(now.plus_days(days)).await;
        }
    }
    let Some(file) = photo.file else { return Ok(()) };
    // The file goes first: were the row to go first, a server killed between would keep the photo for ever.
    files.remove_sealed(file).await.map_err(|error| Failed::Retry(error.to_string()))?;
    let forget = move |work: &mut Work| {
        let now = work.now();
        work.run("update identity_photo set file = null, removed_at = ?2 where id = ?1", values![id, now])?;
        work.note("photo.removed", photo.enrolment)
    };
    store.write(Who::system(), forget).await.map_err(Failed::from)
}

/// A person's data are destroyed: the photos go with them, at once.
pub(crate) fn erase(work: &mut Work, person: Uuid) -> Stored<()> {
    for enrolment in Enrolment::all_of(work, person)? {
        let photos =
            work.all(photos!("where enrolment = ?1 and file is not null"), values![enrolment.id], read)?;
        for photo in photos {
            work.later(&Remove { photo: photo.id, at_once: true })?;
        }
    }
    Ok(())
}
