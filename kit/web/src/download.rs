//! A file as an answer.
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// A file's name for the header, in any language (RFC 6266): `how` is `inline` or `attachment`.
pub fn named(how: &str, name: &str) -> HeaderValue {
    let mut header = format!("{how}; filename*=UTF-8''");
    for byte in name.replace(['/', '\\'], "-").bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            header.push(char::from(byte));
        } else {
            header += &format!("%{byte:02X}");
        }
    }
    HeaderValue::from_str(&header).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

/// The file under `name`: shown in the browser what it can show, saved what it cannot.
pub fn download(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let how = if kind == "application/pdf" { "inline" } else { "attachment" };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, named(how, name)),
    ];
    (headers, bytes).into_response()
}
