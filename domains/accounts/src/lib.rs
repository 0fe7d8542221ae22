//! People, roles and rights, sign-in and sessions; the [`Visit`] that every handler gets (regulation, section 5).
mod declined;
mod doors;
mod edge;
pub mod frame;
mod invitation;
mod limits;
mod password;
pub mod person;
mod rights;
mod session;
mod sessions;
mod sign_in;
mod staff;
mod visit;

pub use declined::{CASES, Declined, decline, in_case};
pub use doors::{Door, Doors, Way};
pub use edge::edge;
pub use invitation::{address as invitation_address, invite};
pub use limits::Limits;
pub use password::{MIN_PASSWORD, Passwords, once as password_once};
pub use rights::{Right, Role};
pub use session::{cookie as session_cookie, new_token as session_token, open as open_session};
pub use sign_in::home;
pub use staff::{act_for_head, acting_head, is_head, may_act, slip};
pub use visit::{Actor, Visit};

/// Everything that this domain answers.
pub fn routes() -> Doors {
    Doors::new()
        .get("/sign-in", Door::Anyone, sign_in::show)
        .post("/sign-in", Door::Anyone, sign_in::submit)
        .post("/sign-out", Door::SignedIn, sign_in::leave)
        .get("/invitation/{token}", Door::Anyone, invitation::show)
        .post("/invitation/{token}", Door::Anyone, invitation::submit)
        .get("/password-reset", Door::Anyone, invitation::forgotten)
        .post("/password-reset", Door::Anyone, invitation::send)
        .get("/sessions", Door::SignedIn, sessions::list)
        .post("/sessions/{id}/closure", Door::SignedIn, sessions::close)
        .get("/password", Door::SignedIn, password::show)
        .post("/password", Door::SignedIn, password::change)
        .get("/settings/people", Door::With(Right::ManageStaff), staff::list)
        .post("/settings/people", Door::With(Right::ManageStaff), staff::add)
        .post("/settings/people/{person}/password", Door::With(Right::ManageStaff), staff::renew)
        .post("/settings/people/{person}/term", Door::With(Right::ManageStaff), staff::prolong)
        .post("/settings/people/{person}/devices", Door::With(Right::ManageStaff), staff::close_devices)
        .post("/settings/people/{person}/block", Door::With(Right::ManageStaff), staff::block)
}
