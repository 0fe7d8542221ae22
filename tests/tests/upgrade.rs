//! What earlier versions have left opens with this one, on both engines, without losing a row.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use kafedra::app::{Parts, build};
use kafedra::config::Config;
use kafedra::demo::PASSWORD;
use kafedra::folder::Folder;
use kafedra::guest::Guest;
use post::Post;
use regulations::Centre;
use store::Store;
use tempfile::TempDir;
use words::Clock;

/// Pages that read from every corner, with what each must still show.
const PAGES: [(&str, &str, &str); 9] = [
    ("head", "/overview", "Требует внимания"),
    ("head", "/office/programmes", "охран"),
    ("methodist", "/learners", "<td"),
    ("methodist", "/applications", "Зачислен"),
    ("methodist", "/results", "<td"),
    ("methodist", "/register", "<td"),
    ("methodist", "/orders", "<td"),
    ("vera@example.ru", "/cabinet", "Охран"),
    ("admin", "/workings", "Письма"),
];

fn old() -> Vec<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir("old")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "zip"))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

fn unpack(archive: &Path, folder: &Path) {
    let mut archive = zip::ZipArchive::new(File::open(archive).unwrap()).unwrap();
    archive.extract(folder).unwrap();
}

/// How many rows each table holds.
fn rows(database: &Path) -> BTreeMap<String, i64> {
    let c = rusqlite::Connection::open(database).unwrap();
    let sql = "select name from sqlite_master where type = 'table' and name not like 'refinery%'";
    let tables: Vec<String> =
        c.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let count = |table: &String| {
        c.query_row(&format!("select count(*) from {table}"), [], |row| row.get::<_, i64>(0)).unwrap()
    };
    tables.iter().map(|table| (table.clone(), count(table))).collect()
}

/// How many migrations a database has seen.
fn migrations(database: &Path) -> usize {
    let c = rusqlite::Connection::open(database).unwrap();
    let count: i64 =
        c.query_row("select count(*) from refinery_schema_history", [], |row| row.get(0)).unwrap();
    usize::try_from(count).unwrap()
}

fn look(config: &Config) {
    let folder = Folder::open(&config.data).unwrap();
    let store: Store = folder.store(config, Clock::system()).unwrap();
    let files = folder.files().unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let brand = store.read(Centre::load).await.unwrap().brand();
        let base_url = config.base_url();
        let (post, demo) = (Post::none(), true);
        let app =
            build(Parts { store, files, post, base_url, demo, behind_proxy: false, brand, probe: false });
        let mut guests: BTreeMap<&str, Guest> = BTreeMap::new();
        for (login, address, words) in PAGES {
            if !guests.contains_key(login) {
                let guest = Guest::new(&app.router);
                guest.sign_in(login, PASSWORD).await.unwrap();
                guests.insert(login, guest);
            }
            let guest = &guests[login];
            let page = guest.get(address).await.unwrap();
            assert!(
                page.status.is_success() && page.body.contains(words),
                "{login} {address}: {}",
                page.status
            );
        }
    });
}

/// Each test is a process of its own, and one process lets a login in ten times at once: five folders on two engines.
const FOLDERS: usize = 5;

#[test]
fn the_oldest_folders_open_and_keep_every_row() {
    open_all(&old()[..FOLDERS]);
}

#[test]
fn later_folders_open_and_keep_every_row() {
    let later = &old()[FOLDERS..];
    assert!(later.len() <= FOLDERS, "a third test is wanted");
    open_all(later);
}

fn open_all(archives: &[PathBuf]) {
    for archive in archives {
        let folder = TempDir::new().unwrap();
        unpack(archive, folder.path());
        let database = folder.path().join("kafedra.db");
        let before = rows(&database);
        let copy = folder.path().join("copy.db");
        std::fs::copy(&database, &copy).unwrap();
        let sqlite = Config { data: folder.path().to_owned(), ..Config::default() };
        look(&sqlite);
        let after = rows(&database);
        for (table, count) in &before {
            // Signing in adds sessions and notes; nothing takes rows away.
            assert!(after[table] >= *count, "{}: {table} had {count} rows", archive.display());
        }
        // A PostgreSQL of that day, with its rows: today's program migrates it when it opens.
        let url = stage::fresh_database();
        Store::fill_postgres(&copy, &url, &schema::FILES[..migrations(&copy)]).unwrap();
        let beside = TempDir::new().unwrap();
        let key = folder.path().join("files.key");
        if key.exists() {
            std::fs::copy(&key, beside.path().join("files.key")).unwrap();
        }
        look(&Config { data: beside.path().to_owned(), database: Some(url), ..sqlite });
    }
}
