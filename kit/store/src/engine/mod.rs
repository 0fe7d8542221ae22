//! The two engines behind one [`Store`].
pub(crate) mod postgres;
pub(crate) mod sqlite;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use seal::Seal;
use tokio::sync::{Notify, oneshot};
use words::Clock;

use crate::work::{Listeners, Who, Work};
use crate::{Db, Fault, Stored, copy, migrate};

/// The centre's data. Cheap to clone; the last clone closes the engine.
#[derive(Clone)]
pub struct Store {
    engine: Engine,
    clock: Clock,
    listeners: Arc<Listeners>,
    /// The key of sealed columns; none: they stay plain.
    seal: Option<Seal>,
    /// Rung when a kept unit has left jobs behind.
    pub(crate) bell: Arc<Notify>,
}

#[derive(Clone)]
enum Engine {
    Sqlite(Arc<sqlite::Sqlite>),
    Postgres(Arc<postgres::Postgres>),
}

impl Store {
    /// Opens or creates the database file, brings its schema up to `files`, and starts the writer and the readers.
    pub fn sqlite(path: &Path, readers: usize, clock: Clock, files: &[(&str, &str)]) -> Stored<Self> {
        migrate::sqlite(path, files)?;
        Ok(Self::over(Engine::Sqlite(Arc::new(sqlite::Sqlite::open(path, readers)?)), clock))
    }

    /// Brings the schema of PostgreSQL at `url` up to `files`, then works over `links` connections. Blocks: call off the async
    /// threads.
    pub fn postgres(url: &str, links: u32, clock: Clock, files: &[(&str, &str)]) -> Stored<Self> {
        migrate::postgres(url, files)?;
        Ok(Self::over(Engine::Postgres(Arc::new(postgres::Postgres::connect(url, links)?)), clock))
    }

    fn over(engine: Engine, clock: Clock) -> Self {
        Self { engine, clock, listeners: Arc::default(), seal: None, bell: Arc::default() }
    }

    /// The same data with these listeners wired in.
    #[must_use]
    pub fn hearing(mut self, listeners: Listeners) -> Self {
        self.listeners = Arc::new(listeners);
        self
    }

    /// The same data with sealed columns under this key.
    #[must_use]
    pub fn sealing(mut self, seal: Seal) -> Self {
        self.seal = Some(seal);
        self
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }

    /// One unit of work of `who`: durable as a whole before this returns, or without a trace.
    pub async fn write<T: Send + 'static>(
        &self,
        who: Who,
        work: impl Fn(&mut Work) -> Stored<T> + Send + 'static,
    ) -> Stored<T> {
        let (now, listeners, bell) = (self.clock.now(), Arc::clone(&self.listeners), Arc::clone(&self.bell));
        let seal = self.seal.clone();
        self.write_db(move |db| {
            db.sealing(seal.clone());
            work(&mut Work::new(db, now, &who, &listeners, &bell))
        })
        .await
    }

    /// Reads one consistent state. Writing here is an error on both engines.
    pub async fn read<T: Send + 'static>(
        &self,
        look: impl Fn(&mut Db<'_>) -> Stored<T> + Send + 'static,
    ) -> Stored<T> {
        let seal = self.seal.clone();
        let look = move |db: &mut Db<'_>| {
            db.sealing(seal.clone());
            look(db)
        };
        match &self.engine {
            Engine::Sqlite(sqlite) => answered(sqlite.read(look)?).await,
            Engine::Postgres(postgres) => answered(postgres.read(look)?).await,
        }
    }

    async fn write_db<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Db<'_>) -> Stored<T> + Send + 'static,
    ) -> Stored<T> {
        match &self.engine {
            Engine::Sqlite(sqlite) => answered(sqlite.write(work)?).await,
            Engine::Postgres(postgres) => answered(postgres.write(work)?).await,
        }
    }

    /// Copies the whole database into a new SQLite file, one consistent state, while everything goes on. `files` is the
    /// schema, as in [`Store::sqlite`].
    pub async fn copy_to(&self, path: PathBuf, files: &'static [(&'static str, &'static str)]) -> Stored<()> {
        match &self.engine {
            Engine::Sqlite(sqlite) => answered(sqlite.copy_to(path)?).await,
            Engine::Postgres(postgres) => answered(postgres.copy_to(path, files)?).await,
        }
    }

    /// Fills an empty PostgreSQL from a copy made by [`Store::copy_to`]. Blocks.
    pub fn fill_postgres(copy: &Path, url: &str, files: &[(&str, &str)]) -> Stored<()> {
        copy::to_postgres(copy, url, files)
    }
}

/// How many units may wait for an engine's threads.
const QUEUE: usize = 4096;

type Waiting<T> = oneshot::Receiver<Stored<T>>;

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Stored<JoinHandle<()>> {
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(run).map_err(|error| Fault::Sql(error.to_string()))
}

async fn answered<T>(waiting: Waiting<T>) -> Stored<T> {
    waiting.await.map_err(|_| Fault::Panic)?
}
