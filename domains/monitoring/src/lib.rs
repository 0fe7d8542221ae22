//! Numbers for the head and the methodist; letters and jobs for the administrator (п. 3.12.3, 5.2.6, 5.2.7).
mod chart;
mod overview;
mod workings;

use accounts::{Door, Doors, Right};

pub fn routes() -> Doors {
    Doors::new()
        .get("/overview", Door::With(Right::SeeOverview), overview::show)
        .get("/workings", Door::With(Right::SeeWorkings), workings::show)
        .post("/workings/jobs/{id}/retry", Door::With(Right::SeeWorkings), workings::retry)
        .post("/workings/letters", Door::With(Right::SeeWorkings), workings::try_letter)
        .get("/demo/letters", Door::Anyone, workings::demo_letters)
}
