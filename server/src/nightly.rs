//! Copies of the centre made by jobs: at the administrator's word, and each night; the latest are kept.
use std::path::Path;

use files::Files;
use monitoring::{BACKUPS, MakeBackup, NightlyBackup};
use store::{Failed, Jobs, Store, Stored, Who, Work};
use tokio::sync::Mutex;
use uuid::Uuid;
use words::Moment;

use crate::commands::backup::archive;

/// At three in the morning, minutes of the day.
const NIGHT: i64 = 3 * 60;
/// What the nightly copies are called, so that nothing else in the folder is ever removed.
const NIGHTLY: &str = "kafedra-night-";
/// Nightly copies that stay.
const KEPT: usize = 7;
/// One copy at a time: a job whose lease runs out meanwhile finds it being made.
static MAKING: Mutex<()> = Mutex::const_new(());

pub fn jobs(jobs: &mut Jobs, store: &Store, files: &Files) {
    let (by_word, word_files) = (store.clone(), files.clone());
    jobs.on(move |_: MakeBackup| {
        let (store, files) = (by_word.clone(), word_files.clone());
        async move { make(store, files, "kafedra-").await }
    });
    let (nightly, night_files) = (store.clone(), files.clone());
    jobs.on(move |_: NightlyBackup| {
        let (store, files) = (nightly.clone(), night_files.clone());
        async move {
            store.write(Who::system(), leave_the_next).await?;
            make(store, files, NIGHTLY).await
        }
    });
}

/// Leaves the copy of the coming night, unless it waits already.
pub fn leave_the_next(work: &mut Work) -> Stored<()> {
    let today = Moment::midnight(work.today()).plus_minutes(NIGHT);
    let next = if today > work.now() { today } else { today.plus_days(1) };
    work.later_once_at(next, &NightlyBackup {})
}

/// On a thread of its own, with a runtime of its own: the archive is written by blocking calls.
async fn make(store: Store, files: Files, name: &'static str) -> Result<(), Failed> {
    let Ok(_one) = MAKING.try_lock() else {
        return Err(Failed::Retry("another copy is being made".to_owned()));
    };
    let handle = tokio::runtime::Handle::current();
    let (held, at) = (store.clone(), store.clock().now());
    let made = tokio::task::spawn_blocking(move || {
        let folder = files.folder().with_file_name(BACKUPS);
        std::fs::create_dir_all(&folder)?;
        let day = at.day().to_string();
        let file = folder.join(format!("{name}{day}-{}.zip", at.time().replace(':', "")));
        if !file.exists() {
            handle.block_on(archive(&held, &files, &file, |_, _| {}))?;
        }
        forget_old(&folder)
    });
    made.await
        .map_err(|error| Failed::Retry(error.to_string()))?
        .map_err(|error| Failed::Retry(format!("{error:#}")))?;
    store.write(Who::system(), |work| work.note("backup.made", Uuid::nil())).await.map_err(Failed::from)
}

/// Their names are in the order of time.
fn forget_old(folder: &Path) -> anyhow::Result<()> {
    let mut made: Vec<_> = std::fs::read_dir(folder)?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "zip"))
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(NIGHTLY)))
        .collect();
    made.sort();
    let old = made.len().saturating_sub(KEPT);
    for path in made.into_iter().take(old) {
        std::fs::remove_file(path)?;
    }
    Ok(())
}
