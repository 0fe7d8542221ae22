//! A file as an answer.
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// The file under `name` (fixed words in ASCII): shown in the browser what it can show, saved what it cannot.
pub fn download(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let how = if kind == "application/pdf" { "inline" } else { "attachment" };
    let disposition = HeaderValue::from_str(&format!("{how}; filename=\"{name}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, disposition)];
    (headers, bytes).into_response()
}
