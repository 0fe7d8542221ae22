//! The archive of results on a medium of its own (п. 3.5): a folder that is read without the system and checked without its database.
//! What lies in it is told in docs/proof.ru.md; `check.rs` is what `kafedra verify` runs.
mod check;
mod index;
pub(crate) mod made;
mod pack;

pub use check::{Checked, Wrong};
pub use made::jobs;
pub use pack::check;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use accounts::person::Person;
use admissions::Enrolment;
use files::{Files, Hash};
use proof::{Signer, hash_of};
use regulations::Centre;
use serde::{Deserialize, Serialize};
use store::{Db, Store, Stored, values};
use trainer::{Attempt, chain};
use uuid::Uuid;
use words::{Day, Moment};

use crate::examination;

/// An attempt as the archive keeps it: all that its mark rests on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    pub attempt: Uuid,
    pub learner: String,
    pub programme: String,
    /// «Итоговая аттестация»
    pub kind: String,
    pub number: i64,
    /// Unix milliseconds.
    pub started: i64,
    pub finished: i64,
    /// Hundredths of a point.
    pub points: i64,
    pub total: usize,
    pub passed: bool,
    pub steps: Vec<chain::Kept>,
    /// The questions asked, by version, with their keys: JSON as it was stored, which the first step names by its hash.
    pub questions: BTreeMap<Uuid, String>,
    /// What was put right in their keys, by correction: JSON as it was stored, which the steps name by its hash.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub corrections: BTreeMap<Uuid, String>,
}

/// A closed day as the archive keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sealed {
    pub number: i64,
    pub date: String,
    pub before: String,
    pub root: String,
    pub key: String,
    pub signature: String,
    /// The attempts of its tree in their order, each with its last hash.
    pub leaves: Vec<(Uuid, String)>,
}

/// What the archive holds of a period.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    pub from: Day,
    pub until: Day,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    pub attempts: usize,
    pub papers: usize,
    pub days: usize,
}

/// Writes the results of a period into a folder that must be empty or new. Long: an attempt is a few tens of milliseconds, for its sheet
/// is printed.
pub async fn write(
    store: &Store,
    files: &Files,
    signer: &Signer,
    folder: &Path,
    period: Period,
) -> anyhow::Result<Written> {
    std::fs::create_dir_all(folder)?;
    anyhow::ensure!(std::fs::read_dir(folder)?.next().is_none(), "папка {} не пуста", folder.display());
    let mut put = Put { folder: folder.to_owned(), manifest: BTreeMap::new() };
    // The days first: chains only grow, so each leaf of a day is in the steps that are read after it.
    let (days, keys, centre) =
        store.read(|db| Ok((trainer::days(db)?, trainer::keys(db)?, Centre::load(db)?))).await?;
    let ids = store.read(move |db| finished(db, period)).await?;
    let mut lines = Vec::new();
    for id in &ids {
        let id = *id;
        let (record, sheet, at) = store.read(move |db| record(db, id)).await?;
        put.file(&format!("attempts/{id}.json"), serde_json::to_vec_pretty(&record)?)?;
        if let Some(sheet) = sheet {
            let pdf = tokio::task::spawn_blocking(move || examination::print(&sheet, at)).await??;
            put.file(&format!("sheets/{id}.pdf"), pdf)?;
        }
        // The index names it; what it holds is on the disk already.
        lines.push(Record {
            steps: Vec::new(),
            questions: BTreeMap::new(),
            corrections: BTreeMap::new(),
            ..record
        });
    }
    let papers = store.read(move |db| protocols(db, period)).await?;
    for (name, hash) in &papers {
        put.file(name, files.load(hash.clone()).await?)?;
    }
    let days: Vec<Sealed> = days.into_iter().map(Sealed::from).collect();
    put.file("days.json", serde_json::to_vec_pretty(&days)?)?;
    put.file("keys.json", serde_json::to_vec_pretty(&keys)?)?;
    let now = store.clock().now();
    put.file(
        "index.html",
        index::page(&centre, period, &lines, &papers, &days, now).into_string().into_bytes(),
    )?;
    put.file("README.txt", index::README.as_bytes().to_vec())?;
    put.sign(signer, &centre.full_name, period, now)?;
    Ok(Written { attempts: lines.len(), papers: papers.len(), days: days.len() })
}

/// How a folder begins that is not yet a whole archive.
const HALF: &str = ".half";

/// The same as one ZIP at `to`; one that is there gives way when the new one is whole.
pub async fn write_packed(
    store: &Store,
    files: &Files,
    signer: &Signer,
    to: &Path,
    period: Period,
) -> anyhow::Result<Written> {
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)?;
    let half = tempfile::Builder::new().prefix(HALF).tempdir_in(parent)?;
    let written = write(store, files, signer, half.path(), period).await?;
    let to = to.to_owned();
    tokio::task::spawn_blocking(move || pack::pack(half.path(), &to)).await??;
    Ok(written)
}

