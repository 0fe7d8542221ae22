//! Moodle XML, Moodle's format for moving questions with their pictures: <https://docs.moodle.org/en/Moodle_XML_format>.
mod element;
mod kinds;
pub use kinds::Scale;
pub mod write;

use element::{Broken, Element};
use kinds::wanted;
use quick_xml::{Reader, events::Event};

use super::{
    BankFile, Refusal, Unreadable, category,
    draft::{Draft, Passage, Variant},
    encoding::line_breaks,
    fault::Fault,
    html::{Markup, shortened},
    pictures::{Attached, Content},
};

pub fn read(text: &str) -> Result<BankFile, Unreadable> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().allow_dangling_amp = true;
    let mut lines = Lines { text, passed: 0, line: 1 };
    let mut bank = BankFile::default();
    let Err(broken) = enter_all(&mut reader, &mut lines, &mut bank) else {
        return Ok(bank);
    };
    let line = lines.at(reader.error_position());
    if bank.read.is_empty() {
        return Err(Unreadable { line, why: broken.to_string() });
    }
    let why = format!("дальше файл не прочитан: {broken}");
    bank.refused.push(Refusal { line, name: String::new(), why });
    Ok(bank)
}

/// Enters every question of `<quiz>`, up to the place where the file breaks.
fn enter_all<'a>(
    reader: &mut Reader<&'a [u8]>,
    lines: &mut Lines<'a>,
    bank: &mut BankFile,
) -> Result<(), Broken> {
    let mut here = Vec::new();
    let mut within = false;
    loop {
        let line = lines.at(reader.buffer_position());
        match reader.read_event()? {
            Event::Start(tag) if within => {
                let element = Element::read(reader, tag)?;
                if !element.is("question") {
                    continue;
                }
                match element.attribute("type").unwrap_or_default().as_str() {
                    "category" => {
                        here = category(element.child("category").map_or("", |path| path.word("text")));
                    }
                    kind => {
                        let name = element.child("name").map_or("", |name| name.word("text"));
                        bank.enter(line, shortened(name, 200), &here, question(kind, &element));
                    }
                }
            }
            Event::Start(tag) if tag.name().as_ref() == "quiz" => within = true,
            Event::End(_) if within => return Ok(()),
            Event::Eof if within => return Err(Broken::Cut),
            Event::Start(_) | Event::Eof => return Err(Broken::NotQuiz),
            _ => {}
        }
    }
}

fn question<'a>(of: &str, element: &'a Element<'_>) -> Result<Draft<'a>, Fault> {
    if let Some(reference) = &element.unknown {
        return Err(Fault::Entity(reference.clone()));
    }
    if element.word("hidden") == "1" {
        return Err(Fault::Hidden);
    }
    if !element.word("image").is_empty() {
        return Err(Fault::OldPicture);
    }
    let text = passage(element.child("questiontext"), Markup::Auto)?;
    let markup = text.markup;
    let feedback = passage(element.child("generalfeedback"), markup)?;
    let (wanted, text, remarks) = wanted(of, element, text)?;
    Ok(Draft { remarks, ..Draft::new(text, wanted, feedback) })
}

fn variant<'a>(answer: &'a Element<'_>, markup: Markup) -> Result<Variant<'a>, Fault> {
    let fraction = answer.attribute("fraction").unwrap_or_else(|| "0".to_owned());
    let weight = fraction.trim().replace(',', ".").parse().map_err(|_| Fault::Fraction(fraction))?;
    let feedback = passage(answer.child("feedback"), markup)?;
    Ok(Variant { text: passage(Some(answer), markup)?, weight, feedback })
}

/// What an element says in its `<text>`, with the files beside it.
fn passage<'a>(element: Option<&'a Element<'_>>, inherited: Markup) -> Result<Passage<'a>, Fault> {
    let Some(element) = element else {
        return Ok(Passage::new("", inherited));
    };
    let markup = element.attribute("format").and_then(|name| Markup::named(&name)).unwrap_or(inherited);
    let said = match element.child("text") {
        Some(text) if !text.children.is_empty() => return Err(Fault::BareMarkup),
        Some(text) => text,
        None => element,
    };
    let files = element.all("file").map(|file| {
        let part = |name| file.attribute(name).unwrap_or_default();
        let path = format!("{}/{}", part("path").trim_matches('/'), part("name"));
        Attached { path: path.trim_start_matches('/').to_owned(), content: Content::Base64(&file.text) }
    });
    Ok(Passage { files: files.collect(), ..Passage::new(&*said.text, markup) })
}

/// Counts lines while a reader goes forward.
struct Lines<'a> {
    text: &'a str,
    passed: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of a place in the text; of a place already passed, the line reached.
    fn at(&mut self, place: u64) -> usize {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let ahead = self.text.as_bytes().get(self.passed..place).unwrap_or_default();
        self.line += line_breaks(ahead);
        self.passed += ahead.len();
        self.line
    }
}
