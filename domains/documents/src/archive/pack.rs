//! The archive as one ZIP: the same folder, so that it is carried by hand and by mail.
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::check::{Checked, Wrong, check_folder, wrong};

/// Packs a folder; the ZIP is there whole or not at all. Blocks.
pub(super) fn pack(folder: &Path, to: &Path) -> anyhow::Result<()> {
    let half = to.with_extension("zip.part");
    let mut writer = ZipWriter::new(File::create(&half)?);
    let large = SimpleFileOptions::default().large_file(true);
    for file in files(folder)? {
        let name = file.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
        writer.start_file(name, large)?;
        io::copy(&mut File::open(&file)?, &mut writer)?;
    }
    writer.finish()?.sync_all()?;
    std::fs::rename(half, to)?;
    Ok(())
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    found.sort();
    Ok(found)
}

/// Checks an archive, a folder or a ZIP; the first fault ends it. A ZIP is unpacked beside the system's temporary files, as much room as it needs.
pub fn check(archive: &Path) -> Result<Checked, Wrong> {
    if archive.is_dir() {
        return check_folder(archive);
    }
    let name = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let unread = |error: &dyn std::fmt::Display| wrong(&name, format!("архив не распаковывается: {error}"));
    let folder = tempfile::tempdir().map_err(|error| unread(&error))?;
    let file = File::open(archive).map_err(|error| unread(&error))?;
    let mut zip = ZipArchive::new(file).map_err(|error| unread(&error))?;
    // Of two entries with one name each program may show another.
    if zip.has_duplicate_names() {
        return Err(unread(&"в нём два файла с одним именем"));
    }
    // Each file is read whole, so its checksum is checked on the way; names that lead out of the folder are refused.
    zip.extract(folder.path()).map_err(|error| unread(&error))?;
    check_folder(folder.path())
}
