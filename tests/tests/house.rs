//! The invariants of the house: who writes what, who may open what, who may depend on whom, which clauses are kept.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use accounts::{Door, Role};
use axum::http::StatusCode;
use stage::{Engine, tell};

fn root() -> PathBuf {
    Path::new("..").canonicalize().unwrap()
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found
}

/// Compares with the checked-in file; `UPDATE=1` writes it anew for a person to read in the diff.
fn snapshot(name: &str, found: &str) {
    let path = root().join("tests/tests").join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, found).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == found, "{name} is not what it was; UPDATE=1 writes it anew:\n{found}");
}

#[test]
fn each_table_is_written_by_its_owner_only() {
    let mut writers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for area in ["domains", "kit"] {
        for entry in fs::read_dir(root().join(area)).unwrap().flatten() {
            let owner = entry.file_name().to_string_lossy().into_owned();
            for file in files(&entry.path().join("src"), ".rs") {
                let text = fs::read_to_string(file).unwrap();
                for verb in ["insert into ", "update ", "delete from "] {
                    for (at, _) in text.match_indices(verb) {
                        let rest = &text[at + verb.len()..];
                        let table: String =
                            rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                        let is_sql = verb != "update " || rest[table.len()..].starts_with(" set ");
                        if is_sql && !table.is_empty() {
                            writers.entry(table).or_default().insert(owner.clone());
                        }
                    }
                }
            }
        }
    }
    for (table, owners) in &writers {
        assert_eq!(owners.len(), 1, "{table} is written by {owners:?}");
        let owner = owners.first().unwrap();
        let readme = root().join("domains").join(owner).join("README.md");
        if readme.exists() {
            let text = fs::read_to_string(readme).unwrap();
            assert!(text.contains(&format!("`{table}`")), "the README of {owner} does not own {table}");
        }
    }
    assert!(writers.len() > 20, "the scan found only {writers:?}");
}

#[test]
fn crates_depend_only_on_lower_floors_and_heavy_libraries_stay_in_the_kit() {
    const FLOORS: [&str; 15] = [
        "accounts",
        "regulations",
        "programmes",
        "library",
        "questions",
        "admissions",
        "learning",
        "trainer",
        "communication",
        "meetings",
        "attestation",
        "documents",
        "registries",
        "monitoring",
        "cabinet",
    ];
    const HEAVY: [&str; 8] =
        ["rusqlite", "postgres", "typst", "typst-pdf", "lettre", "refinery-core", "tokio-postgres", "heifer"];
    for entry in fs::read_dir(root().join("domains")).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let floor = FLOORS
            .iter()
            .position(|floor| *floor == name)
            .unwrap_or_else(|| panic!("{name} stands on no floor"));
        let manifest = fs::read_to_string(entry.path().join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split('[').next().unwrap();
        for line in dependencies.lines() {
            let dependency = line.split(['.', ' ', '=']).next().unwrap_or_default();
            if let Some(other) = FLOORS.iter().position(|floor| *floor == dependency) {
                assert!(other < floor, "{name} depends upward on {dependency}");
            }
            assert!(!HEAVY.contains(&dependency), "{name} holds {dependency}, which belongs in the kit");
        }
    }
}

