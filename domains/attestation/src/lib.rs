//! Final attestation: admission, result, commission (п. 3.5, 4.3.6).
mod appointment;
mod begin;
mod commission;
mod results;
pub mod rule;

pub use begin::facts as admission_facts;
pub use commission::{Commission, Official, appoint, in_office};
pub use results::{Line, of_enrolment};

use accounts::{Door, Doors, Right};
use marking::Score;
use store::{Listeners, values};
use trainer::Finished;
use uuid::Uuid;

/// A result is recorded: a line of the protocol follows.
pub struct Settled {
    pub enrolment: Uuid,
    pub attempt: Uuid,
    pub score: Score,
    pub passed: bool,
}

pub fn routes() -> Doors {
    Doors::new()
        .get("/studies/{enrolment}/attestation", Door::With(Right::Study), begin::show)
        .post("/studies/{enrolment}/attestation", Door::With(Right::Study), begin::submit)
        .get("/results", Door::With(Right::SeeResults), results::list)
        .get("/settings/commission", Door::With(Right::ChangeCentre), appointment::show)
        .post("/settings/commission", Door::With(Right::ChangeCentre), appointment::submit)
}

pub fn listeners(on: &mut Listeners) {
    on.on(|work, fact: &Finished| {
        let (score, now) = (fact.score, work.now());
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        work.run(
            "insert into result (id, enrolment, attempt, right_answers, total, passed, decided_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            values![
                Uuid::now_v7(),
                fact.enrolment,
                fact.attempt,
                number(score.right),
                number(score.total),
                fact.passed,
                now
            ],
        )?;
        work.note("result.recorded", fact.enrolment)?;
        work.tell(Settled { enrolment: fact.enrolment, attempt: fact.attempt, score, passed: fact.passed })
    });
}
