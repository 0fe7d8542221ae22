//! SQLite: one writer thread that commits in groups, a few reader threads.
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::writer::{self, Unit};
use super::{QUEUE, Waiting, spawn};
use crate::db::{Engine, unit};
use crate::fault::of_sqlite;
use crate::{Db, Fault, Stored, copy};

/// How many units share one commit.
const GROUP: usize = 256;

type Read = Box<dyn FnOnce(&Connection) + Send>;

pub(crate) struct Sqlite {
    /// `None` only while closing.
    writer: Option<Sender<Box<dyn Unit>>>,
    readers: Option<Sender<Read>>,
    threads: Vec<JoinHandle<()>>,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, readers: usize) -> Stored<Self> {
        let writer = connect(path, WRITER)?;
        let (to_writer, units) = bounded(QUEUE);
        let write = move || writer::in_groups(&units, GROUP, |group| keep(&writer, group));
        let mut threads = vec![spawn("sqlite writer", write)?];
        let (to_readers, reads) = bounded::<Read>(QUEUE);
        for _ in 0..readers.max(1) {
            let (reader, reads) = (connect(path, READER)?, reads.clone());
            threads.push(spawn("sqlite reader", move || reads.iter().for_each(|read| read(&reader)))?);
        }
        Ok(Self { writer: Some(to_writer), readers: Some(to_readers), threads })
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Db<'_>) -> Stored<T> + Send + 'static,
    ) -> Stored<Waiting<T>> {
        writer::ask(self.writer.as_ref(), work)
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        look: impl Fn(&mut Db<'_>) -> Stored<T> + Send + 'static,
    ) -> Stored<Waiting<T>> {
        self.on_a_reader(move |c| read(c, &look))
    }

    pub(crate) fn copy_to(&self, path: PathBuf) -> Stored<Waiting<()>> {
        self.on_a_reader(move |c| copy::from_sqlite(c, &path))
    }

    fn on_a_reader<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Connection) -> Stored<T> + Send + 'static,
    ) -> Stored<Waiting<T>> {
        let (answer, waiting) = oneshot::channel();
        let read: Read = Box::new(move |c| {
            let _ = answer.send(look(c));
        });
        self.readers.as_ref().ok_or(Fault::Busy)?.try_send(read).map_err(|_| Fault::Busy)?;
        Ok(waiting)
    }
}

impl Drop for Sqlite {
    /// Lets what waits be done, then folds the log into the database.
    fn drop(&mut self) {
        self.writer = None;
        self.readers = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

const WRITER: &str =
    "pragma journal_mode=wal; pragma synchronous=full; pragma foreign_keys=on; pragma busy_timeout=5000";
const READER: &str = "pragma query_only=on; pragma busy_timeout=5000";

pub(crate) fn connect(path: &Path, pragmas: &str) -> Stored<Connection> {
    let c = Connection::open(path).map_err(of_sqlite)?;
    c.execute_batch(pragmas).map_err(of_sqlite)?;
    c.set_prepared_statement_cache_capacity(512);
    Ok(c)
}

pub(crate) fn connect_to_write(path: &Path) -> Stored<Connection> {
    connect(path, WRITER)
}

fn read<T>(c: &Connection, look: &impl Fn(&mut Db<'_>) -> Stored<T>) -> Stored<T> {
    go(c, "begin")?;
    let seen = unit(Engine::Sqlite(c), look).map(|(value, _)| value);
    let _ = go(c, "rollback");
    seen
}

fn keep(c: &Connection, mut group: Vec<Box<dyn Unit>>) {
    let kept = together(c, &mut group);
    if kept.is_err() && group.len() > 1 {
        // Something broke the whole group (full disk, foreign lock): each alone, so that only the guilty fail.
        return group.into_iter().for_each(|unit| keep(c, vec![unit]));
    }
    writer::answer(group, &kept);
}

/// Errors: of the group as a whole; a unit that failed by itself knows why and is not part of it.
fn together(c: &Connection, group: &mut [Box<dyn Unit>]) -> Stored<()> {
    go(c, "begin immediate")?;
    group
        .iter_mut()
        .try_for_each(|unit| {
            go(c, "savepoint work")?;
            if unit.run(Engine::Sqlite(c)).is_err() && !c.is_autocommit() {
                go(c, "rollback to work")?;
            }
            // SQLite may have rolled the whole transaction back by itself.
            if c.is_autocommit() { Err(Fault::Full) } else { go(c, "release work") }
        })
        .and_then(|()| go(c, "commit"))
        .inspect_err(|_| {
            let _ = go(c, "rollback");
        })
}

fn go(c: &Connection, sql: &str) -> Stored<()> {
    c.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map(|_| ()).map_err(of_sqlite)
}
