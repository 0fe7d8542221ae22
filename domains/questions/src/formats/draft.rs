//! A question as its file gives it, and how it becomes one that the program can mark.
use std::borrow::Cow;

use marking::{Area, Choice, Credit, Gap, Opt, Quantity, Question, Span, Task, Unit, Wording};

use super::{
    Picture,
    fault::Fault,
    html::{self, Markup},
    pictures::{Attached, Pictures},
};

/// One text of a question with the files that lie beside it.
pub struct Passage<'a> {
    pub text: Cow<'a, str>,
    pub markup: Markup,
    pub files: Vec<Attached<'a>>,
}

/// An option with its share of the mark, in per cent.
pub struct Variant<'a> {
    pub text: Passage<'a>,
    pub weight: f64,
    pub feedback: Passage<'a>,
}

/// A number with its share of the mark, in per cent.
pub struct Figure<'a> {
    pub span: Span,
    pub weight: f64,
    pub feedback: Passage<'a>,
}

pub struct Draft<'a> {
    pub text: Passage<'a>,
    pub wanted: Wanted<'a>,
    pub credit: Credit,
    pub feedback: Passage<'a>,
    /// What reading changed already, in words for a teacher.
    pub remarks: Vec<String>,
}

/// What a file's question asks for.
pub enum Wanted<'a> {
    Choice(Choice, Vec<Variant<'a>>),
    TrueFalse {
        truth: bool,
        feedback: Vec<Passage<'a>>,
    },
    /// Variants are plain texts.
    Text {
        exact_case: bool,
        variants: Vec<Variant<'a>>,
    },
    Number {
        figures: Vec<Figure<'a>>,
        units: Vec<Unit>,
    },
    Gaps(Vec<Gap>),
    /// Rows with their columns; a column without a row belongs to none.
    Match(Vec<(Option<Passage<'a>>, Passage<'a>)>),
    Order(Vec<Passage<'a>>),
    Point {
        picture: Attached<'a>,
        alt: String,
        areas: Vec<Area>,
    },
    /// Several questions about one text.
    Case(Vec<Draft<'a>>),
    Open(Vec<String>),
}

impl<'a> Passage<'a> {
    pub fn new(text: impl Into<Cow<'a, str>>, markup: Markup) -> Self {
        Self { text: text.into(), markup, files: Vec::new() }
    }

    fn clean(&self, pictures: &mut Pictures) -> Result<String, Fault> {
        let html = pictures.settle(&html::clean(&self.text, self.markup)?, &self.files)?;
        Ok(html::tidy(&html).to_owned())
    }

    /// The words alone.
    fn plain(&self) -> Result<String, Fault> {
        Ok(html::excerpt(&html::clean(&self.text, self.markup)?, 500))
    }
}

impl Variant<'_> {
    /// Worth the whole mark, give or take the rounding of thirds.
    pub fn is_full(&self) -> bool {
        is_full(self.weight)
    }
}

fn is_full(weight: f64) -> bool {
    weight > 99.9
}

const SHARE_LOST: &str = "часть балла за неполный ответ не сохранена: вариант считается неверным";

impl<'a> Draft<'a> {
    pub fn new(text: Passage<'a>, wanted: Wanted<'a>, feedback: Passage<'a>) -> Self {
        Self { text, wanted, credit: Credit::Whole, feedback, remarks: Vec::new() }
    }

    /// The question, its pictures, and what it lost on the way.
    pub fn finish(self) -> Result<(Question, Vec<Picture>, Vec<String>), Fault> {
        let mut pictures = Pictures::default();
        let mut remarks = self.remarks.clone();
        let question = self.build(&mut pictures, &mut remarks)?.laid_out();
        question.check()?;
        let mut said = pictures.dropped;
        said.extend(remarks);
        Ok((question, pictures.kept, said))
    }

    fn build(self, pictures: &mut Pictures, remarks: &mut Vec<String>) -> Result<Question, Fault> {
        let text = self.text.clean(pictures)?;
        let mut explanation = vec![self.feedback.clean(pictures)?];
        let task = match self.wanted {
            Wanted::Choice(choice, variants) => {
                // Part of a mark makes an option right only where the whole mark is made of parts.
                let whole = choice == Choice::One || variants.iter().any(Variant::is_full);
                let right = |variant: &Variant| if whole { variant.is_full() } else { variant.weight > 0.0 };
                let mut options = Vec::with_capacity(variants.len());
                for variant in &variants {
                    let option = Opt { text: variant.text.clean(pictures)?, right: right(variant) };
                    explain(&mut explanation, &words_of(&option.text), variant.feedback.clean(pictures)?);
                    options.push(option);
                }
                if variants.iter().any(|variant| variant.weight > 0.0 && !right(variant)) {
                    remarks.push(SHARE_LOST.to_owned());
                }
                Task::Choice { choice, options }
            }
            Wanted::TrueFalse { truth, feedback } => {
                for (words, passage) in ["«Верно»", "«Неверно»"].into_iter().zip(feedback) {
                    explain(&mut explanation, words, passage.clean(pictures)?);
                }
                Task::TrueFalse { truth }
            }
            Wanted::Text { exact_case, variants } => {
                let mut accepted = Vec::new();
                for variant in &variants {
                    let words = variant.text.plain()?;
                    explain(
                        &mut explanation,
                        &format!("«{}»", html::escape(&words)),
                        variant.feedback.clean(pictures)?,
                    );
                    if variant.is_full() {
                        accepted.push(words);
                    } else if variant.weight > 0.0 {
                        remarks.push(SHARE_LOST.to_owned());
                    }
                }
                Task::Text(Wording { accepted, exact_case, typos: 0 })
            }
            Wanted::Number { figures, units } => {
                for figure in &figures {
                    let words = format!("«{}»", figure.span.value.to_string().replace('.', ","));
                    explain(&mut explanation, &words, figure.feedback.clean(pictures)?);
                    if figure.weight > 0.0 && !is_full(figure.weight) {
                        remarks.push(SHARE_LOST.to_owned());
                    }
                }
                let full = figures.into_iter().filter(|figure| is_full(figure.weight));
                Task::Number(Quantity { accepted: full.map(|figure| figure.span).collect(), units })
            }
            Wanted::Gaps(gaps) => Task::Gaps(gaps),
            Wanted::Match(pairs) => {
                let (mut rows, mut columns, mut key) = (Vec::new(), Vec::<String>::new(), Vec::new());
                for (row, column) in &pairs {
                    let column = column.clean(pictures)?;
                    let place = columns.iter().position(|known| *known == column).unwrap_or(columns.len());
                    if place == columns.len() {
                        columns.push(column);
                    }
                    if let Some(row) = row {
                        rows.push(row.clean(pictures)?);
                        key.push(place);
                    }
                }
                Task::Match { rows, columns, key }
            }
            Wanted::Order(items) => Task::Order {
                items: items.iter().map(|item| item.clean(pictures)).collect::<Result<_, _>>()?,
            },
            Wanted::Point { picture, alt, areas } => {
                Task::Point { picture: pictures.alone(&picture)?, alt, areas }
            }
            Wanted::Case(parts) => {
                let mut built = Vec::with_capacity(parts.len());
                for mut part in parts {
                    remarks.append(&mut part.remarks);
                    built.push(part.build(pictures, remarks)?);
                }
                Task::Case { parts: built }
            }
            Wanted::Open(rubric) => Task::Open { rubric },
        };
        Ok(Question { text, task, credit: self.credit, explanation: joined(&explanation) })
    }
}

/// Options are shuffled, so an explanation names them by their words.
fn explain(explanation: &mut Vec<String>, words: &str, feedback: String) {
    if feedback.is_empty() {
        return;
    }
    explanation.push(if html::has_blocks(&feedback) {
        format!("<p>Вариант {words}:</p>{feedback}")
    } else {
        format!("<p>Вариант {words}: {feedback}</p>")
    });
}

fn words_of(option: &str) -> String {
    match html::excerpt(option, 60) {
        none if none.is_empty() => "с рисунком".to_owned(),
        words => format!("«{}»", html::escape(&words)),
    }
}

fn joined(parts: &[String]) -> Option<String> {
    match parts {
        [general] => Some(general.clone()).filter(|general| !general.is_empty()),
        [general, rest @ ..] if general.is_empty() => Some(rest.concat()),
        [general, rest @ ..] => Some(html::paragraph(general) + &rest.concat()),
        [] => None,
    }
}
