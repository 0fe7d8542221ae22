//! A key was wrong: attempts that met the question are marked anew, each once, and whose result has changed is listed (п. 2.1, 3.5). A result
//! only ever gets better by it (docs/decisions/0016).
use marking::{Points, Score};
use proof::hash_of;
use questions::{Asked, corrected_version};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Db, Job, Jobs, Store, Stored, Who, Work, values};
use uuid::Uuid;

use crate::finish::{is_passed, kept, score_of};
use crate::{Attempt, Marked, Remarked, Sheet, chain};

/// Marks anew what met the corrected question, some attempts at a time, so that nobody waits for all of them.
#[derive(Serialize, Deserialize)]
pub(crate) struct Remark {
    pub correction: Uuid,
    /// Attempts up to this one are done.
    pub after: Uuid,
}
impl Job for Remark {
    const KIND: &'static str = "attempt.remark";
}

/// Marks what attempts of before kept only as steps.
#[derive(Serialize, Deserialize)]
struct KeepMarks {
    /// Attempts up to this one are done.
    after: Uuid,
}
impl Job for KeepMarks {
    const KIND: &'static str = "attempt.marks";
}

/// Attempts in one unit of work.
const AT_ONCE: i64 = 50;

pub(crate) fn jobs(jobs: &mut Jobs, store: &Store) {
    let marking = store.clone();
    jobs.on(move |job: Remark| {
        let store = marking.clone();
        async move {
            // Looked for beside the writer: what finishes meanwhile is marked by the correction already.
            let (correction, after) = (job.correction, job.after);
            let some = store
                .read(move |db| {
                    let version = corrected_version(db, correction)?;
                    met(db, version, after, AT_ONCE)
                })
                .await?;
            store.write(Who::system(), move |work| remark_some(work, correction, &some)).await?;
            Ok(())
        }
    });
    let keeping = store.clone();
    jobs.on(move |job: KeepMarks| {
        let store = keeping.clone();
        async move {
            let some = store.read(move |db| unmarked(db, job.after, AT_ONCE)).await?;
            store.write(Who::system(), move |work| keep_some(work, &some)).await?;
            Ok(())
        }
    });
}

/// Leaves the counting of attempts of before, if there are any.
pub fn leave_marks(work: &mut Work) -> Stored<()> {
    // A minute later, so that a server that is started often leaves one.
    let soon = work.now().plus_minutes(1);
    if unmarked(work, Uuid::nil(), 1)?.is_empty() {
        Ok(())
    } else {
        work.later_once_at(soon, &KeepMarks { after: Uuid::nil() })
    }
}

fn unmarked(db: &mut Db, after: Uuid, most: i64) -> Stored<Vec<Uuid>> {
    db.all(
        "select id from attempt where id > ?1 and marks is null and finished_at is not null and mode in ('attestation', 'intermediate')
         order by id limit ?2",
        values![after, most],
        |row| row.get(0),
    )
}

fn keep_some(work: &mut Work, some: &[Uuid]) -> Stored<()> {
    for id in some {
        let attempt = Attempt::find(work, *id)?;
        let marks = Sheet::of(work, &attempt)?.marks(work, &attempt)?;
        work.run("update attempt set marks = ?2 where id = ?1", values![*id, kept(&marks)?])?;
    }
    some.last().map_or(Ok(()), |last| work.later(&KeepMarks { after: *last }))
}

/// Finished attempts that met this version, the first first.
pub(crate) fn met(db: &mut Db, version: Uuid, after: Uuid, most: i64) -> Stored<Vec<Uuid>> {
    db.all(
        "select id from attempt where id > ?2 and mode in ('attestation', 'intermediate') and finished_at is not null
           and ticket like '%' || ?1 || '%' order by id limit ?3",
        values![version.to_string(), after, most],
        |row| row.get(0),
    )
}

fn remark_some(work: &mut Work, correction: Uuid, some: &[Uuid]) -> Stored<()> {
    for attempt in some {
        remark(work, correction, *attempt)?;
    }
    match some.last() {
        Some(last) => work.later(&Remark { correction, after: *last }),
        None => Ok(()),
    }
}

