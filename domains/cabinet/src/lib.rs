//! A learner as a whole, put together from the other domains: the learner's own home (п. 2.2, 3.12.1), and what the staff see
//! of one person.
mod card;
mod file;
mod home;

use accounts::{Door, Doors, Right};

pub fn routes() -> Doors {
    Doors::new()
        .get("/cabinet", Door::With(Right::Study), home::show)
        .get("/learners/{person}", Door::With(Right::SeeLearners), card::show)
        .get("/learners/{person}/file", Door::With(Right::SeeLearners), file::download)
}
