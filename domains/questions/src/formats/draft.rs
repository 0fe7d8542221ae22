//! A question as its file gives it, and how it becomes one that the program can mark.
use std::borrow::Cow;

use marking::{Choice, Opt, Question};

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

pub struct Draft<'a> {
    pub text: Passage<'a>,
    pub choice: Choice,
    pub variants: Vec<Variant<'a>>,
    pub feedback: Passage<'a>,
}

impl<'a> Passage<'a> {
    pub fn new(text: impl Into<Cow<'a, str>>, markup: Markup) -> Self {
        Self { text: text.into(), markup, files: Vec::new() }
    }

    fn clean(&self, pictures: &mut Pictures) -> Result<String, Fault> {
        let html = pictures.settle(&html::clean(&self.text, self.markup)?, &self.files)?;
        Ok(html::tidy(&html).to_owned())
    }
}

impl Variant<'_> {
    /// Worth the whole mark, give or take the rounding of thirds.
    pub fn is_full(&self) -> bool {
        self.weight > 99.9
    }
}

impl Draft<'_> {
    /// The question, its pictures, and what it lost on the way.
    pub fn finish(self) -> Result<(Question, Vec<Picture>, Vec<String>), Fault> {
        let mut pictures = Pictures::default();
        let text = self.text.clean(&mut pictures)?;
        // Part of a mark makes an option right only where the whole mark is made of parts.
        let whole = self.choice == Choice::One || self.variants.iter().any(Variant::is_full);
        let right = |variant: &Variant| if whole { variant.is_full() } else { variant.weight > 0.0 };

        let mut options = Vec::with_capacity(self.variants.len());
        let mut explanation = vec![self.feedback.clean(&mut pictures)?];
        for variant in &self.variants {
            let option = Opt { text: variant.text.clean(&mut pictures)?, right: right(variant) };
            let feedback = variant.feedback.clean(&mut pictures)?;
            if !feedback.is_empty() {
                explanation.push(about(&option, &feedback));
            }
            options.push(option);
        }
        let question = Question { text, choice: self.choice, options, explanation: joined(&explanation) };
        question.check()?;

        let mut remarks = pictures.dropped;
        if self.variants.iter().any(|variant| variant.weight > 0.0 && !right(variant)) {
            remarks.push("часть балла за неполный ответ не сохранена: вариант считается неверным".to_owned());
        }
        Ok((question, pictures.kept, remarks))
    }
}

/// Options are shuffled, so an explanation names them by their words.
fn about(option: &Opt, feedback: &str) -> String {
    let words = match html::excerpt(&option.text, 60) {
        none if none.is_empty() => "с рисунком".to_owned(),
        words => format!("«{}»", html::escape(&words)),
    };
    if html::has_blocks(feedback) {
        format!("<p>Вариант {words}:</p>{feedback}")
    } else {
        format!("<p>Вариант {words}: {feedback}</p>")
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
