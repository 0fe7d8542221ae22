//! Every byte of a small archive, one after another, is another one; each time the check names the file.
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use documents::archive::{Period, check, write};
use kafedra::config::Config;
use kafedra::folder::Folder;
use proof::Signer;
use words::Day;

use super::{Scene, Toll};

/// One attempt, its day, its sheet; `faults` is the number of positions tried.
pub async fn of_every_byte(binary: &Path, config: &Config) -> anyhow::Result<Toll> {
    let scene = Scene::set(binary, config, 1, &[]).await?;
    let store = scene.store.clone();
    let mut toll = Toll::default();
    scene.end(&mut toll).await?;
    let files = Folder::open(&config.data)?.files()?;
    let signer = Signer::load(&trainer::key_file(&files))?;
    let folder = config.data.join("archive");
    let period = Period { from: Day::parse("2020-01-01")?, until: Day::parse("2100-01-01")? };
    write(&store, &files, &signer, &folder, period).await?;
    check(&folder)?;
    toll.faults = tokio::task::spawn_blocking(move || flip(&folder)).await??;
    Ok(toll)
}

fn flip(folder: &Path) -> anyhow::Result<usize> {
    let mut tried = 0;
    for file in files(folder)? {
        let name = file.strip_prefix(folder)?.to_str().context("a name in words")?.replace('\\', "/");
        let mut bytes = std::fs::read(&file)?;
        for place in 0..bytes.len() {
            bytes[place] ^= 1 << (place % 8);
            std::fs::write(&file, &bytes)?;
            let wrong = check(folder).err().with_context(|| format!("{name}, byte {place}: not seen"))?;
            // What is signed and its signature vouch for each other: either may be the one.
            let named =
                wrong.file == name || (name.starts_with("manifest") && wrong.file.starts_with("manifest"));
            ensure!(named, "{name}, byte {place}: {wrong}");
            bytes[place] ^= 1 << (place % 8);
            tried += 1;
        }
        std::fs::write(&file, &bytes)?;
    }
    check(folder)?;
    Ok(tried)
}

fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}
