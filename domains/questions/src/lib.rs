//! The question bank: topics, versions, reading files of other systems (п. 2.1, 5.3.4).
mod bank;
pub mod formats;
mod import;
mod list;
mod picture;
mod take_in;

pub use bank::{Asked, Pool, add_bank, asked, pool};
pub use import::{Imported, Refused, import};

use accounts::{Door, Doors, Right};

pub fn routes() -> Doors {
    Doors::new()
        .get("/questions", Door::With(Right::SeeQuestions), list::banks)
        .get("/questions/import", Door::With(Right::EditQuestions), take_in::ask)
        .upload("/questions/import", Door::With(Right::EditQuestions), take_in::submit)
        .get("/questions/{bank}", Door::With(Right::SeeQuestions), list::questions)
        .get("/pictures/{hash}", Door::SignedIn, picture::show)
}
