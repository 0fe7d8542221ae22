//! Copies of the whole centre (п. 3.13.2): asked for by the administrator, made by a job; the nightly one makes itself. The server does the
//! copying; here is what the page shows.
use accounts::Visit;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use store::{Db, Job, Pace, Stored, values};
use uuid::Uuid;
use web::{Posted, Reply, parts, see_other};
use words::Moment;

/// Makes a copy now.
#[derive(Serialize, Deserialize)]
pub struct MakeBackup {}
impl Job for MakeBackup {
    const KIND: &'static str = "backup.make";
    const PACE: Pace = Pace::Long;
}

/// Makes the copy of this night and leaves the next.
#[derive(Serialize, Deserialize)]
pub struct NightlyBackup {}
impl Job for NightlyBackup {
    const KIND: &'static str = "backup.nightly";
    const PACE: Pace = Pace::Long;
}

/// Beside the folder of files.
pub const FOLDER: &str = "backups";

pub(crate) struct Made {
    name: String,
    /// Bytes.
    size: u64,
    at: Moment,
}

/// The copies that lie there, the latest first. Blocks for the disk: a few names.
pub(crate) fn made(visit: &Visit) -> Vec<Made> {
    let folder = visit.house.files.folder().with_file_name(FOLDER);
    let mut made: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let (name, about) = (entry.file_name().into_string().ok()?, entry.metadata().ok()?);
            let at = about.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
            let is_zip = std::path::Path::new(&name).extension().is_some_and(|ending| ending == "zip");
            is_zip.then(|| Made {
                name,
                size: about.len(),
                at: Moment(i64::try_from(at.as_millis()).unwrap_or(0)),
            })
        })
        .collect();
    made.sort_by_key(|one| std::cmp::Reverse(one.at.0));
    made
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

pub(crate) async fn make(visit: Visit, Posted { key, .. }: Posted<Nothing>) -> Reply {
    visit
        .write(move |work| {
            work.once(key, |work| {
                work.note("backup.asked", Uuid::nil())?;
                work.later(&MakeBackup {})
            })
        })
        .await?;
    Ok(see_other("/workings"))
}

/// Whether a copy that somebody asked for is still to be made.
pub(crate) fn is_asked(db: &mut Db) -> Stored<bool> {
    let asked = "select cast(count(*) as bigint) from job where kind = 'backup.make' and dead = ?1";
    Ok(db.count(asked, values![false])? > 0)
}

pub(crate) fn section(visit: &Visit, made: &[Made], making: bool) -> Markup {
    html! {
        section.mt-5 aria-labelledby="backups" {
            h2 id="backups" { "Копии данных" }
            p.small.muted { "Каждую ночь система делает копию сама и хранит семь последних, в папке данных «backups». Раз в неделю уносите одну на другой носитель: с этого диска копия не спасёт, если сломается диск." }
            ul.lines.l.mt-2 { @for one in made.iter().take(10) { li.doc { div.body { p { (one.name) } p.small.muted { (one.size / 1024 / 1024 + 1) "\u{a0}МБ, " (one.at.shown(visit.now)) } } } } }
            @if making { p.mt-2 role="status" { "Копия делается. Обновите страницу через минуту." } }
            @else if made.is_empty() { p.mt-2.muted { "Копий пока нет." } }
            (parts::form("/workings/backups", "mt-3", &html! { button.btn type="submit" { "Сделать копию сейчас" } }))
        }
    }
}
