//! The acts that a new centre begins with: what applying, signing and studying here stand on. A lawyer's eye is wanted before
//! the first learner; each can be changed at `/settings/acts`.
use store::{Fault, Stored, Work};

use crate::{Act, Centre, instructions, prose};

/// Code, and Markdown that begins with the title. `{short_name}` is the centre's; other places are filled in for each person.
const ACTS: [(&str, &str); 8] = [
    ("offer", include_str!("../acts/offer.md")),
    ("privacy", include_str!("../acts/privacy.md")),
    ("consent-training", include_str!("../acts/consent-training.md")),
    ("consent-news", include_str!("../acts/consent-news.md")),
    ("consent-publication", include_str!("../acts/consent-publication.md")),
    ("e-signature", include_str!("../acts/e-signature.md")),
    ("materials-licence", include_str!("../acts/materials-licence.md")),
    ("enrolment-delegation", include_str!("../acts/enrolment-delegation.md")),
];

/// Puts all of them in force in the centre's name.
pub fn enact_all(work: &mut Work, centre: &Centre) -> Stored<()> {
    for (code, text) in ACTS {
        let title =
            prose::title_and_rest(text).0.ok_or_else(|| Fault::data("an act begins with its title"))?;
        Act::enact(work, code, title, &text.replace("{short_name}", &centre.short_name))?;
    }
    instructions::enact_missing(work)
}
