//! Lessons, seminars and consultations at a learner's or a customer's request (п. 3.12.2.2, 3.13.1, 4.6, 5.3.1, 5.4.3).
mod ask;
mod meeting;
mod plan;

pub use meeting::{Meeting, State};

use accounts::{Door, Doors, Right};
use admissions::Removed;
use store::Listeners;

pub fn listeners(on: &mut Listeners) {
    on.on(|work, fact: &Removed| Meeting::forget_group(work, fact.group));
}

pub fn routes() -> Doors {
    let (study, company) = (Door::With(Right::Study), Door::With(Right::SeeCompany));
    Doors::new()
        .get("/studies/{enrolment}/meetings", study, ask::of_learner)
        .post("/studies/{enrolment}/meetings", study, ask::by_learner)
        .get("/company/groups/{id}/meetings", company, ask::of_group)
        .post("/company/groups/{id}/meetings", company, ask::by_customer)
        .get("/meetings", Door::With(Right::SeeMeetings), plan::list)
        .get("/meetings.xlsx", Door::With(Right::SeeMeetings), plan::sheet)
        .get("/meetings/{id}", Door::With(Right::SeeMeetings), plan::show)
        .post("/meetings/{id}", Door::With(Right::PlanMeetings), plan::schedule)
        .post("/meetings/{id}/refusal", Door::With(Right::PlanMeetings), plan::decline)
        .post("/meetings/{id}/completion", Door::With(Right::SeeMeetings), plan::complete)
        .post("/meetings/{id}/withdrawal", Door::SignedIn, ask::withdraw)
        .get("/meetings/{id}/calendar.ics", Door::SignedIn, plan::calendar)
}
