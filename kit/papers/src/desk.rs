//! All that a template may see while it is set: its own files and the fonts. No disk, no network, no packages, no clock.
use std::collections::HashMap;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook, Lang, TextElem};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::press::Unprintable;

/// The type case: the language and the fonts, the same for every document of the process.
static CASE: LazyLock<Case> = LazyLock::new(|| {
    let fonts: Vec<Font> = typst_assets::fonts().flat_map(|font| Font::iter(Bytes::new(font))).collect();
    let mut library = Library::default();
    library.styles.set(TextElem::lang, Lang::RUSSIAN);
    Case { library: LazyHash::new(library), book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
});

struct Case {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

/// The files of one document.
pub struct Desk {
    main: FileId,
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
}

impl Desk {
    pub fn new(template: &str) -> Result<Self, Unprintable> {
        let main = id("main.typ")?;
        let sources = HashMap::from([(main, Source::new(main, template.to_owned()))]);
        Ok(Self { main, sources, files: HashMap::new() })
    }

    /// Files are copied: the engine's cache may outlive the paper. Their names are kept by the engine for ever
    /// (at most 65 thousand of them in a process), so names are fixed words, never made from data.
    pub fn put(&mut self, name: &str, content: &[u8]) -> Result<(), Unprintable> {
        let id = id(name)?;
        if id.get().vpath().extension() == Some("typ") {
            let text = str::from_utf8(content).map_err(|_| Unprintable(format!("{name}: not UTF-8")))?;
            self.sources.insert(id, Source::new(id, text.to_owned()));
        } else {
            self.files.insert(id, Bytes::new(content.to_vec()));
        }
        Ok(())
    }
}

fn id(name: &str) -> Result<FileId, Unprintable> {
    let path = VirtualPath::new(name).map_err(|why| Unprintable(format!("{name}: {why}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &CASE.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &CASE.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or_else(|| absent(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| absent(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        CASE.fonts.get(index).cloned()
    }

    /// Time is a parameter: dates come ready in the data.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn absent(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}
