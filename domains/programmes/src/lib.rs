//! Programmes as structured data, approval by the head, versions, the public catalogue (п. 4.1-4.3.11, 5.2.3).
/// A closed list: how each is stored, and in Russian.
macro_rules! words_of {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal: $russian:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant),* }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// As it is stored.
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code),* } }
            pub const fn russian(self) -> &'static str { match self { $(Self::$variant => $russian),* } }
            pub fn parse(code: &str) -> Result<Self, words::Wrong> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
                    .ok_or_else(|| words::Wrong::new(format!("нет такого значения: «{code}»")))
            }
        }
    };
}

mod approve;
mod catalogue;
mod content;
mod draft;
mod edit;
mod edit_module;
mod edit_package;
mod package;
mod readiness;
mod version;

pub use content::{Content, Copy, Distance, Kind, Literature, Module, StudyForm, Technology, Topic};
pub use package::{Attestation, Identification, Late, Marks, ModuleTest, Quota, Show, Written};
pub use readiness::{Gap, Least, gaps};
pub use version::{State, Version, add_draft, approve, submit};

use accounts::{Door, Doors, Right};

/// The head has approved a version: from now on it is public.
pub struct Approved {
    pub version: uuid::Uuid,
}

pub fn routes() -> Doors {
    let edit = Door::With(Right::EditProgrammes);
    Doors::new()
        .get("/", Door::Anyone, catalogue::list)
        .get("/programmes/{code}", Door::Anyone, catalogue::show)
        .get("/office/programmes", Door::With(Right::SeeProgrammes), approve::list)
        .get("/office/programmes/{version}", Door::With(Right::SeeProgrammes), approve::show)
        .post("/office/programmes/{version}/approval", Door::With(Right::ApproveProgrammes), approve::submit)
        .post("/office/programmes/{version}/return", Door::With(Right::ApproveProgrammes), draft::give_back)
        .get("/office/programmes.xlsx", Door::With(Right::SeeProgrammes), approve::sheet)
        .get("/office/programmes/new", edit, draft::ask)
        .post("/office/programmes", edit, draft::begin)
        .post("/office/programmes/{version}/draft", edit, draft::renew)
        .post("/office/programmes/{version}/submission", edit, draft::hand_over)
        .post("/office/programmes/{version}/withdrawal", edit, draft::withdraw)
        .get("/office/programmes/{version}/edit", edit, edit::show)
        .post("/office/programmes/{version}/edit", edit, edit::submit)
        .get("/office/programmes/{version}/attestation", edit, edit_package::show)
        .post("/office/programmes/{version}/attestation", edit, edit_package::submit)
        .get("/office/programmes/{version}/modules/{place}", edit, edit_module::show)
        .post("/office/programmes/{version}/modules/{place}", edit, edit_module::submit)
        .post("/office/programmes/{version}/modules/{place}/removal", edit, edit_module::remove)
}
