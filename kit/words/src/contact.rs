//! Telephone and e-mail.
use std::fmt;

use crate::{Wrong, digits};

/// Telephone in E.164: `+79161234567`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// A Russian number with 8, +7 or nothing before its ten digits, or a foreign one with its `+`.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let digits = digits(text).iter().map(u8::to_string).collect::<String>();
        let foreign = text.trim_start().starts_with('+') && !digits.starts_with('7');
        match digits.len() {
            8..=15 if foreign => Ok(Self(format!("+{digits}"))),
            11 if digits.starts_with('7') || digits.starts_with('8') => {
                Ok(Self(format!("+7{}", &digits[1..])))
            }
            10 => Ok(Self(format!("+7{digits}"))),
            found => Err(Wrong::new(format!("Телефон: 10 цифр после +7, введено {found}"))),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    /// `+7 916 123-45-67`; a foreign one as it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.strip_prefix("+7") {
            Some(d) if d.len() == 10 => {
                write!(f, "+7 {} {}-{}-{}", &d[..3], &d[3..6], &d[6..8], &d[8..])
            }
            _ => f.write_str(&self.0),
        }
    }
}

/// E-mail address; the domain is kept in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let text = text.trim();
        let Some((name, domain)) = text.rsplit_once('@') else {
            return Err(Wrong::new("Почта: нужен адрес вида name@example.ru"));
        };
        if let Some(letter) = text.chars().find(|c| matches!(c, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё')) {
            return Err(Wrong::new(format!("Почта: русская буква «{letter}», переключите раскладку")));
        }
        let fits = |c: char| c.is_ascii_graphic() && !"\"(),:;<>[\\]@".contains(c);
        let labels_fit = domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        });
        let name_fits = !name.is_empty()
            && name.len() <= 64
            && name.chars().all(fits)
            && !name.starts_with('.')
            && !name.ends_with('.')
            && !name.contains("..");
        if !name_fits || !labels_fit || !domain.contains('.') || domain.len() > 253 {
            return Err(Wrong::new("Почта: нужен адрес вида name@example.ru"));
        }
        Ok(Self(format!("{name}@{}", domain.to_ascii_lowercase())))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
