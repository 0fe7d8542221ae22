//! A backup holds everything, restores into either engine, and names what is damaged.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use kafedra::app::{Parts, build};
use kafedra::commands::{backup, restore, serve};
use kafedra::config::Config;
use kafedra::demo;
use kafedra::folder::Folder;
use kafedra::guest::Guest;
use post::Post;
use store::{Who, Work};
use tempfile::TempDir;
use words::Clock;

/// A small centre with a learner, her order and its PDF.
fn centre(config: &Config) {
    let folder = Folder::open(&config.data).unwrap();
    let (store, files) = (folder.store(config, Clock::system()).unwrap(), folder.files().unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let brand = demo::found(&store).await.unwrap().brand();
        let base_url = config.base_url();
        let app = build(Parts {
            store,
            files: files.clone(),
            post: Post::none(),
            base_url,
            demo: true,
            behind_proxy: false,
            brand,
            probe: false,
        });
        demo::publish_one(&app, &files, "labour-16").await.unwrap();
        demo::apply(&app, &Guest::new(&app.router), "labour-16", &demo::applicant(0)).await.unwrap();
        app.jobs.drain(&app.house.store).await.unwrap();
    });
}

fn config(folder: &TempDir, database: Option<String>) -> Config {
    Config { data: folder.path().to_owned(), database, ..Config::default() }
}

/// Every table with all its rows, as text.
fn rows(database: &Path) -> Vec<String> {
    let c = rusqlite::Connection::open(database).unwrap();
    let sql =
        "select name from sqlite_master where type = 'table' and name not like 'refinery%' order by name";
    let tables: Vec<String> =
        c.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut found = Vec::new();
    for table in tables {
        let mut select = c.prepare(&format!("select * from {table} order by 1, 2")).unwrap();
        let columns = select.column_count();
        let mut rows = select.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let row: Vec<_> =
                (0..columns).map(|place| format!("{:?}", row.get_ref(place).unwrap())).collect();
            found.push(format!("{table}: {}", row.join(", ")));
        }
    }
    found
}

#[test]
fn a_backup_goes_through_both_engines_and_back_without_losing_a_row() {
    let places: Vec<_> = (0..3).map(|_| TempDir::new().unwrap()).collect();
    let archives = TempDir::new().unwrap();
    let (first, second) = (archives.path().join("first.zip"), archives.path().join("second.zip"));
    let sqlite = config(&places[0], None);
    centre(&sqlite);
    backup(&sqlite, &first).unwrap();

    let postgres = config(&places[1], Some(stage::fresh_database()));
    restore(&postgres, &first).unwrap();
    backup(&postgres, &second).unwrap();

    let again = config(&places[2], None);
    restore(&again, &second).unwrap();
    let (before, after) = (rows(&sqlite.data.join("kafedra.db")), rows(&again.data.join("kafedra.db")));
    assert!(before.len() > 150, "{} rows", before.len());
    assert_eq!(before, after);
    // A folder or a database that already holds a centre is not overwritten.
    assert!(restore(&again, &first).unwrap_err().to_string().contains("уже есть база"));
    assert!(restore(&postgres, &first).is_err());
    assert!(backup(&sqlite, &first).unwrap_err().to_string().contains("уже есть"));
}

/// Writes pairs of letters that name a file stored before them, until told to stop; gives how many pairs.
fn keep_writing(config: &Config, stop: &AtomicBool) -> usize {
    let folder = Folder::open(&config.data).unwrap();
    let (store, files) = (folder.store(config, Clock::system()).unwrap(), folder.files().unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut pairs = 0;
    while !stop.load(Ordering::Relaxed) {
        pairs += 1;
        let hash = files.put(format!("file {pairs}").as_bytes()).unwrap().to_string();
        let pair = move |work: &mut Work| {
            for one in ["first", "second"] {
                let letter = post::Letter {
                    to: format!("{one}@pair.example"),
                    subject: format!("pair {pairs}"),
                    body: hash.clone(),
                    secret: false,
                };
                post::write(work, &letter)?;
            }
            Ok(())
        };
        runtime.block_on(store.write(Who::system(), pair)).unwrap();
    }
    pairs
}

#[test]
fn a_backup_taken_while_others_write_is_one_moment_of_the_centre() {
    for database in [None, Some(stage::fresh_database())] {
        let places: Vec<_> = (0..2).map(|_| TempDir::new().unwrap()).collect();
        let (busy, quiet) = (config(&places[0], database), config(&places[1], None));
        centre(&busy);
        let archive = places[0].path().join("busy.zip");
        let stop = AtomicBool::new(false);
        let written = std::thread::scope(|threads| {
            let writer = threads.spawn(|| keep_writing(&busy, &stop));
            std::thread::sleep(std::time::Duration::from_millis(500));
            let made = backup(&busy, &archive);
            stop.store(true, Ordering::Relaxed);
            made.unwrap();
            writer.join().unwrap()
        });
        restore(&quiet, &archive).unwrap();
        let c = rusqlite::Connection::open(quiet.data.join("kafedra.db")).unwrap();
        let whole: String = c.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(whole, "ok");
        let mut letters = c.prepare("select subject, body, count(*) from letter where recipient like '%@pair.example' group by subject, body").unwrap();
        let files = Folder::open(&quiet.data).unwrap().files().unwrap();
        let mut pairs = 0;
        let mut rows = letters.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            assert_eq!(row.get::<_, i64>(2).unwrap(), 2, "half a unit came along");
            let hash: String = row.get(1).unwrap();
            files.get(&files::Hash::parse(&hash).unwrap()).unwrap();
            pairs += 1;
        }
        assert!(pairs > 0 && pairs < written, "{pairs} of {written}: nobody wrote meanwhile");
    }
}

#[test]
fn a_centre_restored_without_its_key_waits_for_it() {
    let places: Vec<_> = (0..2).map(|_| TempDir::new().unwrap()).collect();
    let (first, second) = (config(&places[0], None), config(&places[1], None));
    centre(&first);
    let archive = places[0].path().join("first.zip");
    backup(&first, &archive).unwrap();
    restore(&second, &archive).unwrap();
    let refused = serve(&second).unwrap_err().to_string();
    assert!(refused.contains("files.key не от этой базы"), "{refused}");

    std::fs::copy(first.data.join("files.key"), second.data.join("files.key")).unwrap();
    let store = Folder::open(&second.data).unwrap().store(&second, Clock::system()).unwrap();
    assert!(tokio::runtime::Runtime::new().unwrap().block_on(store.read(admissions::key_opens)).unwrap());
}

#[test]
fn a_damaged_backup_is_refused_and_leaves_no_centre() {
    let (place, archives) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let file = archives.path().join("backup.zip");
    let whole = config(&place, None);
    centre(&whole);
    backup(&whole, &file).unwrap();
    let good = std::fs::read(&file).unwrap();
    let mut refused = 0;
    for place in (0..good.len()).step_by(good.len() / 40) {
        let mut damaged = good.clone();
        damaged[place] ^= 0x10;
        std::fs::write(&file, &damaged).unwrap();
        let empty = TempDir::new().unwrap();
        let empty = config(&empty, None);
        if restore(&empty, &file).is_err() {
            refused += 1;
            assert!(!empty.data.join("kafedra.db").exists());
        }
    }
    // A flipped bit in a ZIP header's date or in a local copy of a field changes nothing that is read.
    assert!(refused >= 36, "{refused} of 40");
}
