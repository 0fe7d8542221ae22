//! A dated group: people who study one version together. Its order of enrolment is made once, with the start (decisions of
//! the specification): by a job at the beginning of that day, or at once when the day has come.
use programmes::Version;
use serde::{Deserialize, Serialize};
use store::{Db, Fault, Job, Jobs, Row, Store, Stored, Who, Work, values};
use uuid::Uuid;
use words::{Day, FullName, Moment};

#[derive(Clone, Debug)]
pub struct Group {
    pub id: Uuid,
    pub name: String,
    pub version: Uuid,
    pub starts: Day,
    /// The last day of access.
    pub ends: Day,
    /// «договор № 12 от 01.11.2026», or nothing: people's own applications.
    pub grounds: String,
    pub customer: Option<Uuid>,
    /// Who teaches it, where somebody does.
    pub teacher: Option<Uuid>,
    /// Its order of enrolment has been made: whoever comes later is ordered alone.
    pub started: bool,
}

/// The day of a group has come: its order follows.
pub struct Started {
    pub group: Uuid,
}

/// A group that nobody has come to is about to be taken away.
pub struct Removed {
    pub group: Uuid,
}

#[derive(Serialize, Deserialize)]
struct Start {
    group: Uuid,
}
impl Job for Start {
    const KIND: &'static str = "group.start";
}

pub fn jobs(jobs: &mut Jobs, store: &Store) {
    let store = store.clone();
    jobs.on(move |job: Start| {
        let store = store.clone();
        async move {
            store.write(Who::system(), move |work| start(work, job.group)).await?;
            Ok(())
        }
    });
}

macro_rules! groups {
    ($rest:literal) => {
        concat!(
            "select id, name, programme_version, starts_on, ends_on, grounds, customer, started_at, teacher from study_group ",
            $rest
        )
    };
}

fn read(row: &Row) -> Stored<Group> {
    Ok(Group {
        id: row.get(0)?,
        name: row.get(1)?,
        version: row.get(2)?,
        starts: row.parsed(3, Day::parse)?,
        ends: row.parsed(4, Day::parse)?,
        grounds: row.get(5)?,
        customer: row.get(6)?,
        started: row.get::<Option<i64>>(7)?.is_some(),
        teacher: row.get(8)?,
    })
}

impl Group {
    /// Any group: for what the system does by itself, and behind a staff door.
    pub fn find(db: &mut Db, id: Uuid) -> Stored<Self> {
        db.one(groups!("where id = ?1"), values![id], read)
    }

    /// A group of the customer that this person speaks for; a foreign one is not found.
    pub fn of(db: &mut Db, person: Uuid, id: Uuid) -> Stored<Self> {
        db.one(
            groups!("where id = ?1 and customer in (select customer from customer_person where person = ?2)"),
            values![id, person],
            read,
        )
    }

    /// All groups of the customers that this person speaks for, the latest first.
    pub fn all_of(db: &mut Db, person: Uuid) -> Stored<Vec<Self>> {
        db.all(
            groups!(
                "where customer in (select customer from customer_person where person = ?1) order by starts_on desc, id desc"
            ),
            values![person],
            read,
        )
    }

    /// A group that this person teaches; a foreign one is not found.
    pub fn of_teacher(db: &mut Db, person: Uuid, id: Uuid) -> Stored<Self> {
        db.one(groups!("where id = ?1 and teacher = ?2"), values![id, person], read)
    }

    /// All groups that this person teaches, the latest first.
    pub fn all_of_teacher(db: &mut Db, person: Uuid) -> Stored<Vec<Self>> {
        db.all(groups!("where teacher = ?1 order by starts_on desc, id desc"), values![person], read)
    }

    /// Names who teaches the group from now on.
    pub fn assign(work: &mut Work, id: Uuid, teacher: Option<(Uuid, FullName)>) -> Stored<()> {
        let (teacher, name) =
            teacher.map_or((None, "никто".to_owned()), |(id, name)| (Some(id), name.to_string()));
        work.run("update study_group set teacher = ?2 where id = ?1", values![id, teacher])?;
        work.note_with("group.assigned", id, Some(&name))
    }

    pub fn newest(db: &mut Db, most: i64) -> Stored<Vec<Self>> {
        db.all(groups!("order by starts_on desc, id desc limit ?1"), values![most], read)
    }

    pub fn programme(&self, db: &mut Db) -> Stored<Version> {
        Version::find(db, self.version)
    }

    /// Keeps a new group; its order waits for the beginning of its first day.
    pub fn add(work: &mut Work, group: &Self, by: Uuid) -> Stored<Uuid> {
        let (id, now) = (Uuid::now_v7(), work.now());
        work.run(
            "insert into study_group (id, name, programme_version, starts_on, ends_on, grounds, customer, created_by, created_at, teacher)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            values![
                id,
                &group.name,
                group.version,
                group.starts,
                group.ends,
                &group.grounds,
                group.customer,
                by,
                now,
                group.teacher
            ],
        )?;
        work.note("group.made", id)?;
        if group.starts > work.today() {
            work.later_at(Moment::midnight(group.starts).plus_minutes(1), &Start { group: id })?;
        }
        Ok(id)
    }

    /// Takes away a group that nobody has come to; any other is not found.
    pub fn remove(work: &mut Work, id: Uuid) -> Stored<()> {
        let group = Self::find(work, id)?;
        let people = "select cast(count(*) as bigint) from enrolment where study_group = ?1";
        if group.started || work.count(people, values![id])? > 0 {
            return Err(Fault::Missing);
        }
        work.tell(Removed { group: id })?;
        work.run("delete from study_group where id = ?1", values![id])?;
        work.note_with("group.removed", id, Some(&group.name))
    }

    /// Somebody has joined: on the first day or later the order does not wait for the job of the morning.
    pub(crate) fn joined(&self, work: &mut Work) -> Stored<()> {
        if !self.started && self.starts <= work.today() {
            work.later(&Start { group: self.id })
        } else {
            Ok(())
        }
    }
}

/// Asks for the order of everybody who is there. Starting twice is starting once; an empty group waits for its people, and one
/// that was taken away is waited for by nobody.
fn start(work: &mut Work, id: Uuid) -> Stored<()> {
    let Some(group) = work.maybe(groups!("where id = ?1"), values![id], read)? else { return Ok(()) };
    let now = work.now();
    let people = work.count(
        "select cast(count(*) as bigint) from enrolment where study_group = ?1 and state = 'active'",
        values![id],
    )?;
    if group.started || people == 0 {
        return Ok(());
    }
    work.run("update study_group set started_at = ?2 where id = ?1", values![id, now])?;
    work.note("group.started", id)?;
    work.tell(Started { group: id })
}
