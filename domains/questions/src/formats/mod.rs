//! Readers of question files: GIFT, Moodle XML, QTI, Aiken, JSON lines, spreadsheets, Word. Pure: bytes in, questions and refusals out.
mod aiken;
mod cloze;
mod docx;
mod draft;
mod encoding;
mod fault;
pub(crate) mod gift;
pub(crate) mod html;
pub(crate) mod jsonl;
pub(crate) mod moodle_xml;
mod package;
mod paragraphs;
pub(crate) mod pictures;
mod qti;
pub mod sheet;

use draft::Draft;
use fault::Fault;
use marking::Question;
use package::Package;

/// What a file of questions held: what was read, what was refused and why, what was changed on the way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BankFile {
    pub read: Vec<ReadQuestion>,
    pub refused: Vec<Refusal>,
    pub notes: Vec<Note>,
}

/// A question that the program can mark, with the line on which it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadQuestion {
    pub line: usize,
    pub name: String,
    /// Outermost first.
    pub category: Vec<String>,
    pub question: Question,
    /// Exactly those that its texts show as `<img src="picture:NAME">`.
    pub pictures: Vec<Picture>,
}

/// A PNG, JPEG, GIF or WebP; its name is unique within the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A question that was not taken, and why, in words for a teacher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub line: usize,
    pub name: String,
    pub why: String,
}

/// Something that a question lost on the way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub line: usize,
    pub name: String,
    pub what: String,
}

/// The whole file is not of its format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("строка {line}: {why}")]
pub struct Unreadable {
    pub line: usize,
    pub why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Aiken,
    /// docx
    Document,
    Gift,
    JsonLines,
    MoodleXml,
    /// A package, or one item.
    Qti,
    /// xlsx
    Sheet,
}

impl Format {
    /// The content decides, the name helps: GIFT has no signature, XML has.
    pub fn guess(file_name: &str, bytes: &[u8]) -> Self {
        let mark =
            |byte: &&u8| matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff) || byte.is_ascii_whitespace();
        let head: Vec<u8> = bytes.iter().take(64).filter(|byte| !mark(byte)).copied().collect();
        let named_xml =
            std::path::Path::new(file_name).extension().is_some_and(|ext| ext.eq_ignore_ascii_case("xml"));
        let looks = |starts: &[&str]| starts.iter().any(|start| head.starts_with(start.as_bytes()));
        if bytes.starts_with(b"PK") {
            let package = Package::open(bytes);
            return match package {
                Ok(package) if qti::is_package(&package) => Self::Qti,
                Ok(package) if docx::is_document(&package) => Self::Document,
                _ => Self::Sheet,
            };
        }
        match () {
            () if qti::is_item(&String::from_utf8_lossy(&bytes[..bytes.len().min(4096)])) => Self::Qti,
            () if named_xml || looks(&["<?xml", "<!--", "<quiz"]) => Self::MoodleXml,
            () if looks(&["{\""]) => Self::JsonLines,
            () if encoding::decode(bytes).is_ok_and(|text| aiken::looks_so(&text)) => Self::Aiken,
            () => Self::Gift,
        }
    }
}

impl Format {
    /// What is typed as plain text in a document of another kind; none: neither.
    fn guess_text(text: &str) -> Option<Self> {
        match () {
            () if aiken::looks_so(text) => Some(Self::Aiken),
            () if text.contains('{') && text.contains('}') && text.contains(['=', '~']) => Some(Self::Gift),
            () => None,
        }
    }
}

/// The rows of the table that a file is, or that its questions stand in; none: it is of another kind.
pub fn table(format: Format, bytes: &[u8]) -> Result<Option<sheet::Rows>, Unreadable> {
    match format {
        Format::Sheet => sheets::read(bytes)
            .map(|rows| Some(sheet::plain(rows)))
            .map_err(|error| Unreadable { line: 1, why: error.to_string() }),
        Format::Document => docx::table(Package::open(bytes)?),
        _ => Ok(None),
    }
}

/// Reads such rows by what their columns hold.
pub fn read_table(
    format: Format,
    bytes: &[u8],
    rows: &sheet::Rows,
    layout: &sheet::Layout,
) -> Result<BankFile, Unreadable> {
    if format == Format::Document {
        let mut package = Package::open(bytes)?;
        return Ok(sheet::read_by(rows, layout, &mut |path| package.read(path)));
    }
    Ok(sheet::read_by(rows, layout, &mut |_| None))
}

/// Reads all that can be read. A bad question is refused and the next one is read.
pub fn read(format: Format, bytes: &[u8]) -> Result<BankFile, Unreadable> {
    if format == Format::Sheet {
        let rows = sheets::read(bytes).map_err(|error| Unreadable { line: 1, why: error.to_string() })?;
        return sheet::read(&sheet::plain(rows));
    }
    if format == Format::Document {
        return docx::read(Package::open(bytes)?);
    }
    if format == Format::Qti && bytes.starts_with(b"PK") {
        return qti::read(Package::open(bytes)?);
    }
    let text = encoding::decode(bytes)?;
    match format {
        Format::Aiken => Ok(aiken::read(&text)),
        // What has no braces may be typed as in Word.
        Format::Gift => gift::read(&text).or_else(|why| paragraphs::read_plain(&text).ok_or(why)),
        Format::JsonLines => jsonl::read(&text),
        Format::Qti => qti::read_one(&text),
        Format::MoodleXml | Format::Sheet | Format::Document => moodle_xml::read(&text),
    }
}

impl BankFile {
    /// Writes down how the reading of one question ended.
    fn enter(&mut self, line: usize, name: String, category: &[String], draft: Result<Draft<'_>, Fault>) {
        match draft.and_then(Draft::finish) {
            Err(fault) => self.refused.push(Refusal { line, name, why: fault.to_string() }),
            Ok((question, pictures, remarks)) => {
                self.notes.extend(remarks.into_iter().map(|what| Note { line, name: name.clone(), what }));
                self.read.push(ReadQuestion { line, name, category: category.to_vec(), question, pictures });
            }
        }
    }
}

/// `$course$/top/Охрана труда/Билет 1` without the places that only Moodle has; `//` is a slash inside a name.
fn category(path: &str) -> Vec<String> {
    const SLASH: &str = "\u{fdef}";
    path.replace("//", SLASH)
        .split('/')
        .map(|level| level.replace(SLASH, "/").trim().to_owned())
        .enumerate()
        .skip_while(|(depth, level)| {
            *depth < 2
                && (level == "top" || level.len() > 1 && level.starts_with('$') && level.ends_with('$'))
        })
        .map(|(_, level)| level)
        .filter(|level| !level.is_empty())
        .collect()
}