/// The folder being written, with the hash of each file.
struct Put {
    folder: PathBuf,
    manifest: BTreeMap<String, String>,
}

impl Put {
    fn file(&mut self, name: &str, bytes: Vec<u8>) -> anyhow::Result<()> {
        let path = self.folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, &bytes)?;
        self.manifest.insert(name.to_owned(), hash_of(&bytes));
        Ok(())
    }

    /// The list of all files with their hashes, and the signature under it.
    fn sign(self, signer: &Signer, centre: &str, period: Period, now: Moment) -> anyhow::Result<()> {
        let centre = centre.replace('\n', " ");
        let mut text = format!(
            "kafedra archive 1\ncentre {centre}\nperiod {} {}\nmade {}\nkey {}\n",
            period.from,
            period.until,
            now.iso(),
            signer.public()
        );
        for (name, hash) in &self.manifest {
            text += &format!("{hash}  {name}\n");
        }
        std::fs::write(self.folder.join("manifest.sig"), signer.sign(&text))?;
        std::fs::write(self.folder.join("manifest.txt"), text)?;
        Ok(())
    }
}

impl From<trainer::Closed> for Sealed {
    fn from(closed: trainer::Closed) -> Self {
        let trainer::Closed { day, key, signature, leaves } = closed;
        let leaves = leaves.into_iter().map(|leaf| (leaf.attempt, leaf.hash)).collect();
        Self {
            number: day.number,
            date: day.date,
            before: day.before,
            root: day.root,
            key,
            signature,
            leaves,
        }
    }
}

/// Attestations that ended within the period, for the first time or again, in the order of time: one that was opened again belongs where its
/// day was closed first too.
fn finished(db: &mut Db, period: Period) -> Stored<Vec<Uuid>> {
    let (from, until) = (Moment::midnight(period.from), Moment::midnight(period.until.plus(1)));
    db.all(
        "select a.id from attempt a where a.mode in ('attestation', 'intermediate')
           and (a.finished_at >= ?1 and a.finished_at < ?2
             or exists (select 1 from attempt_step s where s.attempt = a.id and s.kind = 'reopen') and exists
               (select 1 from attempt_step s where s.attempt = a.id and s.kind = 'finish' and s.at >= ?1 and s.at < ?2))
         order by a.started_at, a.id",
        values![from, until],
        |row| row.get(0),
    )
}

/// The record, what its sheet says, and the moment the sheet is dated by. One that was opened again and goes on has no sheet.
fn record(db: &mut Db, id: Uuid) -> Stored<(Record, Option<serde_json::Value>, i64)> {
    let attempt = Attempt::find(db, id)?;
    let sheet = match attempt.finished {
        Some(_) => Some(examination::data(db, &attempt, true)?),
        None => None,
    };
    let finished = attempt.finished.map_or(0, |at| at.0);
    let steps = chain::steps(db, id)?;
    let (mut questions, mut corrections) = (BTreeMap::new(), BTreeMap::new());
    for seat in &attempt.ticket.seats {
        questions.insert(seat.question, questions::body(db, seat.question)?);
        let corrected = questions::asked(db, seat.question)?.corrections;
        corrections.extend(corrected.into_iter().map(|one| (one.id, one.body)));
    }
    let record = Record {
        attempt: id,
        // As it was when the attempt began, where the chain says it.
        learner: match begun_as(&steps) {
            Some(name) => name,
            None => Person::find(db, attempt.person)?.name.to_string(),
        },
        programme: Enrolment::find(db, attempt.enrolment)?.programme(db)?.content.title,
        kind: attempt.title().to_owned(),
        number: attempt.place(db)?,
        started: attempt.started.0,
        finished,
        points: attempt.points.map_or(0, |points| points.0),
        total: attempt.ticket.seats.len(),
        passed: attempt.passed == Some(true),
        steps,
        questions,
        corrections,
    };
    Ok((record, sheet, finished))
}

/// The learner's name in the first step.
fn begun_as(steps: &[chain::Kept]) -> Option<String> {
    let begun = steps.iter().find(|step| step.kind == "begin")?.content.as_deref()?;
    let begun: serde_json::Value = serde_json::from_str(begun).ok()?;
    Some(begun.get("learner")?.as_str()?.to_owned())
}

/// Printed protocols, extracts of them left out, closed within the period: name in the archive and file.
fn protocols(db: &mut Db, period: Period) -> Stored<Vec<(String, Hash)>> {
    let rows: Vec<(Uuid, String)> = db.all(
        "select p.id, p.file from paper p
         where p.kind in ('commission_protocol', 'safety_protocol') and p.file is not null
           and p.created_at >= ?1 and p.created_at < ?2 order by p.created_at, p.id",
        values![Moment::midnight(period.from), Moment::midnight(period.until.plus(1))],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, file)| Some((format!("protocols/{id}.pdf"), Hash::parse(&file)?)))
        .collect())
}
