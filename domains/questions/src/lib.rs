//! The question bank: topics, versions, reading files of other systems (п. 2.1, 5.3.4).
mod acts;
mod bank;
mod correction;
mod edit;
mod export;
pub mod form;
pub mod formats;
mod import;
mod list;
mod paper;
mod picture;
mod review;
mod rich;
mod said;
mod supply;
mod take_in;
mod trial;

pub use bank::{Pooled, add_bank, body, pool};
pub use correction::{Asked, Corrected, Used, asked, asked_all, correct, corrected_version, versions};
pub use import::{Imported, Refused, import};
pub use review::{compared, in_words, reviewed, text_in_words, with_key};

use accounts::{Door, Doors, Right};

pub fn routes() -> Doors {
    Doors::new()
        .get("/questions", Door::With(Right::SeeQuestions), list::banks)
        .get("/questions/import", Door::With(Right::EditQuestions), take_in::ask)
        .upload("/questions/import", Door::With(Right::EditQuestions), take_in::submit)
        .post("/questions/import/columns", Door::With(Right::EditQuestions), take_in::name_columns)
        .post("/questions/import/confirmation", Door::With(Right::EditQuestions), take_in::confirm)
        .get("/questions/{bank}/export", Door::With(Right::SeeQuestions), export::ask)
        .get("/questions/{bank}/export/paper", Door::With(Right::SeeQuestions), paper::send)
        .get("/questions/{bank}/export/file", Door::With(Right::SeeQuestions), export::send)
        .get("/questions/{bank}", Door::With(Right::SeeQuestions), list::questions)
        .post("/questions/{bank}/acts", Door::With(Right::EditQuestions), acts::submit)
        .get("/questions/{bank}/new", Door::With(Right::EditQuestions), edit::ask)
        .upload("/questions/{bank}/new", Door::With(Right::EditQuestions), edit::add)
        .get("/questions/{bank}/{id}", Door::With(Right::EditQuestions), edit::show)
        .upload("/questions/{bank}/{id}", Door::With(Right::EditQuestions), edit::change)
        .post("/questions/{bank}/{id}/withdrawal", Door::With(Right::EditQuestions), edit::withdraw)
        .get("/office/programmes/{version}/supply", Door::With(Right::SeeQuestions), supply::show)
        .get("/office/programmes/{version}/trial", Door::With(Right::SeeQuestions), trial::show)
        .post("/office/programmes/{version}/trial", Door::With(Right::SeeQuestions), trial::submit)
        .get("/pictures/{hash}", Door::SignedIn, picture::show)
}
