//! Three kills under load on each engine; `make faults` does twenty.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
use kafedra::config::Config;
use stage::faults::kills::under_load;
use stage::hall::{binary, free_address};
use tempfile::TempDir;

fn three_kills(database: Option<String>) {
    let place = TempDir::new().unwrap();
    let config = Config {
        data: place.path().to_owned(),
        database,
        listen: free_address().unwrap(),
        ..Config::default()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let toll = runtime.block_on(under_load(&binary().unwrap(), &config, 6, 3)).unwrap();
    println!("{toll:?}");
    assert_eq!((toll.lost, toll.wrong_marks), (0, 0), "{toll:?}");
    assert!(toll.acknowledged > 100, "{toll:?}");
}

#[test]
fn no_acknowledged_answer_is_lost_when_the_server_is_killed_over_sqlite() {
    three_kills(None);
}

#[test]
fn no_acknowledged_answer_is_lost_when_the_server_is_killed_over_postgres() {
    three_kills(Some(stage::fresh_database()));
}
