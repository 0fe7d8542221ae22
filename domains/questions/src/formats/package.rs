//! A ZIP with questions in it, opened within bounds: a small file may unpack into a very large one.
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::Unreadable;

pub struct Package<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Places of the files by their paths, slashes forward.
    places: BTreeMap<String, usize>,
    /// Bytes that may still be unpacked.
    left: u64,
}

/// All that is unpacked of one package, and the files that it may have.
const LARGEST: u64 = 192 << 20;
const MOST: usize = 50_000;
/// One file of it.
const LARGEST_FILE: u64 = 24 << 20;

impl<'a> Package<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        let unreadable = |why: &str| Unreadable { line: 1, why: why.to_owned() };
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable("архив не открывается"))?;
        if zip.len() > MOST {
            return Err(unreadable("в архиве слишком много файлов"));
        }
        let places = (0..zip.len())
            .filter_map(|place| Some((zip.name_for_index(place)?.ok()?.replace('\\', "/"), place)))
            .collect();
        Ok(Self { zip, places, left: LARGEST })
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// The content of a file; none: there is no such file, it is broken, or larger than anything that questions are made of.
    pub fn read(&mut self, path: &str) -> Option<Vec<u8>> {
        let place = *self.places.get(path)?;
        let most = self.left.min(LARGEST_FILE);
        let mut bytes = Vec::new();
        self.zip.by_index(place).ok()?.take(most + 1).read_to_end(&mut bytes).ok()?;
        let size = u64::try_from(bytes.len()).ok()?;
        self.left = self.left.saturating_sub(size);
        (size <= most).then_some(bytes)
    }
}

/// `../images/a.png` as seen from `items/1`: `items/images/a.png`; none leads out of the package.
pub fn beside(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split(['?', '#']).next()?.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// `items/1` of `items/1/a.xml`
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
