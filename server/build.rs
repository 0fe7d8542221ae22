//! Lists the texts of the demonstration centre, so that the one binary carries them.
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let demo = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("set by cargo")).join("../demo");
    let demo = demo.canonicalize().expect("the folder demo stands beside server");
    println!("cargo:rerun-if-changed={}", demo.display());
    let mut files = Vec::new();
    gather(&demo, &mut files);
    files.sort();
    let list: String = files
        .iter()
        .map(|path| {
            let name = path.strip_prefix(&demo).expect("below demo").display().to_string();
            format!("    ({name:?}, include_str!({:?})),\n", path.display().to_string())
        })
        .collect();
    let out = PathBuf::from(env::var("OUT_DIR").expect("set by cargo")).join("demo.rs");
    fs::write(out, format!("&[\n{list}]")).expect("writable");
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() { gather(&path, files) } else { files.push(path) }
    }
}
