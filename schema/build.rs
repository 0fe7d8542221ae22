//! Lists the SQL files of this folder, so that a new file is picked up without naming it anywhere.
use std::{env, fs, path::PathBuf};

fn main() {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("set by cargo"));
    println!("cargo:rerun-if-changed={}", here.display());
    let mut files: Vec<_> = fs::read_dir(&here)
        .expect("readable")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("plain name"))
        .filter(|name| name.rsplit('.').next() == Some("sql"))
        .collect();
    files.sort();
    let list: String = files
        .iter()
        .map(|name| format!("    ({name:?}, include_str!({:?})),\n", here.join(name).display().to_string()))
        .collect();
    let out = PathBuf::from(env::var("OUT_DIR").expect("set by cargo")).join("files.rs");
    fs::write(out, format!("&[\n{list}]")).expect("writable");
}
