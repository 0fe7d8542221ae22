//! Learning materials: resources with versions, in the obligatory and additional sets of a module (п. 4.4, 4.5, 4.10).
mod form;
mod media;
mod resource;
mod shelf;

pub use media::{Media, Show};
pub use resource::{Body, New, Resource, add, html, markdown, of_programme, renew, subtitles, withdraw};

use accounts::{Door, Doors, Right};

pub fn routes() -> Doors {
    let edit = Door::With(Right::EditProgrammes);
    Doors::new()
        .get("/office/programmes/{version}/materials", edit, shelf::show)
        .upload("/office/programmes/{version}/materials", edit, shelf::submit)
        .get("/office/programmes/{version}/materials/{id}", edit, shelf::open)
        .upload("/office/programmes/{version}/materials/{id}", edit, shelf::change)
        .post("/office/programmes/{version}/materials/{id}/removal", edit, shelf::remove)
}
