//! Studying: materials in the cabinet, progress by facts, the way onward (п. 2.2, 3.11.4, 4.6).
mod licence;
mod plan;
mod read;

pub use plan::{Plan, PlanModule, Step};

use accounts::{Door, Doors, Right};

pub fn routes() -> Doors {
    let study = Door::With(Right::Study);
    Doors::new()
        .get("/studies/{enrolment}/licence", study, licence::show)
        .post("/studies/{enrolment}/licence", study, licence::accept)
        .get("/studies/{enrolment}/materials/{resource}", study, read::show)
        .post("/studies/{enrolment}/materials/{resource}/completion", study, read::complete)
        .get("/studies/{enrolment}/files/{resource}", study, read::file)
}
