//! The whole database as one SQLite file, whichever engine holds it: a backup, and the way from one engine to the other.
use std::path::Path;

use postgres::fallible_iterator::FallibleIterator;
use rusqlite::Connection;
use uuid::Uuid;

use crate::engine::sqlite::connect_to_write;
use crate::fault::{of_postgres, of_sqlite};
use crate::{Fault, Stored, Value, migrate};

/// A table with its columns and their declared types, in an order in which references are satisfied.
struct Table {
    name: String,
    columns: Vec<(String, String)>,
}

impl Table {
    /// Both engines run the same schema, so the SQLite file knows it for both. Tables were made in the order of their
    /// references.
    fn all(c: &Connection) -> Stored<Vec<Self>> {
        let sql = "select name from sqlite_master where type = 'table' and name not like 'refinery%' \
                   and name not like 'sqlite%' order by rowid";
        let mut statement = c.prepare(sql).map_err(of_sqlite)?;
        let names = statement.query_map([], |row| row.get::<_, String>(0)).map_err(of_sqlite)?;
        names.map(|name| Self::describe(c, name.map_err(of_sqlite)?)).collect()
    }

    fn describe(c: &Connection, name: String) -> Stored<Self> {
        let mut statement = c.prepare("select name, type from pragma_table_info(?1)").map_err(of_sqlite)?;
        let columns =
            statement.query_map([&name], |row| Ok((row.get(0)?, row.get(1)?))).map_err(of_sqlite)?;
        Ok(Self { columns: columns.collect::<Result<_, _>>().map_err(of_sqlite)?, name })
    }

    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
    }

    fn select(&self) -> String {
        format!("select {} from {}", self.names(), self.name)
    }

    fn insert(&self, mark: char) -> String {
        let places: Vec<_> = (1..=self.columns.len()).map(|n| format!("{mark}{n}")).collect();
        format!("insert into {} ({}) values ({})", self.name, self.names(), places.join(", "))
    }
}

/// Copies SQLite into a new file, consistent, while everything goes on.
pub(crate) fn from_sqlite(c: &Connection, path: &Path) -> Stored<()> {
    let mut copy = Connection::open(path).map_err(of_sqlite)?;
    let backup = rusqlite::backup::Backup::new(c, &mut copy).map_err(of_sqlite)?;
    // All pages in one step: a copy in steps begins anew after every write, and under load it would never end.
    match backup.step(-1).map_err(of_sqlite)? {
        rusqlite::backup::StepResult::Done => Ok(()),
        _ => Err(Fault::Again),
    }
}

/// Copies one consistent state of PostgreSQL into a new SQLite file.
pub(crate) fn from_postgres(
    config: tokio_postgres::Config,
    path: &Path,
    files: &[(&str, &str)],
) -> Stored<()> {
    migrate::sqlite(path, files)?;
    let c = connect_to_write(path)?;
    c.execute_batch("pragma foreign_keys=off; begin").map_err(of_sqlite)?;
    let mut client = postgres::Config::from(config).connect(postgres::NoTls).map_err(of_postgres)?;
    let start =
        client.build_transaction().isolation_level(postgres::IsolationLevel::RepeatableRead).read_only(true);
    let mut tx = start.start().map_err(of_postgres)?;
    for table in Table::all(&c)? {
        c.execute(&format!("delete from {}", table.name), []).map_err(of_sqlite)?;
        let mut insert = c.prepare(&table.insert('?')).map_err(of_sqlite)?;
        let mut rows = tx.query_raw(&table.select(), std::iter::empty::<i64>()).map_err(of_postgres)?;
        while let Some(row) = rows.next().map_err(of_postgres)? {
            let values = read_postgres(&row, &table)?;
            insert.execute(rusqlite::params_from_iter(values)).map_err(of_sqlite)?;
        }
    }
    c.execute_batch("commit; pragma wal_checkpoint(truncate); pragma journal_mode=delete").map_err(of_sqlite)
}

/// Fills an empty PostgreSQL from a SQLite file, in one transaction. [`Fault::Constraint`] when it is not empty.
pub(crate) fn to_postgres(path: &Path, url: &str, files: &[(&str, &str)]) -> Stored<()> {
    migrate::sqlite(path, files)?;
    migrate::postgres(url, files)?;
    let c = connect_to_write(path)?;
    let mut client = postgres::Client::connect(url, postgres::NoTls).map_err(of_postgres)?;
    let mut tx = client.transaction().map_err(of_postgres)?;
    let people: i64 = tx
        .query_one("select count(*) from person", &[])
        .and_then(|row| row.try_get(0))
        .map_err(of_postgres)?;
    if people > 0 {
        return Err(Fault::Constraint("the database is not empty".to_owned()));
    }
    let tables = Table::all(&c)?;
    for table in tables.iter().rev() {
        tx.execute(&format!("delete from {}", table.name), &[]).map_err(of_postgres)?;
    }
    for table in &tables {
        let insert = tx.prepare(&table.insert('$')).map_err(of_postgres)?;
        let mut select = c.prepare(&table.select()).map_err(of_sqlite)?;
        let mut rows = select.query([]).map_err(of_sqlite)?;
        while let Some(row) = rows.next().map_err(of_sqlite)? {
            let values = read_sqlite(row, table)?;
            let values: Vec<_> =
                values.iter().map(|value| value as &(dyn postgres::types::ToSql + Sync)).collect();
            tx.execute(&insert, &values).map_err(of_postgres)?;
        }
    }
    tx.commit().map_err(of_postgres)
}

fn read_postgres(row: &postgres::Row, table: &Table) -> Stored<Vec<Value>> {
    let read = |(place, (_, kind)): (usize, &(String, String))| {
        let value = match kind.as_str() {
            "uuid" => row.try_get::<_, Option<Uuid>>(place).map(Value::from),
            "bigint" => row.try_get::<_, Option<i64>>(place).map(Value::from),
            "boolean" => row.try_get::<_, Option<bool>>(place).map(Value::from),
            "double precision" => row.try_get::<_, Option<f64>>(place).map(Value::from),
            "bytea" => row.try_get::<_, Option<Vec<u8>>>(place).map(Value::from),
            _ => row.try_get::<_, Option<String>>(place).map(Value::from),
        };
        value.map_err(of_postgres)
    };
    table.columns.iter().enumerate().map(read).collect()
}

fn read_sqlite(row: &rusqlite::Row, table: &Table) -> Stored<Vec<Value>> {
    let read = |(place, (_, kind)): (usize, &(String, String))| {
        let value = match kind.as_str() {
            "uuid" => row.get::<_, Option<Uuid>>(place).map(Value::from),
            "bigint" => row.get::<_, Option<i64>>(place).map(Value::from),
            "boolean" => row.get::<_, Option<bool>>(place).map(Value::from),
            "double precision" => row.get::<_, Option<f64>>(place).map(Value::from),
            "bytea" => row.get::<_, Option<Vec<u8>>>(place).map(Value::from),
            _ => row.get::<_, Option<String>>(place).map(Value::from),
        };
        value.map_err(of_sqlite)
    };
    table.columns.iter().enumerate().map(read).collect()
}
