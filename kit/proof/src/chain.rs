//! A chain: each step's hash covers the step and the hash before it.
use std::fmt::Write;

use sha2::{Digest, Sha256};

/// A step as it is hashed. Texts stand as they are kept; nothing in it may hold a line break but `content`, which is the last.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    pub attempt: &'a str,
    /// From 1.
    pub n: i64,
    /// The key under which it was sent.
    pub key: &'a str,
    pub kind: &'a str,
    /// Place in the ticket, from 0.
    pub seat: Option<i64>,
    /// Unix milliseconds.
    pub at: i64,
    pub content: Option<&'a str>,
}

impl Step<'_> {
    /// SHA-256, 64 hexadecimal digits, of seven lines and the content: the hash before (empty for the first step), attempt, n, key,
    /// kind, seat (or `-`), at.
    pub fn hash(&self, before: &str) -> String {
        let Step { attempt, n, key, kind, seat, at, content } = self;
        let seat = seat.map_or_else(|| "-".to_owned(), |seat| seat.to_string());
        let content = content.unwrap_or_default();
        hash_of(format!("{before}\n{attempt}\n{n}\n{key}\n{kind}\n{seat}\n{at}\n{content}").as_bytes())
    }
}

/// SHA-256 as 64 hexadecimal digits.
pub fn hash_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
