//! Drawing a ticket: so many questions of each topic, in an order that a recorded seed repeats.
use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many questions of a topic stand in a ticket. `topic` is the code of the module or topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicQuota {
    pub topic: String,
    pub questions: usize,
}

/// One place of a ticket: a question's version and the order in which its options are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// The version of the question, frozen.
    pub question: Uuid,
    pub topic: String,
    /// `order[shown]` is the option's own place, from 0.
    pub order: Vec<usize>,
}

/// What a learner is asked. The same seed, quotas and pool give the same ticket on any machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    pub seed: u64,
    pub seats: Vec<Seat>,
}

/// A topic that has fewer questions than the quota wants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("тема «{topic}»: нужно {needed}, в банке {found}")]
pub struct Short {
    pub topic: String,
    pub needed: usize,
    pub found: usize,
}

/// Draws a ticket from `pool`: (version of the question, its topic, number of its options).
/// The pool's order does not matter: it is sorted by id before anything is drawn.
pub fn draw(quotas: &[TopicQuota], pool: &[(Uuid, String, usize)], seed: u64) -> Result<Ticket, Short> {
    let mut chance = ChaCha20Rng::seed_from_u64(seed);
    let mut seats = Vec::new();
    for quota in quotas {
        let mut topic: Vec<_> = pool.iter().filter(|(_, topic, _)| *topic == quota.topic).collect();
        topic.sort_by_key(|(id, _, _)| *id);
        if topic.len() < quota.questions {
            return Err(Short { topic: quota.topic.clone(), needed: quota.questions, found: topic.len() });
        }
        shuffle(&mut topic, &mut chance);
        for (question, topic, options) in topic.into_iter().take(quota.questions) {
            let mut order: Vec<usize> = (0..*options).collect();
            shuffle(&mut order, &mut chance);
            seats.push(Seat { question: *question, topic: topic.clone(), order });
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