/// Marks one attempt by all that is now known to be right. The same again changes nothing.
fn remark(work: &mut Work, correction: Uuid, id: Uuid) -> Stored<()> {
    let (attempt, now) = (Attempt::find(work, id)?, work.now());
    let Some(Change { before, after, .. }) = anew(work, &attempt, Why::Key)? else { return Ok(()) };
    work.run(
        "insert into remark (correction, attempt, points_before, points_after, passed_before, passed_after, at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        values![correction, id, before.0.points.0, after.0.points.0, before.1, after.1, now],
    )?;
    Ok(())
}

/// Marks a finished attempt by its steps and all that is known to be right, and tells it; a verdict never turns for the worse. None: the score is
/// as it was, or the attempt is open.
pub(crate) fn anew(work: &mut Work, attempt: &Attempt, why: Why) -> Stored<Option<Change>> {
    let (Some(before), Some(passed_before)) = (attempt.score(), attempt.passed) else { return Ok(None) };
    let marks = Sheet::of(work, attempt)?.marks(work, attempt)?;
    let score = score_of(&marks);
    if why == Why::Key && score == before {
        return Ok(None);
    }
    let (enough, now) = (is_passed(attempt, &marks), work.now());
    // An annulled attempt is counted anew like any other, and passes nobody.
    let passed = attempt.annulled.is_none() && (passed_before || enough);
    work.run(
        "update attempt set points = ?2, passed = ?3, marks = ?4 where id = ?1",
        values![attempt.id, score.points.0, passed, kept(&marks)?],
    )?;
    let told = json!({
        "points": score.points.0, "total": score.total, "passed": enough, "corrections": in_force(&marks),
    });
    chain::tell(work, attempt.id, "remark", &told, now)?;
    work.note_with("attempt.remarked", attempt.id, Some(&format!("{before} → {score}")))?;
    if attempt.annulled.is_none() {
        work.tell(Remarked {
            attempt: attempt.id,
            enrolment: attempt.enrolment,
            module: attempt.module.clone(),
            score,
            passed,
            turned: passed && !passed_before,
            why,
        })?;
    }
    Ok(Some(Change { attempt: attempt.id, before: (before, passed_before), after: (score, passed) }))
}

/// Why an attempt is marked anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A key was wrong.
    Key,
    /// Answers that came too late were accepted.
    Late,
}

/// A correction as a step of the chain names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce {
    pub id: Uuid,
    /// The version that it puts right.
    pub question: Uuid,
    /// SHA-256 of its text.
    pub hash: String,
}

/// All corrections that the marks rest on, so that the chain alone can be marked again.
pub(crate) fn in_force(marks: &[(Asked, Marked)]) -> Vec<InForce> {
    let of = |asked: &Asked| {
        let question = asked.version;
        asked
            .corrections
            .iter()
            .map(move |one| InForce { id: one.id, question, hash: hash_of(one.body.as_bytes()) })
            .collect::<Vec<_>>()
    };
    marks.iter().flat_map(|(asked, _)| of(asked)).collect()
}

/// A result that has changed.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub attempt: Uuid,
    pub before: (Score, bool),
    pub after: (Score, bool),
}

/// What a correction has changed so far, verdicts first.
pub(crate) fn changes(db: &mut Db, correction: Uuid) -> Stored<Vec<Change>> {
    let mut changes: Vec<Change> = db.all(
        "select r.attempt, a.seats, r.points_before, r.passed_before, r.points_after, r.passed_after
         from remark r join attempt a on a.id = r.attempt where r.correction = ?1 order by r.attempt",
        values![correction],
        |row| {
            let total = usize::try_from(row.get::<i64>(1)?).unwrap_or(0);
            let score = |points| Score { points: Points(points), total };
            Ok(Change {
                attempt: row.get(0)?,
                before: (score(row.get(2)?), row.get(3)?),
                after: (score(row.get(4)?), row.get(5)?),
            })
        },
    )?;
    changes.sort_by_key(|change| change.before.1 == change.after.1);
    Ok(changes)
}
