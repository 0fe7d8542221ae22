//! Numbered SQL, one sequence for both engines. `V7__name.sql` runs on both; where they differ there is a pair,
//! `V7__name.sqlite.sql` and `V7__name.postgres.sql`. A file that has landed is never edited.

/// Every migration: (file name, SQL).
pub const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/files.rs"));
