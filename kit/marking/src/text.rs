//! A short text: which wordings are right, with wildcards and a tolerance to typos.
use serde::{Deserialize, Serialize};

/// What may be typed. `*` stands for any letters or none, `\*` for the star itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// Plain texts, the best first: it is the one shown as the key.
    pub accepted: Vec<String>,
    /// Capital letters matter.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exact_case: bool,
    /// At most so many slips of the finger (a letter more, less, other, or two exchanged), one for each five letters of the
    /// wording. A wording with a wildcard, or with a digit, has to be typed exactly.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub typos: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
const fn is_zero(typos: &u8) -> bool {
    *typos == 0
}

impl Wording {
    pub fn holds(&self, typed: &str) -> bool {
        let typed = self.plain(typed);
        !typed.is_empty() && self.accepted.iter().any(|wording| self.is(&self.plain(wording), &typed))
    }

    pub fn example(&self) -> String {
        self.accepted.first().map(|wording| wording.replace("\\*", "*")).unwrap_or_default()
    }

    /// Whether anything at all would be right.
    pub(crate) fn holds_anything(&self) -> bool {
        self.accepted
            .iter()
            .any(|wording| parts(&self.plain(wording)).iter().all(|part| part.trim().is_empty()))
    }

    fn is(&self, wording: &str, typed: &str) -> bool {
        let parts = parts(wording);
        if let [whole] = parts.as_slice() {
            let (whole, typed): (Vec<char>, Vec<char>) = (whole.chars().collect(), typed.chars().collect());
            let exact = self.typos == 0 || whole.iter().any(char::is_ascii_digit);
            let allowed = if exact { 0 } else { usize::from(self.typos).min(whole.len() / 5) };
            return whole.len().abs_diff(typed.len()) <= allowed && slips(&whole, &typed) <= allowed;
        }
        matches_parts(&parts, typed)
    }

    /// Spaces are one, ends are bare, a full stop at the end and «ё» do not matter, nor do capitals unless they must.
    fn plain(&self, text: &str) -> String {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('ё', "е").replace('Ё', "Е");
        let text = text.trim_end_matches(['.', ' ']).to_owned();
        if self.exact_case { text } else { text.to_lowercase() }
    }
}

/// What stands between the stars.
fn parts(wording: &str) -> Vec<String> {
    let (mut parts, mut escaped) = (vec![String::new()], false);
    for letter in wording.chars() {
        let last = parts.last_mut().expect("never empty");
        match letter {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            '*' if !escaped => parts.push(String::new()),
            '*' => last.push('*'),
            letter if escaped => last.extend(['\\', letter]),
            letter => last.push(letter),
        }
        escaped = false;
    }
    if escaped {
        parts.last_mut().expect("never empty").push('\\');
    }
    parts
}

/// The first part begins the text, the last ends it, those between follow each other: the leftmost place is enough.
fn matches_parts(parts: &[String], typed: &str) -> bool {
    let [first, middle @ .., last] = parts else { return false };
    let Some(mut rest) = typed.strip_prefix(first.as_str()) else { return false };
    for part in middle {
        match rest.find(part.as_str()) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.len() >= last.len() && rest.ends_with(last.as_str())
}

/// The distance of Damerau and Levenshtein (optimal string alignment).
fn slips(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut least = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}
