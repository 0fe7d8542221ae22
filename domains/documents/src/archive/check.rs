//! Checking an archive on a machine that has nothing but it: names the first thing that is not as it was written.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use marking::{
    Answer, Correction, Mark, Points, Question, Score, Seat, Threshold, Ticket, mark_corrected, passes,
};
use proof::{Day, Public, hash_of, root};
use serde::Deserialize;
use trainer::InForce;
use trainer::chain::{answers, first_broken};
use uuid::Uuid;

use super::{Record, Sealed};

/// What holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub centre: String,
    pub made: String,
    /// The key that signed the list, to be compared with the one that the centre names.
    pub key: String,
    pub files: usize,
    pub attempts: usize,
    /// Of them closed with a signed day.
    pub sealed: usize,
    pub days: usize,
    /// Of the attempts those begun before there were chains: nothing vouches for their steps.
    pub unchained: usize,
    /// Days closed with keys that the signer does not vouch for, by key.
    pub strange: BTreeMap<String, usize>,
}

/// The first thing that is not right: which file, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {why}")]
pub struct Wrong {
    pub file: String,
    pub why: String,
}

pub(super) fn wrong(file: &str, why: impl Into<String>) -> Wrong {
    Wrong { file: file.to_owned(), why: why.into() }
}

/// Reads the whole folder; the first fault ends it.
pub(super) fn check_folder(folder: &Path) -> Result<Checked, Wrong> {
    let manifest = Manifest::read(folder)?;
    manifest.check_files(folder)?;
    let keys = keys(folder, &manifest.key)?;
    let (days, strange) = days(folder, &keys)?;
    let mut leaves: BTreeMap<Uuid, Vec<&String>> = BTreeMap::new();
    for (attempt, hash) in days.iter().flat_map(|day| &day.leaves) {
        leaves.entry(*attempt).or_default().push(hash);
    }
    let (mut attempts, mut sealed, mut unchained) = (BTreeSet::new(), 0, 0);
    for name in manifest.files.keys().filter(|name| name.starts_with("attempts/")) {
        let record: Record = json(folder, name)?;
        if format!("attempts/{}.json", record.attempt) != *name {
            return Err(wrong(name, "внутри другая попытка"));
        }
        check_attempt(name, &record)?;
        attempts.insert(record.attempt);
        unchained += usize::from(!record.steps.iter().any(|step| step.kind == "begin"));
        sealed += usize::from(is_sealed(name, &record, leaves.get(&record.attempt))?);
    }
    manifest.check_completeness(&days, &attempts)?;
    Ok(Checked {
        centre: manifest.centre,
        made: manifest.made,
        key: manifest.key.id(),
        files: manifest.files.len(),
        attempts: attempts.len(),
        sealed,
        days: days.len(),
        unchained,
        strange,
    })
}

/// Whether a closed day vouches for the result as it stands. What came late stands after the end, and may stand after the close of the day;
/// a result that was counted anew is sealed again.
fn is_sealed(name: &str, record: &Record, leaves: Option<&Vec<&String>>) -> Result<bool, Wrong> {
    let place = |leaf: &String| record.steps.iter().position(|step| step.hash.as_ref() == Some(leaf));
    let last = |kinds: &[&str]| record.steps.iter().rposition(|step| kinds.contains(&step.kind.as_str()));
    // One that was opened again has ended more than once, and was perhaps sealed in between.
    let end = record.steps.iter().position(|step| step.kind == "finish");
    let result = last(&["finish", "remark", "annul"]);
    let mut sealed = false;
    for leaf in leaves.into_iter().flatten() {
        let Some(place) = place(leaf).filter(|place| end.is_none_or(|end| *place >= end)) else {
            return Err(wrong(name, "последний шаг не тот, с которым закрыли день"));
        };
        sealed |= result.is_none_or(|result| place >= result);
    }
    Ok(sealed)
}

/// The signed list of files.
struct Manifest {
    centre: String,
    /// First and last day of what it holds.
    period: (String, String),
    made: String,
    key: Public,
    files: BTreeMap<String, String>,
}

const MANIFEST: &str = "manifest.txt";
const SIGNATURE: &str = "manifest.sig";

