//! A file as an answer.
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use sheets::Column;

use crate::{Failure, Reply};

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

/// A list as an xlsx table: its name, the file's name, the head and width of each column, and the rows.
pub async fn table(
    name: &'static str,
    file: &str,
    columns: &'static [(&'static str, u16)],
    rows: Vec<Vec<String>>,
) -> Reply {
    let writing = tokio::task::spawn_blocking(move || {
        let columns: Vec<_> = columns.iter().map(|(title, width)| Column::new(title, *width)).collect();
        sheets::write(name, &columns, &rows)
    });
    let table = writing.await.map_err(Failure::broken)?.map_err(Failure::broken)?;
    Ok(download(sheets::MEDIA_TYPE, file, table))
}
