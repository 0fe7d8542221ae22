//! Numbers with checksums: СНИЛС, ИНН, ОГРН.
use std::fmt;

use crate::{Wrong, digits};

/// Insurance number of a person: 11 digits, shown as `112-233-445 95`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Snils(String);

impl Snils {
    /// Takes digits with anything between them. The checksum is proven for numbers above 001-001-998 only: older
    /// ones were given without it.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let digits = digits(text);
        if text.chars().any(char::is_alphabetic) || digits.len() != 11 {
            return Err(Wrong::new(format!("СНИЛС: 11 цифр, введено {}", digits.len())));
        }
        let sum: u32 = (1..=9).rev().zip(&digits).map(|(weight, &digit)| weight * u32::from(digit)).sum();
        let check = match sum {
            0..100 => sum,
            100 | 101 => 0,
            _ => sum % 101 % 100,
        };
        let number = digits[..9].iter().fold(0u32, |number, &digit| number * 10 + u32::from(digit));
        if number == 0 || number > 1_001_998 && u32::from(digits[9] * 10 + digits[10]) != check {
            return Err(Wrong::new("СНИЛС: контрольное число не сходится, проверьте цифры"));
        }
        Ok(Self(text_of(&digits)))
    }

    /// Eleven digits without separators, as they are stored.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Snils {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let d = &self.0;
        write!(f, "{}-{}-{} {}", &d[..3], &d[3..6], &d[6..9], &d[9..])
    }
}

/// Taxpayer's number: 10 digits of a company, 12 of a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Inn(String);

impl Inn {
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let digits = digits(text);
        let right = match digits.len() {
            10 => weighted(&digits, &[2, 4, 10, 3, 5, 9, 4, 6, 8]) == digits[9],
            12 => {
                weighted(&digits, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == digits[10]
                    && weighted(&digits, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == digits[11]
            }
            other => return Err(Wrong::new(format!("ИНН: 10 или 12 цифр, введено {other}"))),
        };
        if !right || text.chars().any(char::is_alphabetic) || digits.iter().all(|&digit| digit == 0) {
            return Err(Wrong::new("ИНН: контрольное число не сходится, проверьте цифры"));
        }
        Ok(Self(text_of(&digits)))
    }

    pub fn digits(&self) -> &str {
        &self.0
    }
}

/// State number of a company (13 digits) or of a sole trader (15).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ogrn(String);

impl Ogrn {
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let digits = digits(text);
        let divisor = match digits.len() {
            13 => 11,
            15 => 13,
            other => return Err(Wrong::new(format!("ОГРН: 13 или 15 цифр, введено {other}"))),
        };
        let (check, body) = digits.split_last().expect("13 or 15 digits");
        let number = body.iter().fold(0u64, |number, &digit| number * 10 + u64::from(digit));
        if number == 0 || text.chars().any(char::is_alphabetic) || number % divisor % 10 != u64::from(*check)
        {
            return Err(Wrong::new("ОГРН: контрольное число не сходится, проверьте цифры"));
        }
        Ok(Self(text_of(&digits)))
    }

    pub fn digits(&self) -> &str {
        &self.0
    }
}

fn weighted(digits: &[u8], weights: &[u32]) -> u8 {
    let sum: u32 = weights.iter().zip(digits).map(|(weight, &digit)| weight * u32::from(digit)).sum();
    u8::try_from(sum % 11 % 10).expect("a digit")
}

fn text_of(digits: &[u8]) -> String {
    digits.iter().map(|&digit| char::from(b'0' + digit)).collect()
}