#[test]
fn each_route_has_its_door_and_the_table_of_rights_is_as_it_was() {
    tell(Engine::Sqlite, async |stage| {
        let mut table = String::from(
            "Who may open what. + opens, . looks as if it were not there, s leads to signing in.\n\n",
        );
        table += "visitor ";
        for role in Role::ALL {
            table += role.code();
            table.push(' ');
        }
        table.push('\n');
        let mut ways = stage.app.ways.clone();
        ways.sort_by_key(|way| (way.path, way.method));
        for way in &ways {
            let visitor = if way.door == Door::Anyone { '+' } else { 's' };
            let roles = Role::ALL.iter().map(|role| match way.door {
                Door::With(right) if !role.rights().contains(&right) => '.',
                _ => '+',
            });
            let marks: String = std::iter::once(visitor).chain(roles).flat_map(|mark| [mark, ' ']).collect();
            table += &format!("{marks} {:<4} {}\n", way.method, way.path);
        }
        snapshot("rights.txt", &table);

        // The table is what the doors say; here the doors are tried.
        let people = [
            ("head", Role::Head),
            ("methodist", Role::Methodist),
            ("teacher", Role::Teacher),
            ("admin", Role::Administrator),
            ("auditor", Role::Auditor),
        ];
        for (login, role) in people {
            let guest = stage.staff(login).await;
            for way in ways.iter().filter(|way| way.method == "GET" && !way.path.contains('{')) {
                let opens = match way.door {
                    Door::With(right) => role.rights().contains(&right),
                    _ => true,
                };
                let status = guest.get(way.path).await.unwrap().status;
                let demo_only = way.path.starts_with("/demo");
                let expected = if opens && !demo_only { StatusCode::OK } else { StatusCode::NOT_FOUND };
                assert_eq!(status, expected, "{login} {}", way.path);
            }
        }
        let visitor = stage.guest();
        for way in ways
            .iter()
            .filter(|way| way.method == "GET" && way.door != Door::Anyone && !way.path.contains('{'))
        {
            assert!(visitor.get(way.path).await.unwrap().address.starts_with("/sign-in"), "{}", way.path);
        }
    });
}

#[test]
fn each_section_of_the_rail_leads_somewhere() {
    tell(Engine::Sqlite, async |stage| {
        for (_, sections) in &accounts::frame::RAIL {
            for section in *sections {
                let way =
                    stage.app.ways.iter().find(|way| way.path == section.address && way.method == "GET");
                assert_eq!(way.map(|way| way.door), Some(Door::With(section.right)), "{}", section.address);
            }
        }
    });
}

/// Clauses that ask something of the program (specification, «Rows»).
const CLAUSES: [&str; 40] = [
    "1.3", "2.1", "2.2", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.10", "3.11", "3.11.1", "3.11.2",
    "3.11.3", "3.11.4", "3.12.1", "3.12.2.1", "3.12.2.2", "3.12.3", "3.13.1", "3.13.2", "3.13.3", "4.3.3",
    "4.3.4", "4.3.5", "4.3.6", "4.3.8", "4.3.10", "4.3.11", "4.4", "4.5", "4.6", "4.6.1", "4.6.2", "4.10",
    "4.12", "5.3.4", "5.4.3", "6.1",
];

#[test]
fn each_clause_is_quoted_by_the_code_or_stands_among_the_open_ones() {
    let mut quoted = BTreeSet::new();
    for file in files(&root().join("domains"), ".rs").into_iter().chain(files(&root().join("kit"), ".rs")) {
        for line in fs::read_to_string(file)
            .unwrap()
            .lines()
            .filter(|line| line.contains("п. ") || line.contains('"'))
        {
            quoted.extend(
                line.split(|c: char| !c.is_ascii_digit() && c != '.')
                    .map(|word| word.trim_matches('.').to_owned()),
            );
        }
    }
    let open: String = CLAUSES
        .iter()
        .filter(|clause| !quoted.contains(**clause))
        .map(|clause| format!("{clause}\n"))
        .collect();
    snapshot("open-clauses.txt", &open);
}

#[test]
fn each_deed_of_the_journal_has_its_words() {
    let journal = fs::read_to_string(root().join("domains/monitoring/src/journal.rs")).unwrap();
    let mut noted = BTreeSet::new();
    for area in ["domains", "kit"] {
        for file in files(&root().join(area), ".rs") {
            let text = fs::read_to_string(&file).unwrap();
            for call in ["note(", "note_with("] {
                for (at, _) in text.match_indices(call) {
                    let argument = text[at + call.len()..].trim_start();
                    if let Some(rest) = argument.strip_prefix('"') {
                        noted.insert(rest.split('"').next().unwrap().to_owned());
                    }
                }
            }
        }
    }
    assert!(noted.len() > 60, "the scan found only {noted:?}");
    let is_bare = |event: &&String| event.contains('.') && !journal.contains(&format!("(\"{event}\", \""));
    let bare: Vec<_> = noted.iter().filter(is_bare).collect();
    assert!(bare.is_empty(), "the journal has no words for {bare:?}");
}
