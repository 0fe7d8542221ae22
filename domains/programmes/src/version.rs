//! A version of a programme: draft → submitted → approved → superseded. An approved one is frozen.
use regulations::norm;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use words::{Day, folded};

use crate::{Approved, Content, Gap, Least, gaps};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Draft,
    Submitted,
    Approved,
    Superseded,
}

impl State {
    pub fn parse(code: &str) -> Result<Self, words::Wrong> {
        match code {
            "draft" => Ok(Self::Draft),
            "submitted" => Ok(Self::Submitted),
            "approved" => Ok(Self::Approved),
            "superseded" => Ok(Self::Superseded),
            other => Err(words::Wrong::new(format!("состояние «{other}»"))),
        }
    }

    pub const fn russian(self) -> &'static str {
        match self {
            Self::Draft => "Черновик",
            Self::Submitted => "На утверждении",
            Self::Approved => "Утверждена",
            Self::Superseded => "Заменена новой",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Version {
    pub id: Uuid,
    pub programme: Uuid,
    pub number: i64,
    pub state: State,
    pub content: Content,
    pub approved_on: Option<Day>,
}

/// What every statement below selects, in the order that [`read`] takes.
macro_rules! versions {
    ($rest:literal) => {
        concat!(
            "select v.id, v.programme, v.number, v.state, v.content, v.approved_on from programme_version v \
             join programme p on p.id = v.programme ",
            $rest
        )
    };
}

fn read(row: &store::Row) -> Stored<Version> {
    Ok(Version {
        id: row.get(0)?,
        programme: row.get(1)?,
        number: row.get(2)?,
        state: row.parsed(3, State::parse)?,
        content: row.json(4)?,
        approved_on: row
            .get::<Option<String>>(5)?
            .map(|day| Day::parse(&day))
            .transpose()
            .map_err(Fault::data)?,
    })
}

impl Version {
    /// What is public under this code: the approved version. Anyone may see it, so no actor is asked for.
    pub fn published(db: &mut Db, code: &str) -> Stored<Self> {
        db.one(versions!("where p.code = ?1 and v.state = 'approved'"), values![code], read)
    }

    pub fn all_published(db: &mut Db) -> Stored<Vec<Self>> {
        db.all(versions!("where v.state = 'approved' order by v.title_folded, v.id"), &[], read)
    }

    /// Any version: for the staff, and for those enrolled on it.
    pub fn find(db: &mut Db, id: Uuid) -> Stored<Self> {
        db.one(versions!("where v.id = ?1"), values![id], read)
    }

    /// All versions, those that wait for the head first.
    pub fn all(db: &mut Db) -> Stored<Vec<Self>> {
        db.all(
            versions!("order by case v.state when 'submitted' then 0 when 'draft' then 1 when 'approved' then 2 else 3 end, v.title_folded, v.number desc"),
            &[],
            read,
        )
    }
}

/// Adds a draft: the first version of a new programme, or the next of an old one.
pub fn add_draft(work: &mut Work, content: &Content) -> Stored<Uuid> {
    let now = work.now();
    work.run(
        "insert into programme (id, code, created_at) values (?1, ?2, ?3) on conflict (code) do nothing",
        values![Uuid::now_v7(), &content.code, now],
    )?;
    let programme: Uuid =
        work.one("select id from programme where code = ?1", values![&content.code], |row| row.get(0))?;
    let number = 1 + work.count(
        "select cast(coalesce(max(number), 0) as bigint) from programme_version where programme = ?1",
        values![programme],
    )?;
    let (id, text) = (Uuid::now_v7(), serde_json::to_string(content).map_err(Fault::data)?);
    work.run(
        "insert into programme_version (id, programme, number, state, content, title, title_folded, kind, hours, created_at)
         values (?1, ?2, ?3, 'draft', ?4, ?5, ?6, ?7, ?8, ?9)",
        values![id, programme, number, text, &content.title, folded(&content.title), content.kind.code(), content.hours, now],
    )?;
    work.note("programme.drafted", id)?;
    Ok(id)
}

/// What law and regulation want of this version today.
pub fn gaps_today(db: &mut Db, content: &Content, today: Day) -> Stored<Vec<Gap>> {
    let least = Least {
        upskilling: norm(db, "upskilling.hours.least", today)?.map(|norm| norm.value),
        retraining: norm(db, "retraining.hours.least", today)?.map(|norm| norm.value),
    };
    Ok(gaps(content, least))
}

/// Hands a draft to the head, unless something obligatory is missing.
pub fn submit(work: &mut Work, id: Uuid) -> Stored<Result<(), Vec<Gap>>> {
    let (version, today) = (Version::find(work, id)?, work.today());
    let gaps = gaps_today(work, &version.content, today)?;
    if !gaps.is_empty() {
        return Ok(Err(gaps));
    }
    let moved = work.run(
        "update programme_version set state = 'submitted' where id = ?1 and state = 'draft'",
        values![id],
    )?;
    if moved > 0 {
        work.note("programme.submitted", id)?;
    }
    Ok(Ok(()))
}

/// п. 4.3.10: the head's decision. The version is frozen by its hash and published; the one before it is superseded.
/// Approving what is already approved changes nothing.
pub fn approve(work: &mut Work, id: Uuid) -> Stored<()> {
    let version = Version::find(work, id)?;
    if version.state == State::Approved {
        return Ok(());
    }
    let today = work.today();
    if version.state != State::Submitted || !gaps_today(work, &version.content, today)?.is_empty() {
        return Err(Fault::Missing);
    }
    work.run(
        "update programme_version set state = 'superseded' where programme = ?1 and state = 'approved'",
        values![version.programme],
    )?;
    let text: String =
        work.one("select content from programme_version where id = ?1", values![id], |row| row.get(0))?;
    let (today, head) = (work.today(), work.person());
    work.run(
        "update programme_version set state = 'approved', approved_on = ?2, approved_by = ?3, content_hash = ?4
         where id = ?1 and state = 'submitted'",
        values![id, today, head, files::Hash::of(text.as_bytes()).as_str()],
    )?;
    work.note("programme.approved", id)?;
    work.tell(Approved { version: id })
}
