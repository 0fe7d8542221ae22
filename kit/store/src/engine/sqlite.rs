//! SQLite: one writer thread that commits in groups, a few reader threads.
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{QUEUE, Waiting, spawn};
use crate::db::{Engine, unit};
use crate::fault::of_sqlite;
use crate::{After, Db, Fault, Stored, copy};

/// How many units share one commit.
const GROUP: usize = 256;

type Read = Box<dyn FnOnce(&Connection) + Send>;

pub(crate) struct Sqlite {
    /// `None` only while closing.
    writer: Option<Sender<Box<dyn Job>>>,
    readers: Option<Sender<Read>>,
    threads: Vec<JoinHandle<()>>,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, readers: usize) -> Stored<Self> {
        let writer = connect(path, WRITER)?;
        let (to_writer, jobs) = bounded(QUEUE);
        let mut threads = vec![spawn("sqlite writer", move || write_in_groups(&writer, &jobs))?];
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
        let (answer, waiting) = oneshot::channel();
        let job = Box::new(Unit { work, done: Err(Fault::Busy), answer: Some(answer) });
        self.writer.as_ref().ok_or(Fault::Busy)?.try_send(job).map_err(|_| Fault::Busy)?;
        Ok(waiting)
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

/// A unit of work on its way through the writer: it may run several times, and is answered once.
trait Job: Send {
    fn run(&mut self, c: &Connection);
    fn answer(self: Box<Self>, kept: Stored<()>);
}

struct Unit<T, W> {
    work: W,
    done: Stored<(T, Vec<After>)>,
    answer: Option<oneshot::Sender<Stored<T>>>,
}

impl<T: Send, W: Fn(&mut Db<'_>) -> Stored<T> + Send> Job for Unit<T, W> {
    fn run(&mut self, c: &Connection) {
        self.done = go(c, "savepoint work").and_then(|()| {
            let done = unit(Engine::Sqlite(c), &self.work);
            if done.is_err() {
                go(c, "rollback to work")?;
            }
            go(c, "release work")?;
            done
        });
    }

    fn answer(mut self: Box<Self>, kept: Stored<()>) {
        let done = kept.and(self.done).map(|(value, after)| {
            after.into_iter().for_each(|effect| effect());
            value
        });
        if let Some(answer) = self.answer.take() {
            let _ = answer.send(done);
        }
    }
}

fn write_in_groups(c: &Connection, jobs: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        group.extend(jobs.try_iter().take(GROUP - 1));
        if together(c, &mut group).is_ok() {
            group.into_iter().for_each(|job| job.answer(Ok(())));
        } else {
            // Something broke the whole group (full disk, foreign lock): each alone, so that only the guilty fail.
            for job in group {
                let mut alone = [job];
                let kept = together(c, &mut alone);
                let [job] = alone;
                job.answer(kept);
            }
        }
    }
}

fn together(c: &Connection, group: &mut [Box<dyn Job>]) -> Stored<()> {
    go(c, "begin immediate")?;
    for job in &mut *group {
        job.run(c);
        if c.is_autocommit() {
            return Err(Fault::Full); // SQLite rolled the whole transaction back by itself
        }
    }
    go(c, "commit").inspect_err(|_| {
        let _ = go(c, "rollback");
    })
}

fn go(c: &Connection, sql: &str) -> Stored<()> {
    c.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map(|_| ()).map_err(of_sqlite)
}
