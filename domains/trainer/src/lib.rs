//! Attempts in two modes over one bank: training and final attestation (п. 2.1, 4.6.2).
mod answer;
mod attempt;
mod begin;
pub mod chain;
mod correct;
mod day;
mod duty;
mod figures;
mod finish;
pub mod late;
mod rehearsal;
mod remark;
mod replay;
mod result;
mod sheet;
mod sit;
mod today;
mod training;
mod turn;

pub use attempt::{Attempt, Ended, Mode, Rules};
pub use begin::{Ready, lacking};
pub use day::{
    CloseDay, Closed, Key, Leaf, change, change_key, days, follows, key_file, keys, leave_the_next, signer,
};
pub use duty::{Message, messages};
pub use finish::{close_overdue, jobs};
pub use rehearsal::best_rehearsal;
pub use remark::{InForce, Why, leave_marks};
pub use result::{Outcome, has_seen, outcome, see};
pub use sheet::{Marked, Sheet};
pub use training::{has_trained_since, seed};
pub use turn::Open;

use accounts::{Door, Doors, Right};
use marking::Score;
use uuid::Uuid;

/// An attestation has ended and is marked.
pub struct Finished {
    pub attempt: Uuid,
    pub enrolment: Uuid,
    /// Of an intermediate one; none: the final.
    pub module: Option<String>,
    pub score: Score,
    pub passed: bool,
}

/// An attempt was marked anew, and came to something else than before.
pub struct Remarked {
    pub attempt: Uuid,
    pub enrolment: Uuid,
    pub module: Option<String>,
    pub score: Score,
    pub passed: bool,
    /// It was not passed before.
    pub turned: bool,
    pub why: Why,
}

pub fn routes() -> Doors {
    let study = Door::With(Right::Study);
    Doors::new()
        .get("/attempts/{attempt}", study, result::show)
        .get("/attempts/{attempt}/questions/{n}", study, sit::show)
        .post("/attempts/{attempt}/questions/{n}", study, sit::submit)
        .post("/attempts/{attempt}/answers", study, answer::submit)
        .get("/attempts/{attempt}/events", study, duty::events)
        .post("/attempts/{attempt}/signals", study, duty::signal)
        .get("/attempts/{attempt}/completion", study, finish::ask)
        .post("/attempts/{attempt}/completion", study, finish::submit)
        .get("/studies/{enrolment}/training", study, training::choose)
        .post("/studies/{enrolment}/training", study, training::begin)
        .get("/studies/{enrolment}/rehearsal", study, rehearsal::ask)
        .post("/studies/{enrolment}/rehearsal", study, rehearsal::begin)
        .get("/training/{attempt}/{n}", study, training::show)
        .post("/training/{attempt}/{n}", study, training::submit)
        .get("/questions/{bank}/{id}/correction", Door::With(Right::MoveLearners), correct::ask)
        .post("/questions/{bank}/{id}/correction", Door::With(Right::MoveLearners), correct::submit)
        .get("/questions/{bank}/statistics", Door::With(Right::SeeQuestions), figures::show)
        .get("/results/{attempt}", Door::With(Right::SeeResults), replay::show)
        .get("/results/{attempt}/late", Door::With(Right::MoveLearners), late::ask)
        .post("/results/{attempt}/late", Door::With(Right::MoveLearners), late::submit)
        .get("/corrections/{id}", Door::With(Right::SeeResults), correct::show)
}
