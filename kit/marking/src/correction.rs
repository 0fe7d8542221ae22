//! A key that was found wrong after it had been used. The answers stay, the question stays; beside its own key it gets another.
use serde::{Deserialize, Serialize};

use crate::{Answer, Gap, Mark, Question, Task, mark};

/// What is right besides what the question's own key calls so. A correction never takes away: whoever answered by the key that was in force
/// answers for no mistake of the centre's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// The same question with the right key.
    Key(Box<Question>),
    /// Nothing could be answered rightly: whatever was answered, and no answer, is whole.
    Everyone,
}

impl Correction {
    /// The question as it was asked with the key that it has `now`; none where it is another question: its text, options, rows or fields are
    /// not the same ones, or their right order is the key itself.
    pub fn by(asked: &Question, now: &Question) -> Option<Self> {
        Some(Self::Key(Box::new(rekeyed(asked, now)?)))
    }

    fn mark(&self, answer: &Answer) -> Mark {
        match self {
            Self::Key(question) => mark(question, answer),
            Self::Everyone => Mark::WHOLE,
        }
    }
}

/// The mark of an answer to a question whose key has been corrected: the best of what each key gives.
pub fn mark_corrected<'a>(
    question: &Question,
    corrections: impl IntoIterator<Item = &'a Correction>,
    answer: &Answer,
) -> Mark {
    corrections.into_iter().map(|one| one.mark(answer)).fold(mark(question, answer), Mark::max)
}

fn rekeyed(asked: &Question, now: &Question) -> Option<Question> {
    // «Верно» of a question that now asks for what is wrong would be another key.
    if asked.text != now.text {
        return None;
    }
    Some(Question { task: retasked(&asked.task, &now.task)?, credit: now.credit, ..asked.clone() })
}

fn retasked(asked: &Task, now: &Task) -> Option<Task> {
    Some(match (asked, now) {
        (Task::Choice { choice, options }, Task::Choice { choice: as_many, options: keyed }) => {
            let right = |text: &str| keyed.iter().find(|one| one.text == text).map(|one| one.right);
            if choice != as_many || !is_same_set(options, keyed, |one| one.text.as_str()) {
                return None;
            }
            let mut options = options.clone();
            for option in &mut options {
                option.right = right(&option.text)?;
            }
            Task::Choice { choice: *choice, options }
        }
        (Task::TrueFalse { .. }, Task::TrueFalse { .. })
        | (Task::Text(_), Task::Text(_))
        | (Task::Number(_), Task::Number(_)) => now.clone(),
        (Task::Gaps(gaps), Task::Gaps(keyed)) if gaps.len() == keyed.len() => Task::Gaps(
            gaps.iter().zip(keyed).map(|(gap, keyed)| refilled(gap, keyed)).collect::<Option<_>>()?,
        ),
        (Task::Match { rows, columns, .. }, Task::Match { rows: other, columns: given, key }) => {
            let same =
                is_same_set(rows, other, String::as_str) && is_same_set(columns, given, String::as_str);
            let column = |row: &String| {
                let place = *key.get(other.iter().position(|one| one == row)?)?;
                columns.iter().position(|one| Some(one) == given.get(place))
            };
            let key = same.then(|| rows.iter().map(column).collect::<Option<_>>()).flatten()?;
            Task::Match { rows: rows.clone(), columns: columns.clone(), key }
        }
        (Task::Sort { categories, items }, Task::Sort { categories: given, items: keyed }) => {
            let same = is_same_set(categories, given, String::as_str)
                && is_same_set(items, keyed, |one| one.text.as_str());
            let mut items = items.clone();
            for item in &mut items {
                let keyed = keyed.iter().find(|one| one.text == item.text)?;
                item.category = categories.iter().position(|one| Some(one) == given.get(keyed.category))?;
            }
            same.then(|| Task::Sort { categories: categories.clone(), items })?
        }
        (Task::Point { picture, alt, .. }, Task::Point { picture: other, areas, .. }) if picture == other => {
            Task::Point { picture: picture.clone(), alt: alt.clone(), areas: areas.clone() }
        }
        (Task::Case { parts }, Task::Case { parts: keyed }) if parts.len() == keyed.len() => Task::Case {
            parts: parts
                .iter()
                .zip(keyed)
                .map(|(part, keyed)| rekeyed(part, keyed))
                .collect::<Option<_>>()?,
        },
        _ => return None,
    })
}

fn refilled(gap: &Gap, keyed: &Gap) -> Option<Gap> {
    match (gap, keyed) {
        (Gap::Choice { options, .. }, Gap::Choice { options: given, right }) => {
            let right = options.iter().position(|one| Some(one) == given.get(*right))?;
            is_same_set(options, given, String::as_str)
                .then(|| Gap::Choice { options: options.clone(), right })
        }
        (Gap::Text(_), Gap::Text(_)) | (Gap::Number(_), Gap::Number(_)) => Some(keyed.clone()),
        _ => None,
    }
}

/// Whether both hold the same texts, each once, in whatever order.
fn is_same_set<T>(these: &[T], those: &[T], text: impl Fn(&T) -> &str) -> bool {
    let sorted = |list: &[T]| {
        let mut texts: Vec<_> = list.iter().map(|one| text(one).to_owned()).collect();
        texts.sort();
        texts
    };
    let (these, those) = (sorted(these), sorted(those));
    these == those && these.windows(2).all(|pair| pair[0] != pair[1])
}
