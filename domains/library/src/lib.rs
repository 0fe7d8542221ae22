//! Learning materials: resources with versions, in the obligatory and additional sets of a module (п. 4.4, 4.5, 4.10).
mod resource;
mod shelf;

pub use resource::{Body, New, Resource, add, html, of_programme};

use accounts::{Door, Doors, Right};

pub fn routes() -> Doors {
    let edit = Door::With(Right::EditProgrammes);
    Doors::new().get("/office/programmes/{version}/materials", edit, shelf::show).upload(
        "/office/programmes/{version}/materials",
        edit,
        shelf::submit,
    )
}
