//! Finding by words as people type them: in any form, in any case, with a slip of the finger.
use std::collections::HashSet;

use rust_stemmers::{Algorithm, Stemmer};
use strsim::osa_distance;

use crate::folded;

/// What somebody looks for: each word of it must stand in the text, in some form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted(Vec<String>);

impl Wanted {
    pub fn new(typed: &str) -> Self {
        let stemmer = Stemmer::create(Algorithm::Russian);
        Self(words_of(typed).map(|word| stemmer.stem(&word).into_owned()).collect())
    }

    /// Nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `words` as [`words_of`] gives them. A number must be the same, of a word the stem is enough.
    pub fn stands_in(&self, words: &[String]) -> bool {
        self.0.iter().all(|stem| words.iter().any(|word| is_form(stem, word)))
    }

    /// The same with each word that stands nowhere among `known` put in the place of the nearest that does; none: there is nothing near.
    pub fn mended(&self, known: &HashSet<&str>) -> Option<Self> {
        let nearest = |stem: &String| {
            // A number has no slips.
            if is_number(stem) || known.iter().any(|word| is_form(stem, word)) {
                return Some(stem.clone());
            }
            let allowed = match stem.chars().count() {
                0..4 => return None,
                4..8 => 1,
                _ => 2,
            };
            // A stem is compared with as much of a word as it is long; a letter may be missing, or one too many.
            let long = stem.chars().count();
            let begins = known.iter().flat_map(|word| {
                (long - 1..=long + 1).map(|long| word.chars().take(long).collect::<String>())
            });
            let near = begins.map(|begins| (osa_distance(stem, &begins), begins));
            near.filter(|(slips, _)| *slips <= allowed).min().map(|(_, begins)| begins)
        };
        self.0.iter().map(nearest).collect::<Option<_>>().map(Self)
    }
}

fn is_number(word: &str) -> bool {
    word.chars().all(|letter| letter.is_ascii_digit())
}

fn is_form(stem: &str, word: &str) -> bool {
    if is_number(stem) { word == stem } else { word.starts_with(stem) }
}

/// Words of a text as they are compared: runs of letters and digits without case and ё.
pub fn words_of(text: &str) -> impl Iterator<Item = String> + use<> {
    let folded = folded(text);
    let words: Vec<String> = folded
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use super::{Wanted, words_of};

    #[test]
    fn words_are_found_in_any_form() {
        let text: Vec<_> =
            words_of("Что делают при пожаре в цехе № 3? Ёмкости с кислотой закрывают.").collect();
        for (typed, found) in [
            ("пожар", true),
            ("пожаров цеха", true),
            ("ПОЖАРОМ", true),
            ("емкость", true),
            ("закрывать", true),
            ("цех 3", true),
            ("цех 33", false),
            ("взрыв", false),
            ("", true),
        ] {
            assert_eq!(Wanted::new(typed).stands_in(&text), found, "{typed}");
        }
    }

    #[test]
    fn a_slip_of_the_finger_is_mended() {
        let words: Vec<_> = words_of("огнетушитель каска лестница пожар").collect();
        let known = words.iter().map(String::as_str).collect();
        for (typed, found) in
            [("огнитушители", true), ("пажар", true), ("лесница", true), ("мост", false), ("кас", true)]
        {
            let mended = Wanted::new(typed).mended(&known);
            assert_eq!(mended.is_some_and(|wanted| wanted.stands_in(&words)), found, "{typed}");
        }
    }
}
