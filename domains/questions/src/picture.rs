//! Pictures and recordings of questions, by their hash, to who is signed in.
use accounts::Visit;
use axum::extract::{Path, Request};
use axum::http::header;
use axum::response::IntoResponse;
use files::Hash;
use tower::ServiceExt;
use tower_http::services::ServeFile;
use web::{Failure, Reply};

use crate::formats::pictures::sound_kind;

const DAY: header::HeaderValue = header::HeaderValue::from_static("private, max-age=86400");

pub(crate) async fn show(visit: Visit, Path(hash): Path<String>, request: Request) -> Reply {
    let hash = Hash::parse(&hash).ok_or_else(Failure::missing)?;
    let place = visit.house.files.place(&hash);
    let bytes = visit.house.files.load(hash).await.map_err(|_| Failure::missing())?;
    if let Some(kind) = files::kind(&bytes).filter(|kind| kind.starts_with("image/")) {
        return Ok(([(header::CONTENT_TYPE, kind)], [(header::CACHE_CONTROL, DAY)], bytes).into_response());
    }
    // A stored file that is neither (a scan in PDF, a protocol) is not given out by this address.
    let kind = sound_kind(&bytes).ok_or_else(Failure::missing)?;
    let kind = kind.parse().map_err(Failure::broken)?;
    // Players ask for parts.
    let sent = ServeFile::new_with_mime(place, &kind).oneshot(request).await.map_err(Failure::broken)?;
    let mut response = sent.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, DAY);
    Ok(response)
}
