//! The data folder: the database file, the files, and the lock of the process that serves it.
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use files::Files;
use store::Store;
use words::Clock;

use crate::app::listeners;
use crate::config::Config;

/// Links to PostgreSQL, and readers of SQLite.
const LINKS: u32 = 8;
const READERS: usize = 2;

pub struct Folder {
    path: PathBuf,
    /// Held until the process ends.
    lock: Option<File>,
}

impl Folder {
    /// Opens the folder for the one process that serves it.
    pub fn lock(path: &Path) -> anyhow::Result<Self> {
        let mut folder = Self::open(path)?;
        let lock =
            File::create(path.join("kafedra.lock")).context("папка данных не открывается на запись")?;
        if lock.try_lock().is_err() {
            bail!("с папкой {} уже работает другой процесс kafedra", path.display());
        }
        folder.lock = Some(lock);
        Ok(folder)
    }

    /// Opens the folder beside a server that may be running.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(path)
            .with_context(|| format!("папка данных {} не открывается", path.display()))?;
        Ok(Self { path: path.to_owned(), lock: None })
    }

    pub fn database(&self) -> PathBuf {
        self.path.join("kafedra.db")
    }

    /// The key of what is sealed; it stands in no backup.
    pub fn key(&self) -> PathBuf {
        self.path.join("files.key")
    }

    pub fn files(&self) -> anyhow::Result<Files> {
        Files::open(&self.path.join("files")).context("папка файлов не открывается")
    }

    /// The store that the settings name, its schema brought up, its listeners wired. Blocks.
    pub fn store(&self, config: &Config, clock: Clock) -> anyhow::Result<Store> {
        let store = match &config.database {
            Some(url) => {
                Store::postgres(url, LINKS, clock, schema::FILES).context("PostgreSQL не отвечает")?
            }
            None => Store::sqlite(&self.database(), READERS, clock, schema::FILES)
                .with_context(|| format!("база {} не открывается", self.database().display()))?,
        };
        Ok(store.hearing(listeners()).sealing(self.files()?.seal()))
    }
}
