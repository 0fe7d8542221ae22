//! A bank and what is drawn from it.
use marking::Question;
use store::{Db, Stored, Work, values};
use uuid::Uuid;

/// What a ticket may be drawn from: (version of the question, its topic, how many of its parts are shuffled).
pub type Pool = Vec<(Uuid, String, usize)>;

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
pub fn pool(db: &mut Db, bank: &str) -> Stored<Pool> {
    db.all(
        "select v.id, q.topic, v.options from bank b
         join question q on q.bank = b.id
         join question_version v on v.question = q.id
         where b.code = ?1 and q.state = 'in_use' and v.kind <> 'open'
           and v.number = (select max(w.number) from question_version w where w.question = q.id)
           and (q.import is null or exists
                (select 1 from question_import i where i.id = q.import and i.published_at is not null))
         order by v.id",
        values![bank],
        |row| Ok((row.get(0)?, row.get(1)?, usize::try_from(row.get::<i64>(2)?).unwrap_or(0))),
    )
}

/// A version of a question as it was asked, with its key: for marking, never for a page before the end.
#[derive(Clone, Debug)]
pub struct Asked {
    pub version: Uuid,
    pub question: Question,
}

/// A version as it is stored: the very text, for its hash.
pub fn body(db: &mut Db, version: Uuid) -> Stored<String> {
    db.one("select body from question_version where id = ?1", values![version], |row| row.get(0))
}

/// One version by id; frozen for ever.
pub fn asked(db: &mut Db, version: Uuid) -> Stored<Asked> {
    db.one("select body from question_version where id = ?1", values![version], |row| {
        Ok(Asked { version, question: row.json(0)? })
    })
}
