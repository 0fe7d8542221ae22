//! `npm ci`, styles, islands, fonts and icons of the folder `web`, embedded with hashed names and compressed twins.
//! `WEB_DIST=folder` takes a finished build instead, where there is no Node.
use std::{env, fs, path::Path, path::PathBuf, process::Command};

fn main() {
    let web = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("set by cargo")).join("../../web");
    let web = web.canonicalize().expect("the folder web stands beside kit");
    // Relative, so that clones that share a target folder each watch their own files.
    let watch = |part: &str| println!("cargo:rerun-if-changed=../../web/{part}");
    for part in ["package-lock.json", "build.mjs", "icons.txt", "favicon.svg", "islands", "pictures"] {
        watch(part);
    }
    // css/fonts.css is made by the build itself: watching it would build for ever.
    for file in fs::read_dir(web.join("css")).expect("readable").flatten() {
        match file.file_name().into_string() {
            Ok(name) if name != "fonts.css" => watch(&format!("css/{name}")),
            _ => {}
        }
    }
    println!("cargo:rerun-if-env-changed=WEB_DIST");
    let out = PathBuf::from(env::var("OUT_DIR").expect("set by cargo"));
    let dist = env::var("WEB_DIST").map_or_else(|_| built(&web, &out.join("assets")), PathBuf::from);
    fs::write(out.join("assets.rs"), listing(&dist)).expect("writable");
}

fn built(web: &Path, dist: &Path) -> PathBuf {
    let lock = fs::read(web.join("package-lock.json")).expect("package-lock.json");
    let stamp = web.join("node_modules/.lock-copy");
    if fs::read(&stamp).ok().as_deref() != Some(&lock) {
        run(web, dist, "npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        fs::write(&stamp, &lock).expect("writable");
    }
    run(web, dist, "node", &["build.mjs"]);
    dist.to_owned()
}

fn run(web: &Path, dist: &Path, program: &str, args: &[&str]) {
    let ran = Command::new(program).args(args).current_dir(web).env("DIST", dist).status();
    let ran =
        ran.unwrap_or_else(|error| panic!("{program}: {error}; install Node 20 or newer, or set WEB_DIST"));
    assert!(ran.success(), "{program} {args:?} failed");
}

/// Rust source: for each asset its plain name, hashed name, bytes, and compressed twins (empty for fonts).
fn listing(dist: &Path) -> String {
    let manifest = fs::read_to_string(dist.join("manifest.json")).expect("manifest.json");
    let names: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&manifest).expect("a JSON object");
    let mut source = String::from("&[\n");
    for (name, file) in &names {
        let file = file.as_str().expect("a file name");
        let bytes = |suffix: &str| {
            let path = dist.join(format!("{file}{suffix}"));
            if path.exists() {
                format!("include_bytes!({:?})", path.display().to_string())
            } else {
                "b\"\"".to_owned()
            }
        };
        source += &format!(
            "    Asset {{ name: {name:?}, file: {file:?}, plain: {}, br: {}, gz: {} }},\n",
            bytes(""),
            bytes(".br"),
            bytes(".gz"),
        );
    }
    source + "]"
}
