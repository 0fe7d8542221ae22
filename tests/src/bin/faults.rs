//! `make faults`: what may happen on an attestation day, on both engines; acknowledged answers lost = 0, marks as
//! undisturbed. `faults clock` does one kind.
use std::path::Path;
use std::process::Command;

use kafedra::config::Config;
use stage::faults::{Toll, clients, clock, day, devices, disk, flips, kills};
use stage::hall::{binary, free_address};
use tempfile::TempDir;

const LEARNERS: usize = 24;

/// Of the day on which everything happens at once.
const DAY: usize = 1000;

const FAULTS: [&str; 8] = ["kills", "clients", "devices", "clock", "disk", "folder", "day", "flips"];

/// Each kind in a process of its own: the hall is filled through the pages, and whoever signs in too often is held up.
fn main() -> anyhow::Result<()> {
    let Some(fault) = std::env::args().nth(1) else {
        for fault in FAULTS {
            let done = Command::new(std::env::current_exe()?).arg(fault).status()?;
            anyhow::ensure!(done.success(), "{fault}: {done}");
        }
        return Ok(());
    };
    let binary = binary()?;
    for engine in ["sqlite", "postgres"] {
        // PostgreSQL's disk is PostgreSQL's own; the folder of files is the same under both.
        if matches!(fault.as_str(), "disk" | "folder" | "flips") && engine == "postgres" {
            continue;
        }
        let toll = tokio::runtime::Runtime::new()?.block_on(trial(&binary, engine, &fault))?;
        println!("{engine:<8} {fault:<8} {toll:?}");
        anyhow::ensure!(
            toll.lost == 0 && toll.wrong_marks == 0 && toll.broken == 0,
            "{engine}, {fault}: something was lost"
        );
    }
    Ok(())
}

async fn trial(binary: &Path, engine: &str, fault: &str) -> anyhow::Result<Toll> {
    let place = TempDir::new()?;
    let database = match engine {
        "postgres" => Some(tokio::task::spawn_blocking(stage::fresh_database).await?),
        _ => None,
    };
    let config = Config {
        data: place.path().to_owned(),
        database,
        listen: free_address()?,
        behind_proxy: true,
        ..Config::default()
    };
    match fault {
        "kills" => kills::under_load(binary, &config, LEARNERS, 20).await,
        "clients" => clients::cut_in_the_middle(binary, &config, LEARNERS).await,
        "devices" => devices::two_with_two_tabs(binary, &config, LEARNERS).await,
        "clock" => clock::moved(binary, &config, LEARNERS).await,
        "disk" => disk::full(binary, &config, LEARNERS).await,
        "day" => day::of_everything(binary, &config, DAY, 20).await,
        "flips" => flips::of_every_byte(binary, &config).await,
        "folder" => disk::not_writable(binary, &config, LEARNERS).await,
        other => anyhow::bail!("no such fault: {other}; there are {FAULTS:?}"),
    }
}
