//! The centre's own data, its local acts with versions, what law sets with dates, and who has read what.
pub mod act;
mod centre;
mod norm;
pub mod prose;
mod public;

pub use act::Act;
pub use centre::{Centre, Closing, Demonstration, Signatory};
pub use norm::{Norm, norm};

use accounts::{Door, Doors};

pub fn routes() -> Doors {
    Doors::new().get("/acts/{code}", Door::Anyone, public::show)
}
