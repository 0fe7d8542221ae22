//! The learner's home, put together from the other domains (п. 2.2, 3.12.1).
mod home;

use accounts::{Door, Doors, Right};

pub fn routes() -> Doors {
    Doors::new().get("/cabinet", Door::With(Right::Study), home::show)
}
