//! All domains in one application.
use std::sync::Arc;

use accounts::{Door, Doors, Way};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::get;
use files::Files;
use post::Post;
use store::{Jobs, Listeners, Store};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate, SizeAbove};
use web::{Brand, Failure, House, Setup};

/// The largest form, in bytes. Files come by their own routes.
const LARGEST_FORM: usize = 1024 * 1024;

/// A centre ready to be served.
pub struct App {
    pub router: Router,
    pub jobs: Arc<Jobs>,
    pub house: House,
    /// Every route with its door.
    pub ways: Vec<Way>,
}

/// What an application is made of.
pub struct Parts {
    pub store: Store,
    pub files: Files,
    pub post: Post,
    pub base_url: String,
    pub demo: bool,
    pub behind_proxy: bool,
    pub brand: Brand,
    /// Adds `POST /probe`, which parses JSON and answers: the limit that a benchmark compares with.
    pub probe: bool,
}

/// Who hears which fact, in the order of the floors.
pub fn listeners() -> Listeners {
    let mut on = Listeners::default();
    learning::listeners(&mut on);
    attestation::listeners(&mut on);
    documents::listeners(&mut on);
    meetings::listeners(&mut on);
    on
}

fn doors() -> Doors {
    accounts::routes()
        .merge(regulations::routes())
        .merge(programmes::routes())
        .merge(questions::routes())
        .merge(admissions::routes())
        .merge(learning::routes())
        .merge(trainer::routes())
        .merge(meetings::routes())
        .merge(attestation::routes())
        .merge(library::routes())
        .merge(documents::routes())
        .merge(monitoring::routes())
        .merge(cabinet::routes())
}

/// What fits one packet as it is gains nothing by being smaller: the answer to an answer is a hundred and fifty bytes.
const ONE_PACKET: u64 = 1200;

pub fn build(parts: Parts) -> App {
    let Parts { store, files, post, base_url, demo, behind_proxy, brand, probe } = parts;
    let mut jobs = Jobs::default();
    admissions::jobs(&mut jobs, &store, &files, &post);
    post::jobs(&mut jobs, &store, &files, post);
    crate::nightly::jobs(&mut jobs, &store, &files);
    learning::jobs(&mut jobs, &store, &files, &base_url);
    trainer::jobs(&mut jobs, &store, &files);
    attestation::jobs(&mut jobs, &store, &files);
    documents::paper_jobs(&mut jobs, &store, &files, &base_url);
    documents::protocol_jobs(&mut jobs, &store);
    documents::archive::jobs(&mut jobs, &store, &files);

    let house = House::new(Setup { store, files, base_url, demo, behind_proxy, brand });
    let doors = if probe { doors().post("/probe", Door::SignedIn, answer_at_once) } else { doors() };
    let (pages, ways) = doors.into_parts();
    let router = pages
        .merge(web::prefs_routes())
        .fallback(async || Failure::missing().into_response())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(regulations::instructions::first))
        .layer(from_fn_with_state(house.clone(), accounts::edge))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(
            CompressionLayer::new()
                .quality(CompressionLevel::Fastest)
                .compress_when(DefaultPredicate::new().and(SizeAbove::new(ONE_PACKET))),
        )
        .route("/assets/{file}", get(web::assets::show))
        .route("/health", get(health))
        .with_state(house.clone());
    App { router, jobs: Arc::new(jobs), house, ways }
}

/// A panic of a handler is a fault like any other: the edge writes it down and draws its page.
fn panicked(cause: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    let text = cause
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| cause.downcast_ref::<String>().cloned());
    Failure::broken(format!("panic: {}", text.unwrap_or_default())).into_response()
}

async fn answer_at_once(body: axum::body::Bytes) -> Result<String, Failure> {
    let sent: serde_json::Value = serde_json::from_slice(&body).map_err(Failure::broken)?;
    Ok(serde_json::json!({ "at": "14:07", "left": sent["seat"] }).to_string())
}

/// `GET /health`: 200 when the database answers.
async fn health(axum::extract::State(house): axum::extract::State<House>) -> Result<&'static str, Failure> {
    house.store.read(|db| db.count("select cast(count(*) as bigint) from centre", &[])).await?;
    Ok("ok")
}
