//! The centre's own data, its local acts with versions, what law sets with dates, and who has read what.
pub mod act;
mod acting;
mod centre;
mod centre_form;
mod consents;
pub mod instructions;
mod look;
mod norm;
pub mod prose;
mod public;
mod settings;
pub mod setup;
pub mod standard;

pub use act::Act;
pub use centre::{Acting, Centre, Closing, Curator, Demonstration, Signatory, Storage};
pub use consents::Consented;
pub use norm::{Norm, norm};

use accounts::{Door, Doors, Right};

pub fn routes() -> Doors {
    let settings = Door::With(Right::ChangeCentre);
    Doors::new()
        .get("/acts/{code}", Door::Anyone, public::show)
        .get("/consents", Door::SignedIn, consents::list)
        .get("/consents/{code}", Door::SignedIn, consents::show)
        .post("/consents/{code}", Door::SignedIn, consents::give)
        .post("/consents/{code}/withdrawal", Door::SignedIn, consents::withdraw)
        .get("/instructions", Door::SignedIn, instructions::show)
        .post("/instructions", Door::SignedIn, instructions::submit)
        .get("/setup/{key}", Door::Anyone, setup::show)
        .post("/setup/{key}", Door::Anyone, setup::submit)
        .get("/settings/centre", settings, settings::centre)
        .post("/settings/centre", settings, settings::change_centre)
        .get("/look/{file}", Door::Anyone, look::file)
        .get("/settings/look", settings, look::show)
        .upload("/settings/look", settings, look::submit)
        .get("/settings/acting", settings, acting::show)
        .post("/settings/acting", settings, acting::submit)
        .post("/settings/acting/end", settings, acting::end)
        .get("/settings/acts", settings, settings::acts)
        .get("/settings/acts/{code}", settings, settings::act)
        .post("/settings/acts/{code}", settings, settings::change_act)
}
