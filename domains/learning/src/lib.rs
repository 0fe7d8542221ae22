//! Studying: materials in the cabinet, progress by facts, the way onward (п. 2.2, 3.11.4, 4.6).
mod copy;
mod licence;
mod mailing;
mod plan;
mod read;
mod remind;

pub use plan::{Plan, PlanModule, Step};

use accounts::{Door, Doors, Right};
use admissions::{Enrolled, Extended, Released, Transferred};
use files::Files;
use store::{Jobs, Listeners, Store};

/// `base_url` stands in letters: `https://study.example.ru`.
pub fn jobs(jobs: &mut Jobs, store: &Store, files: &Files, base_url: &str) {
    mailing::jobs(jobs, store, files, base_url);
    remind::jobs(jobs, store, base_url);
}

pub fn listeners(on: &mut Listeners) {
    on.on(|work, fact: &Enrolled| {
        remind::set(work, fact.enrolment)?;
        mailing::enrolled(work, fact.enrolment)
    });
    on.on(|work, fact: &Extended| remind::set(work, fact.enrolment));
    on.on(|work, fact: &Released| mailing::enrolled(work, fact.enrolment));
    on.on(|work, fact: &Transferred| {
        remind::set(work, fact.enrolment)?;
        mailing::enrolled(work, fact.enrolment)
    });
}

pub fn routes() -> Doors {
    let study = Door::With(Right::Study);
    Doors::new()
        .get("/studies/{enrolment}/licence", study, licence::show)
        .post("/studies/{enrolment}/licence", study, licence::accept)
        .get("/studies/{enrolment}/materials/{resource}", study, read::show)
        .post("/studies/{enrolment}/materials/{resource}/completion", study, read::complete)
        .post("/studies/{enrolment}/materials/{resource}/place", study, read::stop)
        .get("/studies/{enrolment}/files/{resource}", study, read::file)
        .get("/studies/{enrolment}/subtitles/{resource}", study, read::captions)
        .get("/studies/{enrolment}/mailing", study, mailing::show)
        .post("/studies/{enrolment}/mailing", study, mailing::submit)
        .get("/enrolments/{id}/mailing", Door::With(Right::MoveLearners), mailing::staff)
        .post("/enrolments/{id}/mailing", Door::With(Right::MoveLearners), mailing::send)
        .post("/enrolments/{id}/mailing/revocation", Door::With(Right::MoveLearners), mailing::revoke)
        .get("/case/{token}", Door::Anyone, mailing::by_link)
}
