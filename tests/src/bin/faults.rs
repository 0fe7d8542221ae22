//! `make faults`: twenty kills under load on both engines; acknowledged answers lost = 0, marks as undisturbed.
use kafedra::config::Config;
use stage::hall::{binary, free_address};
use stage::kills::under_load;
use tempfile::TempDir;

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for engine in ["sqlite", "postgres"] {
        let place = TempDir::new()?;
        let database = if engine == "postgres" { Some(stage::fresh_database()) } else { None };
        let config =
            Config { data: place.path().to_owned(), database, listen: free_address()?, ..Config::default() };
        let toll = runtime.block_on(under_load(&binary()?, &config, 24, 20))?;
        println!("{engine}: {toll:?}");
        anyhow::ensure!(toll.lost == 0 && toll.wrong_marks == 0, "{engine}: something was lost");
    }
    Ok(())
}
