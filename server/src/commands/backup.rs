//! `backup` and `restore`: one ZIP of the database as a SQLite file and of all files, each with its checksum. The same
//! archive restores into SQLite and into PostgreSQL.
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use files::{Files, Hash};
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};
use store::Store;
use words::Clock;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::on_a_runtime;
use crate::config::Config;
use crate::folder::Folder;

const DATABASE: &str = "kafedra.db";
const MANIFEST: &str = "manifest.json";

/// What the archive holds: SHA-256 of each entry.
#[derive(Serialize, Deserialize)]
struct Manifest {
    /// Unix milliseconds.
    made_at: i64,
    version: String,
    entries: BTreeMap<String, String>,
}

pub fn backup(config: &Config, file: &Path) -> anyhow::Result<()> {
    let folder = Folder::open(&config.data)?;
    let (store, files) = (folder.store(config, Clock::system())?, folder.files()?);
    let bar = ProgressBar::new(0);
    let count = on_a_runtime(archive(&store, &files, file, |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    }))?;
    bar.finish_and_clear();
    println!("Готово: {}, файлов в архиве {count}.", file.display());
    Ok(())
}

/// Writes the archive while others work, and says how many entries it has; `tell` hears how far it is.
pub async fn archive(
    store: &Store,
    files: &Files,
    file: &Path,
    tell: impl Fn(u64, u64) + Send,
) -> anyhow::Result<usize> {
    ensure!(!file.exists(), "файл {} уже есть: выберите другое имя", file.display());
    let draft = Draft(file.with_extension("partial"));
    let copy = Draft(file.with_extension("partial.db"));
    store.copy_to(copy.0.clone(), schema::FILES).await.context("база не скопирована")?;

    // The database comes first, so every file that it names is there afterwards, but for copies of passports whose term ends
    // in that moment.
    let mut zip =
        ZipWriter::new(File::create(&draft.0).with_context(|| format!("{} не создаётся", file.display()))?);
    let mut entries = BTreeMap::new();
    let stored = files.folder().to_owned();
    let mut paths = vec![(DATABASE.to_owned(), copy.0.clone())];
    for path in walk(&stored)? {
        paths.push((format!("files/{}", path.strip_prefix(&stored)?.display()), path));
    }
    let all = paths.len() as u64;
    for (done, (name, path)) in (1..).zip(paths) {
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            read => read.with_context(|| format!("{} не читается", path.display()))?,
        };
        add(&mut zip, &name, &bytes)?;
        entries.insert(name, Hash::of(&bytes).to_string());
        tell(done, all);
    }
    let count = entries.len();
    let manifest =
        Manifest { made_at: Clock::system().now().0, version: env!("CARGO_PKG_VERSION").into(), entries };
    add(&mut zip, MANIFEST, serde_json::to_string_pretty(&manifest)?.as_bytes())?;
    zip.finish()?.sync_all().context("архив не дописан")?;
    std::fs::rename(&draft.0, file).with_context(|| format!("{} не создаётся", file.display()))?;
    Ok(count)
}

pub fn restore(config: &Config, file: &Path) -> anyhow::Result<()> {
    let archive = File::open(file).with_context(|| format!("архив {} не читается", file.display()))?;
    let mut zip = ZipArchive::new(archive).context("это не архив kafedra")?;
    let folder = Folder::lock(&config.data)?;
    ensure!(
        !folder.database().exists(),
        "в папке {} уже есть база: восстановите в пустую",
        config.data.display()
    );
    let manifest: Manifest =
        serde_json::from_slice(&entry(&mut zip, MANIFEST)?).context("опись архива не читается")?;

    let bar = ProgressBar::new(manifest.entries.len() as u64);
    // The database is put in its place last: a restore that was cut short leaves no centre with missing files.
    let database = Draft(folder.database().with_extension("restoring"));
    let files = folder.files()?;
    for (name, hash) in &manifest.entries {
        let bytes = entry(&mut zip, name)?;
        ensure!(Hash::of(&bytes).as_str() == hash, "архив повреждён: «{name}» не совпадает с описью");
        if name == DATABASE {
            std::fs::write(&database.0, bytes).context("база не записывается")?;
        } else {
            let stored = files.put(&bytes)?;
            ensure!(name.ends_with(stored.as_str()), "архив повреждён: «{name}» не тот файл");
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    ensure!(database.0.exists(), "в архиве нет базы");
    if let Some(url) = &config.database {
        Store::fill_postgres(&database.0, url, schema::FILES).context("PostgreSQL не заполнен")?;
    } else {
        File::open(&database.0)?.sync_all()?;
        std::fs::rename(&database.0, folder.database())?;
    }
    let store = folder.store(config, Clock::system())?;
    println!("Готово: центр восстановлен, файлов {}.", manifest.entries.len() - 1);
    if !on_a_runtime(async { Ok(store.read(admissions::key_opens).await?) })? {
        println!(
            "Осталось вернуть ключ: в архиве его нет. Замените файл {} ключом того центра, иначе программа не начнёт работу.",
            folder.key().display()
        );
    }
    Ok(())
}

/// A file that is gone when it was not renamed: no half archive is left behind.
struct Draft(PathBuf);
impl Drop for Draft {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{ending}", self.0.display()));
        }
    }
}

fn add(zip: &mut ZipWriter<File>, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    zip.start_file(name, SimpleFileOptions::default().large_file(bytes.len() > 0xffff_0000))?;
    zip.write_all(bytes).context("архив не пишется")
}

fn entry(zip: &mut ZipArchive<File>, name: &str) -> anyhow::Result<Vec<u8>> {
    let mut entry = zip.by_name(name).with_context(|| format!("в архиве нет «{name}»"))?;
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes).with_context(|| format!("архив повреждён: «{name}»"))?;
    Ok(bytes)
}

fn walk(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(walk(&path)?);
        } else if path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| Hash::parse(name).is_some())
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
