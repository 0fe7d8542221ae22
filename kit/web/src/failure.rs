//! The third kind of error: a fault. Messages and refusals are ordinary pages; a fault is made into a page at the edge,
//! once, with its causes in the log.
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use store::Fault;

/// What a handler answers.
pub type Reply = Result<Response, Failure>;

/// Why there is no answer. The edge finds it among the response's extensions and draws the page.
#[derive(Clone, Debug)]
pub struct Failure {
    pub status: StatusCode,
    /// For the log only.
    pub cause: String,
}

impl Failure {
    pub fn new(status: StatusCode, cause: impl Into<String>) -> Self {
        Self { status, cause: cause.into() }
    }

    /// There is no such thing, or it is not for this person.
    pub fn missing() -> Self {
        Self::new(StatusCode::NOT_FOUND, "missing")
    }

    /// Something in the house is broken.
    pub fn broken(cause: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, cause.to_string())
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let status = match fault {
            Fault::Missing => StatusCode::NOT_FOUND,
            Fault::Busy | Fault::Again | Fault::Unknown => StatusCode::SERVICE_UNAVAILABLE,
            Fault::Full => StatusCode::INSUFFICIENT_STORAGE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, fault.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// 303 where nothing was done: it had been done before, or cannot be any more; the page there says how it stands.
pub fn nothing_done(address: &str) -> Response {
    let mut response = see_other(address);
    response.extensions_mut().insert(NothingDone);
    response
}

/// Marks an answer to a form that changed nothing.
#[derive(Clone, Copy, Debug)]
pub struct NothingDone;

/// 303: the form is done with, look there.
pub fn see_other(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    match HeaderValue::from_str(address) {
        Ok(address) => {
            response.headers_mut().insert(header::LOCATION, address);
            response
        }
        Err(error) => Failure::broken(error).into_response(),
    }
}
