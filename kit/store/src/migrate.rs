//! Brings the schema up: one numbered sequence for both engines; a lock when several nodes start at once.
use std::path::Path;

use refinery_core::{Migration, Runner};

use crate::engine::sqlite::connect_to_write;
use crate::fault::of_postgres;
use crate::{Fault, Stored};

/// Any number that no other program takes on the same PostgreSQL.
const LOCK: i64 = 0x006b_6166_6564_7261;

pub(crate) fn sqlite(path: &Path, files: &[(&str, &str)]) -> Stored<()> {
    let mut c = connect_to_write(path)?;
    Runner::new(&chosen(files, "sqlite")?).set_abort_missing(true).run(&mut c).map_err(failed)?;
    Ok(())
}

pub(crate) fn postgres(url: &str, files: &[(&str, &str)]) -> Stored<()> {
    let mut client = postgres::Client::connect(url, postgres::NoTls).map_err(of_postgres)?;
    client.execute("select pg_advisory_lock($1)", &[&LOCK]).map_err(of_postgres)?;
    Runner::new(&chosen(files, "postgres")?).set_abort_missing(true).run(&mut client).map_err(failed)?;
    client.execute("select pg_advisory_unlock($1)", &[&LOCK]).map_err(of_postgres)?;
    Ok(())
}

/// The files that `engine` runs: those for both, and its own half of each pair.
fn chosen(files: &[(&str, &str)], engine: &str) -> Stored<Vec<Migration>> {
    let other = if engine == "sqlite" { ".postgres" } else { ".sqlite" };
    files
        .iter()
        .filter_map(|(file, sql)| {
            let name = file.strip_suffix(".sql").unwrap_or(file);
            if name.ends_with(other) {
                return None;
            }
            let name = name.strip_suffix(&format!(".{engine}")).unwrap_or(name);
            Some(Migration::unapplied(name, sql).map_err(failed))
        })
        .collect()
}

fn failed(error: impl std::fmt::Display) -> Fault {
    Fault::Sql(format!("migration: {error}"))
}
