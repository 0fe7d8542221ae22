//! Numbers for the head and the methodist; letters, jobs and copies for the administrator; the journal (п. 3.12.3, 5.2.6, 5.2.7).
mod backups;
mod chart;
mod journal;
mod overview;
mod workings;

pub use backups::{FOLDER as BACKUPS, MakeBackup, NightlyBackup};

use accounts::{Door, Doors, Right};

pub fn routes() -> Doors {
    Doors::new()
        .get("/overview", Door::With(Right::SeeOverview), overview::show)
        .get("/journal", Door::With(Right::SeeJournal), journal::show)
        .post("/workings/backups", Door::With(Right::SeeWorkings), backups::make)
        .get("/workings", Door::With(Right::SeeWorkings), workings::show)
        .post("/workings/jobs/{id}/retry", Door::With(Right::SeeWorkings), workings::retry)
        .post("/workings/letters", Door::With(Right::SeeWorkings), workings::try_letter)
        .get("/demo/letters", Door::Anyone, workings::demo_letters)
}
