//! Routes, each with its door. The list of doors is data, so that a test can hold role × route × answer to a snapshot.
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use web::{Failure, House, nothing_done, see_other};

use crate::{Right, Visit};

/// The largest form with a file, in bytes.
const LARGEST_FILE: usize = 64 * 1024 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Anyone,
    SignedIn,
    With(Right),
}

/// One route as a test sees it.
#[derive(Clone, Debug)]
pub struct Way {
    pub method: &'static str,
    pub path: &'static str,
    pub door: Door,
}

#[derive(Default)]
pub struct Doors {
    router: Router<House>,
    ways: Vec<Way>,
}

impl Doors {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn get<T: 'static>(self, path: &'static str, door: Door, handler: impl Handler<T, House>) -> Self {
        self.route("GET", path, door, get(handler))
    }

    #[must_use]
    pub fn post<T: 'static>(self, path: &'static str, door: Door, handler: impl Handler<T, House>) -> Self {
        self.route("POST", path, door, post(handler))
    }

    /// Takes a form with a file, as large as files may be.
    #[must_use]
    pub fn upload<T: 'static>(self, path: &'static str, door: Door, handler: impl Handler<T, House>) -> Self {
        self.route("POST", path, door, post(handler).layer(DefaultBodyLimit::max(LARGEST_FILE)))
    }

    fn route(
        mut self,
        method: &'static str,
        path: &'static str,
        door: Door,
        methods: MethodRouter<House>,
    ) -> Self {
        let guarded = methods.layer(from_fn(move |request, next| guard(door, request, next)));
        self.router = self.router.route(path, guarded);
        self.ways.push(Way { method, path, door });
        self
    }

    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.ways.extend(other.ways);
        self
    }

    pub fn into_parts(self) -> (Router<House>, Vec<Way>) {
        (self.router, self.ways)
    }
}

/// What a password given once opens.
const IN_SPITE: [&str; 2] = ["/password", "/sign-out"];

/// Without the right a page looks as if it were not there; without a sign-in the way leads there and back.
async fn guard(door: Door, request: Request, next: Next) -> Response {
    let Some(visit) = request.extensions().get::<Visit>() else {
        return Failure::broken("the edge is not wired before the routes").into_response();
    };
    match (door, &visit.actor) {
        (Door::SignedIn | Door::With(_), Some(actor))
            if actor.password_once && !IN_SPITE.contains(&request.uri().path()) =>
        {
            nothing_done("/password")
        }
        (Door::Anyone, _) | (Door::SignedIn, Some(_)) => next.run(request).await,
        (Door::With(right), Some(actor)) if actor.may(right) => next.run(request).await,
        (Door::With(_), Some(_)) => Failure::missing().into_response(),
        (_, None) => {
            let back = if request.method() == "GET" { visit.path.as_str() } else { "/" };
            see_other(&crate::sign_in::address(back))
        }
    }
}
