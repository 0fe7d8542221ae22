//! SQL within one transaction, the same text for both engines: lower case, `?1`, `?2`, …
use std::panic::{AssertUnwindSafe, catch_unwind};

use seal::Seal;

use crate::engine::postgres::Link;
use crate::fault::{of_postgres, of_sqlite};
use crate::{Column, Fault, Stored, Value};

/// What happens once the unit is kept, and only then: a wake-up, a message to a stream, a counter.
pub type After = Box<dyn FnOnce() + Send>;

pub struct Db<'a> {
    engine: Engine<'a>,
    fault: Option<Fault>,
    after: Vec<After>,
    seal: Option<Seal>,
}

pub(crate) enum Engine<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(&'a mut Link),
}

pub enum Row<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a postgres::Row),
}

impl Row<'_> {
    /// The column at this place, from 0.
    pub fn get<T: Column>(&self, column: usize) -> Stored<T> {
        match self {
            Self::Sqlite(row) => row.get(column).map_err(of_sqlite),
            Self::Postgres(row) => row.try_get(column).map_err(of_postgres),
        }
    }

    /// A column that holds JSON.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Stored<T> {
        serde_json::from_str(&self.get::<String>(column)?).map_err(Fault::data)
    }

    /// A column that holds a word of a closed list, read by `parse`.
    pub fn parsed<T, E: std::fmt::Display>(
        &self,
        column: usize,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Stored<T> {
        parse(&self.get::<String>(column)?).map_err(Fault::data)
    }
}

impl<'a> Db<'a> {
    /// Changes rows; returns how many.
    pub fn run(&mut self, sql: &'static str, values: &[Value]) -> Stored<u64> {
        self.goes_on()?;
        let done = match &mut self.engine {
            Engine::Sqlite(c) => c
                .prepare_cached(sql)
                .and_then(|mut statement| statement.execute(rusqlite::params_from_iter(values)))
                .map(|rows| rows as u64)
                .map_err(of_sqlite),
            Engine::Postgres(link) => link.run(sql, values).map_err(of_postgres),
        };
        self.remember(done)
    }

    /// After an SQL error nothing more is done: SQLite may have rolled back by itself, and what followed would be kept alone.
    fn goes_on(&self) -> Stored<()> {
        self.fault.clone().map_or(Ok(()), Err)
    }

    /// Every row, each read by `read`.
    pub fn all<T>(
        &mut self,
        sql: &'static str,
        values: &[Value],
        read: impl Fn(&Row<'_>) -> Stored<T>,
    ) -> Stored<Vec<T>> {
        self.goes_on()?;
        let done = match &mut self.engine {
            Engine::Sqlite(c) => all_of_sqlite(c, sql, values, read),
            Engine::Postgres(link) => match link.all(sql, values) {
                Ok(rows) => rows.iter().map(|row| read(&Row::Postgres(row))).collect(),
                Err(error) => Err(of_postgres(error)),
            },
        };
        self.remember(done)
    }

    /// The first row, if any: say `limit 1` or select by key.
    pub fn maybe<T>(
        &mut self,
        sql: &'static str,
        values: &[Value],
        read: impl Fn(&Row<'_>) -> Stored<T>,
    ) -> Stored<Option<T>> {
        Ok(self.all(sql, values, read)?.into_iter().next())
    }

    /// The row, or [`Fault::Missing`].
    pub fn one<T>(
        &mut self,
        sql: &'static str,
        values: &[Value],
        read: impl Fn(&Row<'_>) -> Stored<T>,
    ) -> Stored<T> {
        self.maybe(sql, values, read)?.ok_or(Fault::Missing)
    }

    /// The number that a counting statement gives.
    pub fn count(&mut self, sql: &'static str, values: &[Value]) -> Stored<i64> {
        self.one(sql, values, |row| row.get(0))
    }

    /// The key of sealed columns, for what follows.
    pub(crate) fn sealing(&mut self, seal: Option<Seal>) {
        self.seal = seal;
    }

    /// A value as JSON for a column that tells nothing without the key.
    pub fn seal<T: serde::Serialize>(&self, value: &T) -> Stored<String> {
        let text = serde_json::to_string(value).map_err(Fault::data)?;
        match &self.seal {
            Some(seal) => seal.close_text(&text).map_err(Fault::data),
            None => Ok(text),
        }
    }

    /// The value of such a column; a plain one of an earlier version is read too.
    pub fn unseal<T: serde::de::DeserializeOwned>(&self, text: &str) -> Stored<T> {
        let text = match &self.seal {
            Some(seal) => seal.open_text(text).map_err(Fault::data)?,
            None => text.to_owned(),
        };
        serde_json::from_str(&text).map_err(Fault::data)
    }

    /// Does `effect` once the unit is kept, and only then.
    pub fn after(&mut self, effect: impl FnOnce() + Send + 'static) {
        self.after.push(Box::new(effect));
    }

    fn remember<T>(&mut self, done: Stored<T>) -> Stored<T> {
        if let Err(fault) = &done {
            self.fault.get_or_insert_with(|| fault.clone());
        }
        done
    }

    fn new(engine: Engine<'a>) -> Self {
        Self { engine, fault: None, after: Vec::new(), seal: None }
    }
}

fn all_of_sqlite<T>(
    c: &rusqlite::Connection,
    sql: &str,
    values: &[Value],
    read: impl Fn(&Row<'_>) -> Stored<T>,
) -> Stored<Vec<T>> {
    let mut statement = c.prepare_cached(sql).map_err(of_sqlite)?;
    let mut rows = statement.query(rusqlite::params_from_iter(values)).map_err(of_sqlite)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(of_sqlite)? {
        found.push(read(&Row::Sqlite(row))?);
    }
    Ok(found)
}

/// Runs `work` and returns what it made, with the effects to follow if it is kept.
pub(crate) fn unit<T>(
    engine: Engine<'_>,
    work: &impl Fn(&mut Db<'_>) -> Stored<T>,
) -> Stored<(T, Vec<After>)> {
    let mut db = Db::new(engine);
    let done = catch_unwind(AssertUnwindSafe(|| work(&mut db))).unwrap_or(Err(Fault::Panic));
    match db.fault {
        Some(fault) => Err(fault),
        None => done.map(|value| (value, db.after)),
    }
}
