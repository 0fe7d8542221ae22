//! What every handler speaks in: the house it stands in, forms that keep what was typed, pages and their components,
//! errors with a way onward, embedded assets. No business in it.
pub mod assets;
mod colour;
mod download;
mod failure;
mod form;
pub mod guilloche;
mod house;
mod page;
pub mod parts;
mod prefs;
mod upload;

pub use colour::{Colour, READABLE};
pub use download::{download, named, table};
pub use failure::{Failure, NothingDone, Reply, nothing_done, see_other};
pub use form::{Messages, Posted, Sheet, query};
pub use house::{Brand, House, Setup};
pub use page::{Head, document};
pub use prefs::{Prefs, routes as prefs_routes};
pub use upload::Upload;
