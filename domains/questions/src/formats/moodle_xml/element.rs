//! One element of an XML file with all that it holds, within bounds.
use std::{borrow::Cow, mem};

use quick_xml::{
    Error, Reader, XmlVersion,
    errors::{IllFormedError, SyntaxError},
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};

pub struct Element<'a> {
    tag: BytesStart<'a>,
    /// What stands between the tags, the children left out.
    pub text: Cow<'a, str>,
    pub children: Vec<Element<'a>>,
    /// A reference in it or below it that no rule of XML explains.
    pub unknown: Option<String>,
}

/// Why the rest of a file cannot be read, in words for a teacher.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error("это не Moodle XML: файл не начинается с <quiz>")]
    NotQuiz,
    #[error("разметка XML нарушена: <{expected}> закрыт тегом </{found}>")]
    Mismatched { expected: String, found: String },
    #[error("файл обрывается на середине")]
    Cut,
    #[error("теги вложены друг в друга слишком глубоко")]
    Deep,
    #[error("в одном вопросе слишком много тегов")]
    Large,
    #[error("разметка XML нарушена")]
    Syntax,
}

const DEEPEST: usize = 32;
const MOST: usize = 10_000;

impl<'a> Element<'a> {
    /// Reads on to the end of what `tag` opened.
    pub fn read(reader: &mut Reader<&'a [u8]>, tag: BytesStart<'a>) -> Result<Self, Broken> {
        let mut parents = Vec::new();
        let mut current = Self::new(tag);
        let mut count = 0;
        loop {
            match reader.read_event()? {
                Event::Start(_) if parents.len() == DEEPEST => return Err(Broken::Deep),
                Event::Start(_) if count == MOST => return Err(Broken::Large),
                Event::Start(tag) => {
                    count += 1;
                    parents.push(mem::replace(&mut current, Self::new(tag)));
                }
                Event::End(_) => match parents.pop() {
                    None => return Ok(current),
                    Some(parent) => {
                        let child = mem::replace(&mut current, parent);
                        current.adopt(child);
                    }
                },
                Event::Text(text) => current.say(text.into_inner()),
                Event::CData(text) => current.say(text.into_inner()),
                Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                    Ok(Some(letter)) => current.say(letter.to_string().into()),
                    _ => match resolve_predefined_entity(&reference) {
                        Some(letter) => current.say(letter.into()),
                        None => current.unknown = Some(reference.into_inner().into_owned()),
                    },
                },
                Event::Eof => return Err(Broken::Cut),
                _ => {}
            }
        }
    }

    fn new(tag: BytesStart<'a>) -> Self {
        Self { tag, text: Cow::Borrowed(""), children: Vec::new(), unknown: None }
    }

    /// A long text, such as a picture, stays borrowed from the file.
    fn say(&mut self, text: Cow<'a, str>) {
        if self.text.is_empty() { self.text = text } else { self.text += text }
    }

    fn adopt(&mut self, mut child: Self) {
        self.unknown = self.unknown.take().or(child.unknown.take());
        self.children.push(child);
    }

    pub fn is(&self, name: &str) -> bool {
        self.tag.name().as_ref() == name
    }

    pub fn all(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.is(name))
    }

    pub fn child(&self, name: &str) -> Option<&Self> {
        self.all(name).next()
    }

    /// The trimmed text of a child, or nothing.
    pub fn word(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.trim())
    }

    pub fn attribute(&self, name: &str) -> Option<String> {
        let attribute = self.tag.try_get_attribute(name).ok()??;
        Some(attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
    }
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        match error {
            Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
                Self::Mismatched { expected, found }
            }
            Error::Syntax(
                SyntaxError::UnclosedTag | SyntaxError::UnclosedCData | SyntaxError::UnclosedComment,
            ) => Self::Cut,
            _ => Self::Syntax,
        }
    }
}
