//! Papers as lists show them: a person's, a group's, the newest, those that wait for a signature.
use files::{Files, Hash};
use store::{Db, Stored, values};
use uuid::Uuid;
use words::Moment;

/// A paper in a list.
pub struct Listed {
    pub id: Uuid,
    pub kind: String,
    pub title: String,
    pub number: String,
    pub printed: Option<Moment>,
    pub at: Moment,
    /// SHA-256 of the PDF.
    pub hash: Option<String>,
    /// The stored file, and whether it is a sealed one.
    file: Option<Hash>,
    sealed: bool,
    /// Whose it is; `None`: staff only.
    pub person: Option<Uuid>,
    pub protocol: Option<Uuid>,
    /// Another stands in its place, or its document is out of force.
    pub ended: bool,
    /// How the head has signed it.
    pub signed: Option<Signed>,
}

impl Listed {
    /// What its file is called: «Приказ о зачислении № 26-З-0001», without an ending.
    pub fn file_name(&self) -> String {
        let number = if self.number.is_empty() { String::new() } else { format!(" № {}", self.number) };
        format!("{}{number}", self.title).replace(['/', '\\'], "-")
    }

    /// The head's detached signature that lies beside it.
    pub fn signature(&self, db: &mut Db) -> Stored<Option<Hash>> {
        let file = db.maybe(
            "select file from signature where paper = ?1 and file is not null",
            values![self.id],
            |row| row.get::<String>(0),
        )?;
        Ok(file.as_deref().and_then(Hash::parse))
    }

    /// The PDF of a printed paper. Blocks.
    pub fn content(&self, files: &Files) -> Option<Result<Vec<u8>, files::Lost>> {
        let file = self.file.as_ref()?;
        Some(if self.sealed { files.get_sealed(file) } else { files.get(file) })
    }
}

/// By hand on the sheet, or by a detached electronic signature that lies beside the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    ByHand,
    ByFile,
}

macro_rules! listed {
    ($rest:literal) => {
        concat!(
            "select id, kind, title, number, printed_at, created_at, coalesce(content_hash, file), protocol, ended_at, \
                    (select s.kind from signature s where s.paper = paper.id), file, sealed, person from paper ",
            $rest
        )
    };
}

fn listed(row: &store::Row) -> Stored<Listed> {
    Ok(Listed {
        id: row.get(0)?,
        kind: row.get(1)?,
        title: row.get(2)?,
        number: row.get(3)?,
        printed: row.get::<Option<i64>>(4)?.map(Moment),
        at: Moment(row.get(5)?),
        hash: row.get(6)?,
        protocol: row.get(7)?,
        file: row.get::<Option<String>>(10)?.as_deref().and_then(Hash::parse),
        sealed: row.get(11)?,
        person: row.get(12)?,
        ended: row.get::<Option<i64>>(8)?.is_some(),
        signed: row
            .get::<Option<String>>(9)?
            .map(|kind| if kind == "file" { Signed::ByFile } else { Signed::ByHand }),
    })
}

/// Printed papers that want the head's signature and have none: orders of enrolment first, since access may wait for them, then the
/// latest.
pub(crate) fn unsigned(db: &mut Db, most: i64) -> Stored<Vec<Listed>> {
    db.all(
        listed!(
            "where wants_signature = ?1 and file is not null and ended_at is null
             and not exists (select 1 from signature s where s.paper = paper.id)
             order by case when kind = 'enrolment_order' then 0 else 1 end, created_at desc, id desc limit ?2"
        ),
        values![true, most],
        listed,
    )
}

/// How many of them there are.
pub fn count_unsigned(db: &mut Db) -> Stored<i64> {
    db.count(
        "select cast(count(*) as bigint) from paper where wants_signature = ?1 and file is not null and ended_at is null
         and not exists (select 1 from signature s where s.paper = paper.id)",
        values![true],
    )
}

/// Papers of a group in force, in the order in which they were made.
pub fn of_group(db: &mut Db, group: Uuid) -> Stored<Vec<Listed>> {
    db.all(
        listed!("where study_group = ?1 and ended_at is null order by created_at, id"),
        values![group],
        listed,
    )
}

/// A person's papers in force, the newest first.
pub(crate) fn in_force(db: &mut Db, person: Uuid) -> Stored<Vec<Listed>> {
    db.all(
        listed!("where person = ?1 and ended_at is null order by created_at desc, id desc"),
        values![person],
        listed,
    )
}

/// All of a person's papers, the newest first.
pub fn of_person(db: &mut Db, person: Uuid) -> Stored<Vec<Listed>> {
    db.all(listed!("where person = ?1 order by created_at desc, id desc"), values![person], listed)
}

pub(crate) fn newest(db: &mut Db, most: i64) -> Stored<Vec<Listed>> {
    db.all(
        listed!(
            "where kind not in ('certificate', 'diploma', 'diploma_supplement', 'reference', 'safety_extract', 'enrolment_extract',
             'application', 'consent', 'contract')
             and ended_at is null order by created_at desc, id desc limit ?1"
        ),
        values![most],
        listed,
    )
}
