//! The press: a paper in, PDF bytes out; the same paper gives the same bytes.
use std::fmt::Write as _;

use jiff::{Timestamp, tz::TimeZone};
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::{Datetime, Smart};
use typst::syntax::DiagSpan;
use typst::{World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use crate::desk::Desk;

/// A document to print.
pub struct Paper<'a> {
    /// The main file, in Typst markup.
    pub template: &'a str,
    /// What the template reads as `json("data.json")`.
    pub data: &'a serde_json::Value,
    /// Other files it may read: shared templates, pictures. Names are fixed words, see `Desk::put`.
    pub files: &'a [(&'a str, &'a [u8])],
    pub title: &'a str,
    /// The date of creation, unix milliseconds.
    pub at: i64,
}

/// Why a document could not be printed: all that the engine said, with places.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unprintable(pub(crate) String);

/// Cheap to make and to share; the first document of a process waits for the fonts. Printing is CPU work: call it
/// from a blocking thread.
#[derive(Debug, Default, Clone, Copy)]
pub struct Press;

impl Press {
    pub fn new() -> Self {
        Self
    }

    pub fn print(&self, paper: &Paper) -> Result<Vec<u8>, Unprintable> {
        let printed = print(paper);
        // What two documents have not asked for again is dropped: 46 MB stay in memory instead of 600-930.
        typst::comemo::evict(2);
        printed
    }
}

fn print(paper: &Paper) -> Result<Vec<u8>, Unprintable> {
    let data = paper.data.to_string();
    let mut desk = Desk::new(paper.template)?;
    desk.put("data.json", data.as_bytes())?;
    for (name, content) in paper.files {
        desk.put(name, content)?;
    }

    let Warned { output, warnings } = typst::compile::<PagedDocument>(&desk);
    let mut document = output.map_err(|said| explain(&desk, &said))?;
    // The engine only warns when it leaves out what it cannot place, or has no such font: an official paper may not.
    if !warnings.is_empty() {
        return Err(explain(&desk, &warnings));
    }
    document.info_mut().title = Some(paper.title.into());

    let options = PdfOptions {
        ident: Smart::Custom(format!("{}\n{}\n{data}", paper.title, paper.at)),
        creator: Smart::Custom(None),
        timestamp: moment(paper.at).map(typst_pdf::Timestamp::new_utc),
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|said| explain(&desk, &said))
}

fn moment(at: i64) -> Option<Datetime> {
    let at = TimeZone::UTC.to_datetime(Timestamp::from_millisecond(at).ok()?);
    let part = |number: i8| u8::try_from(number).ok();
    Datetime::from_ymd_hms(
        at.year().into(),
        part(at.month())?,
        part(at.day())?,
        part(at.hour())?,
        part(at.minute())?,
        part(at.second())?,
    )
}

/// One line a complaint: `main.typ:3:14: unknown variable: x (hint: …); while calling `f` at common.typ:8:2`.
fn explain(desk: &Desk, said: &[SourceDiagnostic]) -> Unprintable {
    let mut text = String::new();
    for complaint in said {
        let separator = if text.is_empty() { "" } else { "\n" };
        let _ = write!(text, "{separator}{}: {}", place(desk, complaint.span), complaint.message);
        for hint in &complaint.hints {
            let _ = write!(text, " (hint: {})", hint.v);
        }
        for step in &complaint.trace {
            let _ = write!(text, "; {} at {}", step.v, place(desk, step.span.into()));
        }
    }
    Unprintable(text)
}

fn place(desk: &Desk, span: DiagSpan) -> String {
    let Some(file) = span.id() else { return "document".to_owned() };
    let name = file.get().vpath().get_without_slash();
    let at = desk.source(file).ok().zip(desk.range(span));
    match at.and_then(|(source, range)| source.lines().byte_to_line_column(range.start)) {
        Some((line, column)) => format!("{name}:{}:{}", line + 1, column + 1),
        None => name.to_owned(),
    }
}
