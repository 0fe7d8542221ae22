//! Styles, islands, fonts and icons, embedded in the program under hashed names.
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

struct Asset {
    name: &'static str,
    file: &'static str,
    plain: &'static [u8],
    br: &'static [u8],
    gz: &'static [u8],
}

const ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The address of an asset by its plain name; a name that does not exist gives an address that is not found, which
/// the browser journeys notice.
pub fn address(name: &str) -> String {
    let file = ASSETS.iter().find(|asset| asset.name == name).map_or(name, |asset| asset.file);
    format!("/assets/{file}")
}

/// `GET /assets/{file}`: for ever, since the name changes with the content.
#[expect(clippy::unused_async, reason = "a handler is async")]
pub async fn show(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.file == file) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (bytes, encoding) = match () {
        () if !asset.br.is_empty() && accepted.contains("br") => (asset.br, Some("br")),
        () if !asset.gz.is_empty() && accepted.contains("gzip") => (asset.gz, Some("gzip")),
        () => (asset.plain, None),
    };
    let kind = match file.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("webp") => "image/webp",
        _ => "application/octet-stream",
    };
    let mut response = (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (header::VARY, "accept-encoding"),
        ],
        bytes,
    )
        .into_response();
    // The worker of attestations lives among the files and serves the pages of attempts.
    if asset.name == "worker.js" {
        let allowed = header::HeaderName::from_static("service-worker-allowed");
        response.headers_mut().insert(allowed, header::HeaderValue::from_static("/attempts/"));
    }
    if let Some(encoding) = encoding {
        response.headers_mut().insert(header::CONTENT_ENCODING, header::HeaderValue::from_static(encoding));
    }
    response
}
