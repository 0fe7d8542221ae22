//! A bank and what is drawn from it.
use files::Hash;
use marking::{Candidate, Difficulty, Question};
use store::{Db, Fault, Row, Stored, Work, values};
use uuid::Uuid;

use crate::edit::lines::kind;

/// A question in use, in its latest version.
#[derive(Clone, Debug)]
pub struct Pooled {
    /// The same through all its versions.
    pub question: Uuid,
    pub candidate: Candidate,
    /// Never asked in training.
    pub exam_only: bool,
    /// SHA-256 of the version's text; versions of before have none kept.
    pub hash: Option<String>,
}

/// Between the levels of a topic within a module.
pub(crate) const LEVEL: &str = " / ";

/// Where a question lies as files write it: the module, and the levels of its topic within that; a slash of a name is doubled.
pub(crate) fn path(topic: &str, subtopic: &str) -> String {
    let levels = subtopic.split(LEVEL).filter(|level| !level.is_empty());
    let levels: Vec<String> =
        std::iter::once(topic).chain(levels).map(|level| level.replace('/', "//")).collect();
    levels.join("/")
}

/// Makes the bank unless it is there.
pub fn add_bank(work: &mut Work, code: &str, title: &str) -> Stored<Uuid> {
    let now = work.now();
    work.run(
        "insert into bank (id, code, title, created_at) values (?1, ?2, ?3, ?4) on conflict (code) do nothing",
        values![Uuid::now_v7(), code, title, now],
    )?;
    work.one("select id from bank where code = ?1", values![code], |row| row.get(0))
}

/// Every question in use, in its latest version; a half-done import is not among them.
pub fn pool(db: &mut Db, bank: &str) -> Stored<Vec<Pooled>> {
    db.all(
        "select v.id, q.topic, v.options, q.difficulty, q.critical, q.exam_only, v.hash, q.id from bank b
         join question q on q.bank = b.id
         join question_version v on v.id = q.latest
         where b.code = ?1 and q.state = 'in_use' and v.kind <> 'open'
           and (q.import is null or exists
                (select 1 from question_import i where i.id = q.import and i.published_at is not null))
         order by v.id",
        values![bank],
        |row| {
            let candidate = Candidate {
                id: row.get(0)?,
                topic: row.get(1)?,
                difficulty: difficulty(row, 3)?,
                parts: usize::try_from(row.get::<i64>(2)?).unwrap_or(0),
                critical: row.get(4)?,
            };
            Ok(Pooled { question: row.get(7)?, candidate, exam_only: row.get(5)?, hash: row.get(6)? })
        },
    )
}

pub(crate) fn difficulty(row: &Row, column: usize) -> Stored<Difficulty> {
    row.parsed(column, |code| {
        Difficulty::parse(code).ok_or_else(|| words::Wrong::new(format!("сложность «{code}»")))
    })
}

/// Adds a version: `body` is the JSON of `question`.
pub(crate) fn add_version(work: &mut Work, of: Uuid, number: i64, question: &Question) -> Stored<()> {
    let (now, body) = (work.now(), serde_json::to_string(question).map_err(Fault::data)?);
    let hash = Hash::of(body.as_bytes()).to_string();
    let version = Uuid::now_v7();
    work.run(
        "insert into question_version (id, question, number, body, options, kind, hash, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        values![
            version,
            of,
            number,
            body,
            i64::try_from(question.shuffled()).map_err(Fault::data)?,
            kind(&question.task),
            hash,
            now
        ],
    )?;
    work.run("update question set latest = ?2 where id = ?1", values![of, version])?;
    Ok(())
}

/// A version as it is stored: the very text, for its hash.
pub fn body(db: &mut Db, version: Uuid) -> Stored<String> {
    db.one("select body from question_version where id = ?1", values![version], |row| row.get(0))
}