impl Manifest {
    fn read(folder: &Path) -> Result<Self, Wrong> {
        let text = read(folder, MANIFEST)?;
        let signature = read(folder, SIGNATURE)?;
        let text = String::from_utf8(text).map_err(|_| wrong(MANIFEST, "не текст: файл изменён"))?;
        let mut lines = text.lines();
        let mut head = |name: &str| {
            let line = lines.next().and_then(|line| line.strip_prefix(name));
            line.map(str::to_owned)
                .ok_or_else(|| wrong(MANIFEST, format!("нет строки «{}»: файл изменён", name.trim())))
        };
        head("kafedra archive 1")?;
        let (centre, period, made, key) = (head("centre ")?, head("period ")?, head("made ")?, head("key ")?);
        let period =
            period.split_once(' ').ok_or_else(|| wrong(MANIFEST, "период не читается: файл изменён"))?;
        let period = (period.0.to_owned(), period.1.to_owned());
        let key = Public::parse(&key).ok_or_else(|| wrong(MANIFEST, "ключ не читается: файл изменён"))?;
        let signature = String::from_utf8(signature)
            .map_err(|_| wrong(SIGNATURE, "подпись не читается: файл изменён"))?;
        if !key.holds(&text, &signature) {
            return Err(wrong(
                MANIFEST,
                "подпись под списком файлов не сходится: изменён он или manifest.sig",
            ));
        }
        let file = |line: &str| {
            let (hash, name) = line.split_once("  ")?;
            Some((name.to_owned(), hash.to_owned()))
        };
        let files: Option<BTreeMap<_, _>> = lines.map(file).collect();
        let files = files.ok_or_else(|| wrong(MANIFEST, "строка списка не читается"))?;
        Ok(Self { centre, period, made, key, files })
    }

    /// Whatever was closed with a day that lies wholly within the period is here.
    fn check_completeness(&self, days: &[Sealed], attempts: &BTreeSet<Uuid>) -> Result<(), Wrong> {
        let (from, until) = &self.period;
        let (mut before, mut met) = ("", BTreeSet::new());
        for day in days {
            // One that is sealed again, with a later day, was finished before: it belongs to the period of its first day.
            let new: Vec<&Uuid> = day
                .leaves
                .iter()
                .map(|(attempt, _)| attempt)
                .filter(|attempt| met.insert(**attempt))
                .collect();
            if before >= from.as_str()
                && day.date <= *until
                && let Some(missing) = new.into_iter().find(|attempt| !attempts.contains(attempt))
            {
                let why = format!("попытки нет в архиве, а закрыта с днём № {}", day.number);
                return Err(wrong(&format!("attempts/{missing}.json"), why));
            }
            before = &day.date;
        }
        Ok(())
    }

    /// Every file of the list is there and is itself, and there is no other.
    fn check_files(&self, folder: &Path) -> Result<(), Wrong> {
        for (name, hash) in &self.files {
            if Path::new(name).components().any(|part| !matches!(part, std::path::Component::Normal(_))) {
                return Err(wrong(MANIFEST, format!("имя «{name}» ведёт из архива")));
            }
            if hash_of(&read(folder, name)?) != *hash {
                return Err(wrong(name, "файл изменён: отпечаток не тот, что в списке"));
            }
        }
        let known: BTreeSet<&str> =
            self.files.keys().map(String::as_str).chain([MANIFEST, SIGNATURE]).collect();
        match strangers(folder, "", &known) {
            Some(name) => Err(wrong(&name, "файла нет в списке: его добавили")),
            None => Ok(()),
        }
    }
}

/// The first file that is not known.
fn strangers(folder: &Path, within: &str, known: &BTreeSet<&str>) -> Option<String> {
    let mut entries: Vec<_> = std::fs::read_dir(folder.join(within)).ok()?.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    entries.iter().find_map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let name = if within.is_empty() { name } else { format!("{within}/{name}") };
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            strangers(folder, &name, known)
        } else {
            (!known.contains(name.as_str())).then_some(name)
        }
    })
}

