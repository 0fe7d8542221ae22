//! What versions of questions say, for search and for finding those that say the same. A version never changes, so what is known of it is known
//! for good: a bank of ten thousand is read once, and only what is new after that.
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use marking::Question;
use store::{Db, Stored, Value, values};
use uuid::Uuid;
use words::folded;
use words::search::words_of;

use crate::review::plain_words;

pub(crate) struct Said {
    /// All that stands in it for people to read, as `words_of` gives it.
    pub words: Vec<String>,
    /// The same for questions that say the same but for signs, case and the order of options.
    pub likeness: u64,
    /// The program marks it.
    pub is_marked: bool,
}

impl Said {
    fn of(mut question: Question) -> Self {
        let is_marked = question.is_marked();
        let mut texts: Vec<String> = question.texts_mut().iter().map(|text| folded(text)).collect();
        texts.sort();
        let mut hasher = DefaultHasher::new();
        texts.hash(&mut hasher);
        let words = question.texts_mut().iter().flat_map(|text| words_of(&plain_words(text))).collect();
        Self { words, likeness: hasher.finish(), is_marked }
    }
}

static KNOWN: LazyLock<RwLock<HashMap<Uuid, Arc<Said>>>> = LazyLock::new(RwLock::default);

/// Versions that are remembered, some kilobytes each; one more, and all are read anew.
const MOST: usize = 50_000;
/// So many are fetched one by one; of more the whole bank is read.
const FEW: usize = 64;

/// Of each version of this bank what it says, in their order.
pub(crate) fn said(db: &mut Db, bank: &str, versions: &[Uuid]) -> Stored<Vec<Arc<Said>>> {
    let known = |version: &Uuid| KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(version).cloned();
    let unknown: Vec<Uuid> = versions.iter().copied().filter(|version| known(version).is_none()).collect();
    if !unknown.is_empty() {
        let found = read(db, bank, &unknown)?;
        let mut all = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() + found.len() > MOST {
            all.clear();
        }
        all.extend(found);
    }
    // What was forgotten meanwhile is read again.
    versions
        .iter()
        .map(|version| match known(version) {
            Some(said) => Ok(said),
            None => db.one("select body from question_version where id = ?1", values![*version], |row| {
                Ok(Arc::new(Said::of(row.json(0)?)))
            }),
        })
        .collect()
}

fn read(db: &mut Db, bank: &str, unknown: &[Uuid]) -> Stored<Vec<(Uuid, Arc<Said>)>> {
    let row = |row: &store::Row| Ok((row.get(0)?, Arc::new(Said::of(row.json(1)?))));
    if unknown.len() > FEW {
        return db.all(
            "select v.id, v.body from bank b join question q on q.bank = b.id join question_version v on v.id = q.latest where b.code = ?1",
            &[Value::from(bank)],
            row,
        );
    }
    unknown
        .iter()
        .map(|version| db.one("select id, body from question_version where id = ?1", values![*version], row))
        .collect()
}
