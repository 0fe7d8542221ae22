//! `make faults`: what may happen on an attestation day, on both engines; acknowledged answers lost = 0, marks as
//! undisturbed. `faults clock` does one kind.
use std::path::Path;

use kafedra::config::Config;
use stage::faults::{Toll, clients, clock, devices, disk, kills};
use stage::hall::{binary, free_address};
use tempfile::TempDir;

const LEARNERS: usize = 24;

fn main() -> anyhow::Result<()> {
    let (binary, only) = (binary()?, std::env::args().nth(1));
    for engine in ["sqlite", "postgres"] {
        for fault in ["kills", "clients", "devices", "clock", "disk", "folder"] {
            // PostgreSQL's disk is PostgreSQL's own; the folder of files is the same under both.
            let of_the_folder = matches!(fault, "disk" | "folder");
            if only.as_ref().is_some_and(|only| only != fault) || (of_the_folder && engine == "postgres") {
                continue;
            }
            let toll = tokio::runtime::Runtime::new()?.block_on(trial(&binary, engine, fault))?;
            println!("{engine:<8} {fault:<8} {toll:?}");
            anyhow::ensure!(toll.lost == 0 && toll.wrong_marks == 0, "{engine}, {fault}: something was lost");
        }
    }
    Ok(())
}

async fn trial(binary: &Path, engine: &str, fault: &str) -> anyhow::Result<Toll> {
    let place = TempDir::new()?;
    let database = match engine {
        "postgres" => Some(tokio::task::spawn_blocking(stage::fresh_database).await?),
        _ => None,
    };
    let config =
        Config { data: place.path().to_owned(), database, listen: free_address()?, ..Config::default() };
    match fault {
        "kills" => kills::under_load(binary, &config, LEARNERS, 20).await,
        "clients" => clients::cut_in_the_middle(binary, &config, LEARNERS).await,
        "devices" => devices::two_with_two_tabs(binary, &config, LEARNERS).await,
        "clock" => clock::moved(binary, &config, LEARNERS).await,
        "disk" => disk::full(binary, &config, LEARNERS).await,
        _ => disk::not_writable(binary, &config, LEARNERS).await,
    }
}
