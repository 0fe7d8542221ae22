//! One request and the person who made it: what every handler gets.
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::Markup;
use store::{Db, Stored, Who, Work};
use uuid::Uuid;
use web::{Failure, House, Prefs, Reply};
use words::{Day, FullName, Moment};

use crate::frame::{self, Frame};
use crate::{Right, Role};

/// Cheap to clone.
#[derive(Clone)]
pub struct Visit(Arc<Inner>);

pub struct Inner {
    pub house: House,
    pub prefs: Prefs,
    pub now: Moment,
    /// By which the log knows this request; shown on a page of a fault.
    pub number: String,
    pub actor: Option<Actor>,
    /// Path and query, for coming back after signing in.
    pub path: String,
    pub address: String,
    pub agent: String,
    /// The form before this page was done with: the page says so.
    pub done: bool,
}

/// The person who is signed in.
#[derive(Clone, Debug)]
pub struct Actor {
    pub person: Uuid,
    pub session: Uuid,
    pub name: FullName,
    pub roles: Vec<Role>,
    /// The head's role is this person's for a time only, by order.
    pub is_acting: bool,
    /// The password was given by the staff and opens only the page where another is chosen.
    pub password_once: bool,
}

impl Actor {
    pub fn may(&self, right: Right) -> bool {
        self.roles.iter().any(|role| role.rights().contains(&right))
    }
}

impl Visit {
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    pub fn today(&self) -> Day {
        self.now.day()
    }

    pub fn may(&self, right: Right) -> bool {
        self.actor.as_ref().is_some_and(|actor| actor.may(right))
    }

    /// The signed-in person; a door has made sure of one.
    pub fn person(&self) -> Result<Uuid, Failure> {
        self.actor.as_ref().map(|actor| actor.person).ok_or_else(Failure::missing)
    }

    pub async fn read<T: Send + 'static>(
        &self,
        look: impl Fn(&mut Db) -> Stored<T> + Send + 'static,
    ) -> Result<T, Failure> {
        Ok(self.house.store.read(look).await?)
    }

    /// One unit of work in this person's name.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Work) -> Stored<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let who =
            Who { person: self.actor.as_ref().map(|actor| actor.person), request: Some(self.number.clone()) };
        Ok(self.house.store.write(who, work).await?)
    }

    /// A whole page: `body` inside the frame.
    pub fn page(&self, title: &str, frame: Frame, body: Markup) -> Reply {
        Ok(self.draw(title, frame, &body))
    }

    /// The same form again, with its messages: 422.
    pub fn again(&self, title: &str, frame: Frame, body: Markup) -> Reply {
        let mut response = self.draw(title, frame, &body);
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        Ok(response)
    }

    pub(crate) fn draw(&self, title: &str, frame: Frame, body: &Markup) -> Response {
        let mut response = frame::draw(self, title, frame, body).into_response();
        if self.done {
            // Said once.
            response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_static(UNSET_DONE));
        }
        response
    }
}

/// By which the page after a form knows that it was done with, and how the page takes it away.
pub(crate) const DONE: &str = "done";
pub(crate) const SET_DONE: &str = "done=yes; Path=/; Max-Age=10; SameSite=Lax; HttpOnly";
const UNSET_DONE: &str = "done=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly";

impl Deref for Visit {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Failure::broken("the edge is not wired before the routes"))
    }
}