fn read(folder: &Path, name: &str) -> Result<Vec<u8>, Wrong> {
    std::fs::read(folder.join(name)).map_err(|error| wrong(name, format!("файл не читается: {error}")))
}

fn json<T: for<'de> Deserialize<'de>>(folder: &Path, name: &str) -> Result<T, Wrong> {
    serde_json::from_slice(&read(folder, name)?)
        .map_err(|error| wrong(name, format!("файл не разобрать: {error}")))
}

/// The centre's keys by id, each with whether the signer vouches for it: it is the signer, or a key that is vouched for follows it and was
/// signed by it.
fn keys(folder: &Path, signer: &Public) -> Result<BTreeMap<String, (Public, bool)>, Wrong> {
    const FILE: &str = "keys.json";
    let mut keys = BTreeMap::from([(signer.id(), (signer.clone(), true))]);
    let mut follows = BTreeMap::new();
    for key in json::<Vec<trainer::Key>>(folder, FILE)? {
        let public = Public::parse(&key.public).filter(|public| public.id() == key.id);
        let public = public.ok_or_else(|| wrong(FILE, format!("ключ {} не читается", key.id)))?;
        keys.entry(key.id.clone()).or_insert((public, false));
        if let (Some(by), Some(signature)) = (key.signed_by, key.signature) {
            follows.insert(key.id, (by, key.public, signature, key.accepted.unwrap_or_default()));
        }
    }
    let mut id = signer.id();
    while let Some((by, public, signature, accepted)) = follows.remove(&id) {
        let (Some((new, _)), Some((old, _))) = (keys.get(&id), keys.get(&by)) else { break };
        let both = old.holds(&trainer::change(&public), &signature)
            && new.holds(&trainer::follows(&old.to_string()), &accepted);
        if !both {
            return Err(wrong(FILE, format!("ключ {id} не подписан ключом {by}")));
        }
        if let Some((_, vouched)) = keys.get_mut(&by) {
            *vouched = true;
        }
        id = by;
    }
    Ok(keys)
}

/// The days, each signed, each naming the one before.
fn days(
    folder: &Path,
    keys: &BTreeMap<String, (Public, bool)>,
) -> Result<(Vec<Sealed>, BTreeMap<String, usize>), Wrong> {
    const FILE: &str = "days.json";
    let days: Vec<Sealed> = json(folder, FILE)?;
    let (mut before, mut strange) = (String::new(), BTreeMap::new());
    for (place, day) in days.iter().enumerate() {
        let number = i64::try_from(place).unwrap_or(i64::MAX).saturating_add(1);
        let leaves: Vec<String> = day.leaves.iter().map(|(_, hash)| hash.clone()).collect();
        let statement = Day {
            number,
            date: day.date.clone(),
            before: before.clone(),
            leaves: leaves.len(),
            root: root(&leaves),
        }
        .statement();
        let said = (day.number, &day.before, &day.root) == (number, &before, &root(&leaves));
        let key = keys.get(&day.key);
        let signed = key.is_some_and(|(key, _)| key.holds(&statement, &day.signature));
        if !key.is_some_and(|(_, vouched)| *vouched) {
            *strange.entry(day.key.clone()).or_default() += 1;
        }
        if !said || !signed {
            return Err(wrong(FILE, format!("день № {} не сходится с подписью", day.number)));
        }
        before.clone_from(&day.root);
    }
    Ok((days, strange))
}

/// What the first step says.
#[derive(Deserialize)]
struct Begun {
    rules: Rules,
    ticket: Ticket,
    learner: String,
    /// SHA-256 of each question, by version.
    questions: BTreeMap<Uuid, String>,
}
#[derive(Deserialize)]
struct Rules {
    threshold: Threshold,
}

/// What the end says, and each counting anew after it.
#[derive(Deserialize)]
struct Marked {
    points: i64,
    total: usize,
    passed: bool,
    /// What was known to be right besides the questions' own keys.
    #[serde(default)]
    corrections: Vec<InForce>,
}

