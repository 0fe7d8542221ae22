//! Value types that the whole house speaks in. A value in hand is valid: nobody checks it again. No IO.
mod contact;
mod name;
mod number;
mod russian;
pub mod search;
mod secret;
mod time;
mod zone;

pub use contact::{Email, Phone};
pub use name::{Case, FullName, Sex};
pub use number::{Inn, Ogrn, Snils};
pub use russian::{count, count_genitive, folded, roubles, shown};
pub use secret::hex;
pub use time::{Clock, Day, Moment};
pub use zone::{ZONES, Zone};

/// Why a text is not the value it should be: a sentence for the person who typed it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Wrong(pub String);

impl Wrong {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

/// Digits of `text` in order; everything that people put between them is dropped.
fn digits(text: &str) -> Vec<u8> {
    text.chars().filter_map(|c| c.to_digit(10)).filter_map(|digit| u8::try_from(digit).ok()).collect()
}
