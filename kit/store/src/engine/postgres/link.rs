//! One connection to PostgreSQL, driven by the thread that holds it. BEGIN travels with the first statement of a unit, and
//! nobody waits for a ROLLBACK: each wait is a thread put to sleep and woken, which costs more than the statement.
use std::collections::HashMap;
use std::pin::{Pin, pin};
use std::task::Poll;

use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Error, NoTls, Row, Statement};

use crate::{Fault, Value};

pub(crate) struct Link {
    client: Client,
    wire: Wire,
    statements: HashMap<&'static str, Statement>,
    /// What goes before the next statement: a transaction or a unit of which nothing was asked yet.
    beginning: Option<&'static str>,
    /// The server has a transaction of this link.
    is_open: bool,
}

/// The socket. It moves only while somebody waits on it.
struct Wire {
    runtime: Runtime,
    /// `None`: closed by the other side.
    connection: Option<Connection>,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreached {
    #[error(transparent)]
    Here(#[from] std::io::Error),
    #[error(transparent)]
    There(#[from] Error),
}

type Connection = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

impl Link {
    pub(crate) fn connect(config: &Config) -> Result<Self, Unreached> {
        // Wants descriptors: there may be none left.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (client, connection) = runtime.block_on(config.connect(NoTls))?;
        let wire = Wire { runtime, connection: Some(Box::pin(connection)) };
        let mut link = Self { client, wire, statements: HashMap::new(), beginning: None, is_open: false };
        // A sequential scan locks a whole small table against every other serializable unit; an index locks what it read.
        link.ask(async |client| {
            client
                .batch_execute(
                    "set idle_in_transaction_session_timeout = '30s'; set lock_timeout = '2s'; set enable_seqscan = off",
                )
                .await
        })?;
        Ok(link)
    }

    /// Begins with `sql` once something is asked.
    pub(crate) fn begin(&mut self, sql: &'static str) {
        self.beginning = Some(sql);
    }

    /// The next unit of a group: what the one before it did stays, whatever becomes of this one. Of a unit that asks nothing the server
    /// never hears.
    pub(crate) fn begin_unit(&mut self) {
        self.beginning = Some(match self.beginning {
            Some(FIRST | GROUP) => FIRST,
            _ if self.is_open => NEXT,
            _ => FIRST,
        });
    }

    /// What this unit did goes.
    pub(crate) fn roll_back_unit(&mut self) {
        if self.beginning.is_none() {
            self.wire.send(self.client.batch_execute("rollback to savepoint unit"));
        }
    }

    pub(crate) fn commit(&mut self) -> Result<(), Error> {
        self.beginning = None;
        if !std::mem::take(&mut self.is_open) {
            return Ok(());
        }
        self.ask(async |client| client.batch_execute("commit").await)
    }

    /// Ends the transaction without keeping anything. What goes wrong here shows when the link is used again.
    pub(crate) fn roll_back(&mut self) {
        self.beginning = None;
        if std::mem::take(&mut self.is_open) {
            self.wire.send(self.client.batch_execute("rollback"));
        }
    }

    pub(crate) fn run(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, Error> {
        let statement = self.statement(sql)?;
        self.ask(async |client| client.execute(&statement, &borrowed(values)).await)
    }

    pub(crate) fn all(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, Error> {
        let statement = self.statement(sql)?;
        self.ask(async |client| client.query(&statement, &borrowed(values)).await)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Whether `fault` comes of a connection that is gone: the server says goodbye to a statement a moment before it hangs
    /// up, so it is asked once more.
    pub(crate) fn has_broken(&mut self, fault: &Fault) -> bool {
        self.is_closed()
            || matches!(fault, Fault::Sql(_) | Fault::Busy)
                && self.ask(async |client| client.check_connection().await).is_err()
    }

    /// Prepared once a connection; `?1` becomes `$1` here and nowhere else.
    fn statement(&mut self, sql: &'static str) -> Result<Statement, Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.ask(async |client| client.prepare(&sql.replace('?', "$")).await)?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }

    fn ask<T>(&mut self, asked: impl AsyncFnOnce(&Client) -> Result<T, Error>) -> Result<T, Error> {
        let (client, beginning) = (&self.client, self.beginning.take());
        self.is_open |= beginning.is_some();
        self.wire.wait(async {
            let Some(begin) = beginning else { return asked(client).await };
            // Both are on their way before the first is answered, in this order.
            let (begun, answer) = tokio::join!(biased; client.batch_execute(begin), asked(client));
            begun.and(answer)
        })
    }
}

/// A group of units, and its first unit; every other unit.
pub(crate) const GROUP: &str = "start transaction isolation level serializable";
const FIRST: &str = "start transaction isolation level serializable; savepoint unit";
const NEXT: &str = "release savepoint unit; savepoint unit";

impl Wire {
    fn wait<T>(&mut self, asked: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let mut asked = pin!(asked);
        let connection = &mut self.connection;
        self.runtime.block_on(std::future::poll_fn(|cx| {
            // Asked first, so that the connection writes it out and may read the answer in the same turn.
            if let Poll::Ready(answer) = asked.as_mut().poll(cx) {
                return Poll::Ready(answer);
            }
            if let Some(Poll::Ready(ended)) =
                connection.as_mut().map(|connection| connection.as_mut().poll(cx))
            {
                *connection = None;
                if let Err(error) = ended {
                    return Poll::Ready(Err(error));
                }
            }
            asked.as_mut().poll(cx)
        }))
    }

    /// Writes it out; the answer is dropped when it comes.
    fn send<T>(&mut self, asked: impl Future<Output = Result<T, Error>>) {
        let mut asked = pin!(asked);
        let connection = &mut self.connection;
        self.runtime.block_on(std::future::poll_fn(|cx| {
            let _ = asked.as_mut().poll(cx);
            if let Some(Poll::Ready(_)) = connection.as_mut().map(|connection| connection.as_mut().poll(cx)) {
                *connection = None;
            }
            Poll::Ready(())
        }));
    }
}

fn borrowed(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}
