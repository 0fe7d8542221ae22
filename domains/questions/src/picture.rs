//! Pictures of questions, by their hash, to who is signed in.
use accounts::Visit;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use files::Hash;
use web::{Failure, Reply};

pub(crate) async fn show(visit: Visit, Path(hash): Path<String>) -> Reply {
    let hash = Hash::parse(&hash).ok_or_else(Failure::missing)?;
    let bytes = visit.house.files.load(hash).await.map_err(|_| Failure::missing())?;
    // A stored file that is not a picture (a scan in PDF, a protocol) is not given out by this address.
    let kind = files::kind(&bytes).filter(|kind| kind.starts_with("image/")).ok_or_else(Failure::missing)?;
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, max-age=86400")], bytes)
        .into_response())
}
