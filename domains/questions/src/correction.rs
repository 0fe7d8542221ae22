//! Keys that were found wrong after they had been used. Which attempts change by it is `trainer`'s.
use marking::{Answer, Correction, Mark, Question, mark_corrected};
use std::collections::BTreeMap;
use store::{Db, Fault, Row, Stored, Value, Work, values};
use uuid::Uuid;
use words::Moment;

/// A version of a question as it was asked, with its key and all that has been put right in it: for marking, never for a page before the
/// end.
#[derive(Clone, Debug)]
pub struct Asked {
    pub version: Uuid,
    pub question: Question,
    /// The first first.
    pub corrections: Vec<Corrected>,
}

/// A correction of one version's key.
#[derive(Clone, Debug)]
pub struct Corrected {
    pub id: Uuid,
    /// As it is stored: the very text, for its hash.
    pub body: String,
    pub correction: Correction,
    pub reason: String,
    pub at: Moment,
}

impl Asked {
    /// Of an answer in the question's own order.
    pub fn mark(&self, answer: &Answer) -> Mark {
        mark_corrected(&self.question, self.corrections.iter().map(|one| &one.correction), answer)
    }

    /// The question with the key that is thought right now.
    pub fn right(&self) -> &Question {
        let keyed = self.corrections.iter().rev().find_map(|one| match &one.correction {
            Correction::Key(question) => Some(&**question),
            Correction::Everyone => None,
        });
        keyed.unwrap_or(&self.question)
    }
}

/// One version by id; its question is frozen for ever.
pub fn asked(db: &mut Db, version: Uuid) -> Stored<Asked> {
    asked_all(db, &[version])?.pop().ok_or(Fault::Missing)
}

/// Versions that one statement reads: a ticket of usual length is one round trip.
const AT_ONCE: usize = 24;

/// The versions in their order; one that is not there is a fault.
pub fn asked_all(db: &mut Db, versions: &[Uuid]) -> Stored<Vec<Asked>> {
    let mut found: BTreeMap<Uuid, Asked> = BTreeMap::new();
    for some in versions.chunks(AT_ONCE) {
        let mut ids: Vec<Value> = some.iter().map(|id| Value::from(*id)).collect();
        ids.resize(AT_ONCE, Value::from(Uuid::nil()));
        let rows: Vec<(Uuid, Question, Option<Corrected>)> = db.all(
            "select v.id, v.body, c.id, c.body, c.reason, c.corrected_at
             from question_version v left join key_correction c on c.version = v.id
             where v.id in (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
                            ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)
             order by c.corrected_at, c.id",
            &ids,
            |row| Ok((row.get(0)?, row.json(1)?, corrected(row)?)),
        )?;
        for (version, question, correction) in rows {
            let asked = found.entry(version);
            let asked = asked.or_insert_with(|| Asked { version, question, corrections: Vec::new() });
            asked.corrections.extend(correction);
        }
    }
    versions.iter().map(|version| found.get(version).cloned().ok_or(Fault::Missing)).collect()
}

fn corrected(row: &Row) -> Stored<Option<Corrected>> {
    let Some(id) = row.get(2)? else { return Ok(None) };
    let (body, correction) = (row.get(3)?, row.json(3)?);
    Ok(Some(Corrected { id, body, correction, reason: row.get(4)?, at: Moment(row.get(5)?) }))
}

/// A version that has been used, and whether the question's latest key can be put in place of its own.
#[derive(Clone, Debug)]
pub struct Used {
    pub number: i64,
    pub asked: Asked,
    pub by_latest: Option<Correction>,
}

/// All versions of a question of this bank, the first first.
pub fn versions(db: &mut Db, bank: &str, question: Uuid) -> Stored<Vec<Used>> {
    let ids: Vec<(Uuid, i64)> = db.all(
        "select v.id, v.number from question_version v join question q on q.id = v.question join bank b on b.id = q.bank
         where b.code = ?1 and q.id = ?2 order by v.number",
        values![bank, question],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let (latest, _) = ids.last().ok_or(Fault::Missing)?;
    let latest = asked(db, *latest)?;
    ids.into_iter()
        .map(|(id, number)| {
            let asked = asked(db, id)?;
            let by_latest = Correction::by(asked.right(), &latest.question)
                .filter(|one| !matches!(one, Correction::Key(keyed) if **keyed == *asked.right()));
            Ok(Used { number, asked, by_latest })
        })
        .collect()
}

/// Puts the key right. The reason is seen by whoever was asked the question.
pub fn correct(
    work: &mut Work,
    version: Uuid,
    correction: &Correction,
    reason: &str,
    by: Uuid,
) -> Stored<Uuid> {
    let (id, now) = (Uuid::now_v7(), work.now());
    let body = serde_json::to_string(correction).map_err(Fault::data)?;
    work.run(
        "insert into key_correction (id, version, body, reason, corrected_by, corrected_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
        values![id, version, body, reason, by, now],
    )?;
    work.note_with("key.corrected", id, Some(reason))?;
    Ok(id)
}

/// Which version a correction is of.
pub fn corrected_version(db: &mut Db, correction: Uuid) -> Stored<Uuid> {
    db.one("select version from key_correction where id = ?1", values![correction], |row| row.get(0))
}
