//! PostgreSQL: concurrent serializable transactions, retried.
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use postgres::types::ToSql;
use postgres::{Client, IsolationLevel, Statement, Transaction};
use tokio::sync::Semaphore;

use crate::db::{Engine, unit};
use crate::fault::of_postgres;
use crate::{After, Db, Fault, Stored, Value, copy};

/// Serializable units that met are run again; the pauses are random, so that the same two do not meet for ever.
const TRIES: u32 = 40;

fn pause(attempt: u32) -> Duration {
    let longest = 1_000u64 << attempt.min(6);
    let chance = uuid::Uuid::new_v4().as_u64_pair().0;
    Duration::from_micros(200 + chance % longest)
}

type Pool = r2d2::Pool<Manager>;

pub(crate) struct Postgres {
    /// `None` only while closing.
    pool: Option<Pool>,
    /// As many places as links, so that nobody waits for a link on a thread.
    room: Arc<Semaphore>,
}

impl Postgres {
    pub(crate) fn connect(url: &str, links: u32) -> Stored<Self> {
        let manager = Manager(url.parse().map_err(of_postgres)?);
        let builder = r2d2::Pool::builder().max_size(links).test_on_check_out(false);
        let pool = builder.connection_timeout(Duration::from_secs(10)).build(manager);
        let pool = pool.map_err(|error| Fault::Sql(error.to_string()))?;
        Ok(Self { pool: Some(pool), room: Arc::new(Semaphore::new(links as usize)) })
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Db<'_>) -> Stored<T> + Send + 'static,
    ) -> Stored<T> {
        self.on_a_thread(move |pool| write(pool, &work)).await
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        look: impl Fn(&mut Db<'_>) -> Stored<T> + Send + 'static,
    ) -> Stored<T> {
        self.on_a_thread(move |pool| read(pool, &look)).await
    }

    pub(crate) async fn copy_to(
        &self,
        path: PathBuf,
        files: &'static [(&'static str, &'static str)],
    ) -> Stored<()> {
        self.on_a_thread(move |pool| {
            let mut link = pool.get().map_err(|_| Fault::Busy)?;
            copy::from_postgres(&mut link.client, &path, files)
        })
        .await
    }

    async fn on_a_thread<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Pool) -> Stored<T> + Send + 'static,
    ) -> Stored<T> {
        let place = Arc::clone(&self.room).acquire_owned().await.map_err(|_| Fault::Busy)?;
        let pool = self.pool.clone().ok_or(Fault::Busy)?;
        let running = tokio::task::spawn_blocking(move || {
            let _place = place;
            run(&pool)
        });
        running.await.map_err(|_| Fault::Panic)?
    }
}

impl Drop for Postgres {
    /// The client blocks while it says goodbye, which an async thread may not do.
    fn drop(&mut self) {
        let pool = self.pool.take();
        let _ = std::thread::spawn(move || drop(pool)).join();
    }
}

fn read<T>(pool: &Pool, look: &impl Fn(&mut Db<'_>) -> Stored<T>) -> Stored<T> {
    let mut link = pool.get().map_err(|_| Fault::Busy)?;
    let Link { client, statements } = &mut *link;
    let start = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let mut tx = PgTransaction { tx: start.start().map_err(of_postgres)?, statements };
    unit(Engine::Postgres(&mut tx), look).map(|(value, _)| value)
}

fn write<T>(pool: &Pool, work: &impl Fn(&mut Db<'_>) -> Stored<T>) -> Stored<T> {
    let mut link = pool.get().map_err(|_| Fault::Busy)?;
    for attempt in 0..TRIES {
        match try_once(&mut link, work) {
            Err(Fault::Again) => {
                std::thread::sleep(pause(attempt));
            }
            Ok((value, after)) => {
                after.into_iter().for_each(|effect| effect());
                return Ok(value);
            }
            Err(fault) => return Err(fault),
        }
    }
    Err(Fault::Again)
}

fn try_once<T>(link: &mut Link, work: &impl Fn(&mut Db<'_>) -> Stored<T>) -> Stored<(T, Vec<After>)> {
    let Link { client, statements } = link;
    let start = client.build_transaction().isolation_level(IsolationLevel::Serializable);
    let mut tx = PgTransaction { tx: start.start().map_err(of_postgres)?, statements };
    let done = unit(Engine::Postgres(&mut tx), work)?;
    tx.tx.commit().map_err(|error| match of_postgres(error) {
        // The server did not say no, it fell silent: nobody here knows whether the unit is kept.
        Fault::Busy | Fault::Sql(_) => Fault::Unknown,
        fault => fault,
    })?;
    Ok(done)
}

/// The calls that [`Db`] needs, so that it need not name a transaction's lifetimes.
pub(crate) trait PgSql {
    fn run(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, postgres::Error>;
    fn all(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<postgres::Row>, postgres::Error>;
}

struct PgTransaction<'a, 's> {
    tx: Transaction<'a>,
    statements: &'s mut HashMap<&'static str, Statement>,
}

impl PgTransaction<'_, '_> {
    /// Prepared once a connection; `?1` becomes `$1` here and nowhere else.
    fn statement(&mut self, sql: &'static str) -> Result<Statement, postgres::Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.tx.prepare(&sql.replace('?', "$"))?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }
}

impl PgSql for PgTransaction<'_, '_> {
    fn run(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, postgres::Error> {
        let statement = self.statement(sql)?;
        self.tx.execute(&statement, &borrowed(values))
    }
    fn all(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<postgres::Row>, postgres::Error> {
        let statement = self.statement(sql)?;
        self.tx.query(&statement, &borrowed(values))
    }
}

fn borrowed(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

pub(crate) struct Manager(postgres::Config);

pub(crate) struct Link {
    client: Client,
    statements: HashMap<&'static str, Statement>,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Link;
    type Error = postgres::Error;

    fn connect(&self) -> Result<Link, postgres::Error> {
        let mut client = self.0.connect(postgres::NoTls)?;
        // A sequential scan locks a whole small table against every other serializable unit; an index locks what it read.
        client.batch_execute(
            "set idle_in_transaction_session_timeout = '30s'; set lock_timeout = '10s'; set enable_seqscan = off",
        )?;
        Ok(Link { client, statements: HashMap::new() })
    }
    fn is_valid(&self, link: &mut Link) -> Result<(), postgres::Error> {
        link.client.is_valid(Duration::from_secs(2))
    }
    fn has_broken(&self, link: &mut Link) -> bool {
        link.client.is_closed()
    }
}
