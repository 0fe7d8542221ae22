//! Learning materials: resources with versions, in the obligatory and additional sets of a module (п. 4.4, 4.5, 4.10).
mod resource;

pub use resource::{Body, New, Resource, add, html, of_programme};
