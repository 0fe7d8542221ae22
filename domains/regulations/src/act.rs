//! A local act with its versions: a new one is approved, the old one is cancelled and kept (п. 6.1).
use store::{Db, Stored, Work, values};
use uuid::Uuid;
use words::Day;

/// One version of an act.
#[derive(Clone, Debug)]
pub struct Act {
    pub id: Uuid,
    pub code: String,
    pub number: i64,
    pub title: String,
    /// Markdown.
    pub body: String,
    /// SHA-256 of the body: what exactly was agreed to.
    pub hash: String,
    pub since: Day,
}

impl Act {
    /// The version in force.
    pub fn current(db: &mut Db, code: &str) -> Stored<Self> {
        db.one(
            "select id, code, number, title, body, hash, in_force_since from act
             where code = ?1 and cancelled_on is null order by number desc limit 1",
            values![code],
            |row| {
                Ok(Self {
                    id: row.get(0)?,
                    code: row.get(1)?,
                    number: row.get(2)?,
                    title: row.get(3)?,
                    body: row.get(4)?,
                    hash: row.get(5)?,
                    since: row.parsed(6, Day::parse)?,
                })
            },
        )
    }

    /// Puts a new version in force from today and cancels the one before it.
    pub fn enact(work: &mut Work, code: &str, title: &str, body: &str) -> Stored<Uuid> {
        let today = work.today();
        let number = 1 + work.count(
            "select cast(coalesce(max(number), 0) as bigint) from act where code = ?1",
            values![code],
        )?;
        work.run(
            "update act set cancelled_on = ?2 where code = ?1 and cancelled_on is null",
            values![code, today],
        )?;
        let id = Uuid::now_v7();
        work.run(
            "insert into act (id, code, number, title, body, hash, in_force_since) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            values![id, code, number, title, body, files::Hash::of(body.as_bytes()).as_str(), today],
        )?;
        work.note("act.enacted", id)?;
        Ok(id)
    }
}

/// Marks that the person has read this version; once is enough.
pub fn acknowledge(work: &mut Work, person: Uuid, act: Uuid) -> Stored<()> {
    let now = work.now();
    let marked = work.run(
        "insert into acknowledgement (person, act, at) values (?1, ?2, ?3) on conflict do nothing",
        values![person, act, now],
    )?;
    if marked > 0 {
        work.note("act.acknowledged", act)?;
    }
    Ok(())
}

pub fn is_acknowledged(db: &mut Db, person: Uuid, act: Uuid) -> Stored<bool> {
    let count = db.count(
        "select cast(count(*) as bigint) from acknowledgement where person = ?1 and act = ?2",
        values![person, act],
    )?;
    Ok(count > 0)
}
