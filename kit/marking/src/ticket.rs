//! Drawing a ticket: so many questions of each topic, in an order that a recorded seed repeats.
use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How hard a question is, as its author thinks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Difficulty {
    Easy,
    #[default]
    Medium,
    Hard,
}

/// How many questions of a topic stand in a ticket. `topic` is the code of the module or topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicQuota {
    pub topic: String,
    /// None: of any.
    pub difficulty: Option<Difficulty>,
    pub questions: usize,
}

impl TopicQuota {
    /// Of any difficulty.
    pub fn any(topic: impl Into<String>, questions: usize) -> Self {
        Self { topic: topic.into(), difficulty: None, questions }
    }

    fn fits(&self, candidate: &Candidate) -> bool {
        self.topic == candidate.topic && self.difficulty.is_none_or(|one| one == candidate.difficulty)
    }
}

impl Difficulty {
    pub const ALL: [Self; 3] = [Self::Easy, Self::Medium, Self::Hard];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Easy => "easy",
            Self::Medium => "medium",
            Self::Hard => "hard",
        }
    }

    pub const fn russian(self) -> &'static str {
        match self {
            Self::Easy => "Простой",
            Self::Medium => "Средний",
            Self::Hard => "Сложный",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// What a ticket may be drawn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The question's version.
    pub id: Uuid,
    pub topic: String,
    pub difficulty: Difficulty,
    /// How many of its parts are shuffled.
    pub parts: usize,
    /// A mistake in it fails the whole.
    pub critical: bool,
}

/// One place of a ticket: a question's version and the order in which its options are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// The version of the question, frozen.
    pub question: Uuid,
    pub topic: String,
    /// `order[shown]` is the option's own place, from 0.
    pub order: Vec<usize>,
    /// A mistake in it fails the whole attempt.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub critical: bool,
}

/// What a learner is asked. The same seed, quotas and pool give the same ticket on any machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    pub seed: u64,
    pub seats: Vec<Seat>,
}

/// A topic that has fewer questions than the quota wants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("тема «{topic}»{}: нужно {needed}, в банке {found}", .difficulty.map(|one| format!(", {}", one.russian().to_lowercase())).unwrap_or_default())]
pub struct Short {
    pub topic: String,
    pub difficulty: Option<Difficulty>,
    pub needed: usize,
    pub found: usize,
}

/// Draws a ticket: quota by quota, nothing twice. The pool's order does not matter: it is sorted by id before anything is drawn. Where one
/// topic has quotas of a difficulty and of any, those of a difficulty stand first, or the others take what they need.
pub fn draw<'a>(
    quotas: &[TopicQuota],
    pool: impl IntoIterator<Item = &'a Candidate>,
    seed: u64,
) -> Result<Ticket, Short> {
    let mut chance = ChaCha20Rng::seed_from_u64(seed);
    let mut pool: Vec<&Candidate> = pool.into_iter().collect();
    pool.sort_by_key(|candidate| candidate.id);
    let mut seats = Vec::new();
    for quota in quotas {
        let (mut fitting, rest): (Vec<_>, Vec<_>) = pool.into_iter().partition(|one| quota.fits(one));
        if fitting.len() < quota.questions {
            let (topic, difficulty) = (quota.topic.clone(), quota.difficulty);
            return Err(Short { topic, difficulty, needed: quota.questions, found: fitting.len() });
        }
        shuffle(&mut fitting, &mut chance);
        pool = rest;
        pool.extend(fitting.drain(quota.questions..));
        pool.sort_by_key(|candidate| candidate.id);
        for Candidate { id, topic, parts, critical, .. } in fitting {
            let mut order: Vec<usize> = (0..*parts).collect();
            shuffle(&mut order, &mut chance);
            seats.push(Seat { question: *id, topic: topic.clone(), order, critical: *critical });
        }
    }
    shuffle(&mut seats, &mut chance);
    Ok(Ticket { seed, seats })
}

/// Fisher-Yates written out, so that a library's next version cannot change what a recorded seed means.
fn shuffle<T>(items: &mut [T], chance: &mut ChaCha20Rng) {
    for last in (1..items.len()).rev() {
        let span = last as u64 + 1;
        // Multiply-shift of a 32-bit draw: the bias is below 2^-20 for any ticket.
        let pick = (u64::from(chance.random::<u32>()) * span) >> 32;
        items.swap(last, usize::try_from(pick).expect("below the slice's length"));
    }
}