/// The chain holds, and marking the answers anew gives the same. Of an attempt of before the chain only what is known is checked.
fn check_attempt(file: &str, record: &Record) -> Result<(), Wrong> {
    if let Some(n) = first_broken(record.attempt, &record.steps) {
        return Err(wrong(file, format!("шаг {n} изменён: цепочка отпечатков обрывается")));
    }
    let unread = |_| wrong(file, "первый или последний шаг не разобрать");
    let begun = record.steps.iter().rev().find(|step| step.kind == "begin");
    let Some(begun) = begun.and_then(|step| step.content.as_deref()) else { return Ok(()) };
    let begun: Begun = serde_json::from_str(begun).map_err(unread)?;
    let countings =
        record.steps.iter().enumerate().filter(|(_, step)| matches!(step.kind.as_str(), "finish" | "remark"));
    let countings: Vec<(usize, Marked)> = countings
        .filter_map(|(place, step)| Some((place, step.content.as_deref()?)))
        .map(|(place, json)| Ok((place, serde_json::from_str(json).map_err(unread)?)))
        .collect::<Result<_, _>>()?;
    let Some((_, last)) = countings.last() else { return Ok(()) };
    if begun.learner != record.learner {
        return Err(wrong(file, "имя слушателя не то, с которым начата попытка"));
    }
    let mut asked = Vec::new();
    for seat in &begun.ticket.seats {
        let body = record.questions.get(&seat.question);
        let body = body.ok_or_else(|| wrong(file, format!("нет вопроса {}", seat.question)))?;
        if begun.questions.get(&seat.question) != Some(&hash_of(body.as_bytes())) {
            return Err(wrong(file, format!("вопрос {} изменён", seat.question)));
        }
        let question: Question = serde_json::from_str(body).map_err(unread)?;
        asked.push((seat, question));
    }
    for (place, counting) in &countings {
        // Those of its moment: an attempt may have been opened again, and what came late accepted.
        let answers = answers(&record.steps[..*place], asked.len())
            .map_err(|n| wrong(file, format!("шаг {n} не разобрать")))?;
        let corrections = in_force(file, record, counting)?;
        let of = |version: &Uuid| {
            corrections.iter().filter(|(of, _)| of == version).map(|(_, one)| one).collect::<Vec<_>>()
        };
        let mark = |((seat, question), answer): (&(&Seat, Question), &Answer)| {
            mark_corrected(question, of(&seat.question), &answer.own(question, &seat.order))
        };
        let marks: Vec<Mark> = asked.iter().zip(&answers).map(mark).collect();
        let score = Score::of(marks.iter().copied());
        let told = Score { points: Points(counting.points), total: counting.total };
        if score != told || passes(&begun.ticket, &marks, begun.rules.threshold) != counting.passed {
            return Err(wrong(file, format!("отметка не повторяется: заново {score}, записано {told}")));
        }
    }
    // Opened again, it goes on: no result of it stands.
    let last_of = |kind: &str| record.steps.iter().rposition(|step| step.kind == kind);
    if last_of("reopen") > last_of("finish") {
        return if record.passed || record.points != 0 {
            Err(wrong(file, "попытка ещё идёт, а результат записан"))
        } else {
            Ok(())
        };
    }
    let recorded = Score { points: Points(record.points), total: record.total };
    // An annulled attempt keeps its points and passes nobody.
    let passed = last.passed && !record.steps.iter().any(|step| step.kind == "annul");
    if (recorded.points.0, recorded.total, record.passed) != (last.points, last.total, passed) {
        return Err(wrong(file, format!("результат {recorded} не тот, что в последнем шаге")));
    }
    Ok(())
}

/// The corrections that a counting names, each with the version that it is of.
fn in_force(file: &str, record: &Record, counting: &Marked) -> Result<Vec<(Uuid, Correction)>, Wrong> {
    counting
        .corrections
        .iter()
        .map(|InForce { id, question, hash }| {
            let body = record.corrections.get(id).filter(|body| hash_of(body.as_bytes()) == *hash);
            let body =
                body.ok_or_else(|| wrong(file, format!("исправление ключа {id} изменено или пропало")))?;
            let correction = serde_json::from_str(body)
                .map_err(|_| wrong(file, format!("исправление ключа {id} не разобрать")))?;
            Ok((*question, correction))
        })
        .collect()
}
