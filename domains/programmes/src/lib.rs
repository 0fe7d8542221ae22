//! Programmes as structured data, approval by the head, versions, the public catalogue (п. 4.1-4.3.11, 5.2.3).
mod approve;
mod catalogue;
mod content;
mod readiness;
mod version;

pub use content::{
    Attestation, Content, Distance, Kind, Literature, Module, Quota, StudyForm, Technology, Topic,
};
pub use readiness::{Gap, Least, gaps};
pub use version::{State, Version, add_draft, approve, submit};

use accounts::{Door, Doors, Right};

/// The head has approved a version: from now on it is public.
pub struct Approved {
    pub version: uuid::Uuid,
}

pub fn routes() -> Doors {
    Doors::new()
        .get("/", Door::Anyone, catalogue::list)
        .get("/programmes/{code}", Door::Anyone, catalogue::show)
        .get("/office/programmes", Door::With(Right::SeeProgrammes), approve::list)
        .get("/office/programmes/{version}", Door::With(Right::SeeProgrammes), approve::show)
        .post("/office/programmes/{version}/approval", Door::With(Right::ApproveProgrammes), approve::submit)
}
