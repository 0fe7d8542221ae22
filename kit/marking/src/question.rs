//! A question of the bank: its text, its options, which of them are right.
use serde::{Deserialize, Serialize};

/// How many options a learner may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    One,
    Several,
}

/// One option; `text` is cleaned HTML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opt {
    pub text: String,
    pub right: bool,
}

/// A question with its key. Never leaves the server whole before an attempt has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Cleaned HTML; pictures stand in it as `<img src="picture:NAME">` in a file just read, as `/pictures/HASH` in the bank.
    pub text: String,
    pub choice: Choice,
    pub options: Vec<Opt>,
    /// Cleaned HTML shown after the answer in training and, where the package says so, after an attestation.
    pub explanation: Option<String>,
}

/// Why a question cannot stand in the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("нет текста вопроса")]
    NoText,
    #[error("меньше двух вариантов ответа")]
    FewOptions,
    #[error("вариант ответа пуст")]
    EmptyOption,
    #[error("два одинаковых варианта ответа")]
    SameOptions,
    #[error("нет верного ответа")]
    NoneRight,
    #[error("верны все варианты, выбирать не из чего")]
    AllRight,
    #[error("верных ответов несколько, а выбрать можно один")]
    SeveralRight,
}

impl Question {
    /// Whether the program can mark it: at least two different options, a right one and a wrong one.
    pub fn check(&self) -> Result<(), Flaw> {
        let right = self.options.iter().filter(|option| option.right).count();
        let distinct: std::collections::BTreeSet<_> =
            self.options.iter().map(|option| option.text.trim()).collect();
        match () {
            () if is_blank(&self.text) => Err(Flaw::NoText),
            () if self.options.len() < 2 => Err(Flaw::FewOptions),
            () if self.options.iter().any(|option| is_blank(&option.text)) => Err(Flaw::EmptyOption),
            () if distinct.len() < self.options.len() => Err(Flaw::SameOptions),
            () if right == 0 => Err(Flaw::NoneRight),
            () if right == self.options.len() => Err(Flaw::AllRight),
            () if right > 1 && self.choice == Choice::One => Err(Flaw::SeveralRight),
            () => Ok(()),
        }
    }

    /// The key: places of the right options, ascending, from 0.
    pub fn key(&self) -> Vec<usize> {
        (0..self.options.len()).filter(|&place| self.options[place].right).collect()
    }
}

/// No letter and no picture in it.
fn is_blank(html: &str) -> bool {
    if html.contains("<img") {
        return false;
    }
    let mut inside = false;
    !html.chars().any(|c| {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ => return !inside && !c.is_whitespace() && c != '\u{a0}',
        }
        false
    })
}
