//! Archives made from the page: asked for by a person, written by a job beside the work of others, kept until the next one of the same period.
use std::path::{Path, PathBuf};

use accounts::frame::Frame;
use accounts::{Right, Visit};
use axum::extract::{Path as Named, Request};
use axum::http::header;
use axum::response::IntoResponse;
use files::Files;
use maud::html;
use serde::{Deserialize, Serialize};
use store::{Failed, Job, Jobs, Pace, Store};
use tower::ServiceExt;
use tower_http::services::ServeFile;
use uuid::Uuid;
use web::{Failure, Messages, Posted, Reply, parts, see_other};
use words::{Day, Moment};

use super::{HALF, Period, write_packed};

const SECTION: Frame = Frame::Office("/orders");
const WAITS: &str = "select cast(count(*) as bigint) from job where kind = 'archive.make' and not dead";
/// Beside the folder of files.
const FOLDER: &str = "archives";

#[derive(Serialize, Deserialize)]
struct MakeArchive {
    /// ISO days.
    from: String,
    until: String,
}
impl Job for MakeArchive {
    const KIND: &'static str = "archive.make";
    const PACE: Pace = Pace::Long;
}

pub fn jobs(jobs: &mut Jobs, store: &Store, files: &Files) {
    let (store, files) = (store.clone(), files.clone());
    jobs.on(move |job: MakeArchive| {
        let (store, files) = (store.clone(), files.clone());
        async move { make(&store, &files, &job).await.map_err(|error| Failed::Retry(format!("{error:#}"))) }
    });
}

fn folder(files: &Files) -> PathBuf {
    files.folder().with_file_name(FOLDER)
}

async fn make(store: &Store, files: &Files, job: &MakeArchive) -> anyhow::Result<()> {
    let folder = folder(files);
    clear(&folder)?;
    let is_first = store.read(trainer::keys).await?.is_empty();
    let signer = trainer::signer(&trainer::key_file(files), is_first).map_err(anyhow::Error::msg)?;
    let period = Period { from: Day::parse(&job.from)?, until: Day::parse(&job.until)? };
    let to = folder.join(format!("{}--{}.zip", job.from, job.until));
    write_packed(store, files, &signer, &to, period).await?;
    Ok(())
}

/// Removes what a process that was killed has left half written: no other archive is being made meanwhile.
fn clear(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // Earlier versions named theirs otherwise.
        if entry.file_type()?.is_dir() && (name.starts_with(HALF) || name.starts_with(".tmp")) {
            std::fs::remove_dir_all(entry.path())?;
        } else if name.ends_with(".part") {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// The archives that lie there, the latest first: name, bytes, when.
fn made(folder: &Path) -> Vec<(String, u64, Moment)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut made: Vec<_> = entries
        .filter_map(|entry| {
            let (name, about) = (entry.file_name().into_string().ok()?, entry.metadata().ok()?);
            let at = about.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
            let is_zip = Path::new(&name).extension().is_some_and(|ending| ending == "zip");
            is_zip.then(|| (name, about.len(), Moment(i64::try_from(at.as_millis()).unwrap_or(0))))
        })
        .collect();
    made.sort_by_key(|(_, _, at)| std::cmp::Reverse(at.0));
    made
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    from: String,
    until: String,
}

pub(crate) async fn show(visit: Visit) -> Reply {
    // Of this year, unless something else is wanted.
    let year = Day::parse(&format!("{}-01-01", visit.today().year())).unwrap_or(visit.today());
    let form = Form { from: year.dotted(), until: visit.today().dotted() };
    let page = page(&visit, &form, &Messages::none()).await?;
    visit.page("Архив результатов", SECTION, page)
}

async fn page(visit: &Visit, form: &Form, said: &Messages) -> Result<maud::Markup, Failure> {
    let waits = visit.read(move |db| db.count(WAITS, &[])).await? > 0;
    let made = made(&folder(&visit.house.files));
    Ok(html! {
        main.dash #main {
            p.crumb { a href="/orders" { "Приказы и протоколы" } }
            div.dash-head { h1 { "Архив результатов" } @if waits { (parts::tag(parts::Tone::Warn, "Готовится")) } }
            p.muted { "Попытки по шагам, экзаменационные листы, протоколы, подписи дней: всё, чем доказывается результат, одним файлом. Его проверяет программа без этой системы и без её базы." }
            @if waits { p role="status" { "Архив готовится. Обновите страницу через несколько минут." } }
            ul.lines.l.mt-3 { @for (name, size, at) in &made { li.doc {
                div.body { p { (name) } p.small.muted { (size / 1024 / 1024 + 1) "\u{a0}МБ, " (at.shown(visit.now)) } }
                a.btn href={ "/archives/" (name) } download { "Скачать" }
            } } }
            @if made.is_empty() { p.mt-3.muted { "Архивов пока нет." } }
            @if visit.may(Right::ClosePapers) {
                (parts::summary(said))
                (parts::form("/archives", "form mt-5", &html! {
                    div.pair {
                        (parts::field("from", "Завершено с", &form.from).mask(parts::Mask::Date).told(said))
                        (parts::field("until", "По", &form.until).mask(parts::Mask::Date).told(said))
                    }
                    div { (parts::submit("Составить архив")) }
                }))
            }
        }
    })
}

pub(crate) async fn submit(visit: Visit, Posted { form, key }: Posted<Form>) -> Reply {
    let mut said = Messages::none();
    let mut day = |field: &'static str, label: &str, text: &str| {
        let day = Day::parse(text).ok();
        if day.is_none() {
            said.say(field, format!("{label}: день пишется так: 26.11.2026"));
        }
        day
    };
    let (from, until) = (day("from", "Завершено с", &form.from), day("until", "По", &form.until));
    if from.zip(until).is_some_and(|(from, until)| from > until) {
        said.say("until", "По: не раньше первого дня");
    }
    let (Some(from), Some(until), true) = (from, until, said.is_empty()) else {
        let page = page(&visit, &form, &said).await?;
        return visit.again("Архив результатов", SECTION, page);
    };
    visit
        .write(move |work| {
            work.once(key, |work| {
                // One at a time: it is long, and others wait for the same hands.
                if work.count(WAITS, &[])? > 0 {
                    return Ok(());
                }
                work.note("archive.asked", Uuid::nil())?;
                work.later(&MakeArchive { from: from.to_string(), until: until.to_string() })
            })
        })
        .await?;
    Ok(see_other("/archives"))
}

pub(crate) async fn send(visit: Visit, Named(name): Named<String>, request: Request) -> Reply {
    let folder = folder(&visit.house.files);
    if !made(&folder).iter().any(|(one, _, _)| *one == name) {
        return Err(Failure::missing());
    }
    visit.write(|work| work.note("archive.taken", Uuid::nil())).await?;
    let sent = ServeFile::new(folder.join(&name)).oneshot(request).await.map_err(Failure::broken)?;
    let headers = [(header::CONTENT_DISPOSITION, web::named("attachment", &format!("архив-{name}")))];
    Ok((headers, sent).into_response())
}
