//! Before an attestation that asks for a photo: taking it, taking it again, or saying that there is no camera.
use accounts::{Limits, Visit};
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use files::Hash;
use learning::Plan;
use maud::{Markup, html};
use programmes::Identification;
use serde::Deserialize;
use store::Fault;
use uuid::Uuid;
use web::parts::Tone;
use web::{Failure, Messages, Posted, Reply, Upload, parts, see_other};

use crate::begin;
use crate::photo::Photo;

const LET_IN: [&str; 3] = ["image/jpeg", "image/png", photos::HEIC];

/// The photo comes: made smaller, without where and when it was taken.
pub(crate) async fn submit(visit: Visit, Path(enrolment): Path<Uuid>, mut upload: Upload) -> Reply {
    let person = visit.person()?;
    own(&visit, person, enrolment).await?;
    if !Limits::uploads().lets(&format!("photo {enrolment}")) {
        return Err(Failure::new(StatusCode::TOO_MANY_REQUESTS, "photos before an attestation"));
    }
    let refused = |words: String| Messages::one("file", words);
    let said = match upload.take_file() {
        None => refused("Снимок: сделайте его или выберите файл".to_owned()),
        Some((name, bytes)) => match files::kind_among(&bytes, &LET_IN) {
            None => refused(format!("Снимок: «{name}» не фото. Сделайте снимок ещё раз")),
            Some(media) => {
                let small = tokio::task::spawn_blocking(move || photos::portrait(&bytes, media));
                match small.await.map_err(Failure::broken)? {
                    Err(error) => {
                        tracing::warn!(%enrolment, %error, "a photo that cannot be drawn");
                        refused(format!("Снимок: «{name}» не открывается. Сделайте снимок ещё раз"))
                    }
                    Ok(jpeg) => {
                        let file = visit.house.files.store_sealed(jpeg).await.map_err(Failure::broken)?;
                        visit.write(move |work| Photo::keep(work, enrolment, Some(&file))).await?;
                        return Ok(see_other(&format!("/studies/{enrolment}/attestation")));
                    }
                }
            }
        },
    };
    begin::again(&visit, enrolment, &said).await
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

/// There is no camera: a methodist recognises the learner in another way.
pub(crate) async fn without(
    visit: Visit,
    Path(enrolment): Path<Uuid>,
    Posted { .. }: Posted<Nothing>,
) -> Reply {
    let person = visit.person()?;
    own(&visit, person, enrolment).await?;
    visit.write(move |work| Photo::keep(work, enrolment, None)).await?;
    Ok(see_other(&format!("/studies/{enrolment}/attestation")))
}

/// A study of one's own that asks for a photo, and whose attestation may begin.
async fn own(visit: &Visit, person: Uuid, enrolment: Uuid) -> Result<(), Failure> {
    let now = visit.now;
    visit
        .read(move |db| {
            let plan = Plan::of(db, person, enrolment)?;
            let asked = plan.version.content.attestation.identification == Identification::Photo;
            if asked && begin::is_admitted(db, person, enrolment, now)? {
                Ok(())
            } else {
                Err(Fault::Missing)
            }
        })
        .await
}

/// One's own photo, to see whether it is good.
pub(crate) async fn seen(visit: Visit, Path(enrolment): Path<Uuid>) -> Reply {
    let (person, now) = (visit.person()?, visit.now);
    own(&visit, person, enrolment).await?;
    let photo = visit.read(move |db| Photo::fresh(db, enrolment, now)).await?;
    send(&visit, photo.and_then(|photo| photo.file)).await
}

/// A photo, never kept by the browser.
pub(crate) async fn send(visit: &Visit, file: Option<Hash>) -> Reply {
    let file = file.ok_or_else(Failure::missing)?;
    let bytes = visit.house.files.load_sealed(file).await.map_err(Failure::broken)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, bytes).into_response())
}

/// What stands before the button: no photo yet, or the one that was taken.
pub(crate) fn before(enrolment: Uuid, fresh: Option<&Photo>, said: &Messages) -> Markup {
    let address = format!("/studies/{enrolment}/attestation");
    let take = html! {
        (parts::upload(&format!("{address}/photo"), "form", &html! {
            div.entry {
                label for="file" { "Снимок лица" }
                input #file name="file" type="file" accept="image/*" capture="user" aria-invalid=[said.about("file").map(|_| "true")] aria-describedby="file-tip";
                p.hint #file-tip { "Лицо целиком, при свете, без очков с тёмными стёклами. Снимок увидит только методист" }
            }
            div { (parts::submit("Отправить снимок")) }
        }))
        (parts::island("camera.js"))
    };
    html! {
        (parts::summary(said))
        @match fresh {
            None => {
                p { "Чтобы убедиться, что сдаёте вы, нужен снимок. Его сверит с вашим документом человек; документ об обучении выдадим после этого. Программа лица не сравнивает, снимок удалим в срок." }
                (take)
                (parts::form(&format!("{address}/without-camera"), "", &html! { p.small.muted { "Нет камеры? " button.as-link type="submit" { "Начните без снимка" } ": методист узнает вас иначе, например по видеосвязи." } }))
            }
            Some(photo) => {
                @if photo.file.is_some() {
                    figure.photo { img src={ (address) "/photo?" (photo.id) } alt="Ваш снимок" width="240"; figcaption.small.muted { "Лицо видно хорошо? Тогда начинайте" } }
                } @else {
                    (parts::note(Tone::Plain, "info", &html! { p { "Начнёте без снимка. Методист свяжется с вами, чтобы узнать вас; документ об обучении выдадим после этого." } }))
                }
                (parts::form(&address, "", &parts::submit("Начать аттестацию")))
                details.mt-3 { summary { @if photo.file.is_some() { "Сделать другой снимок" } @else { "Камера нашлась" } } div.mt-3 { (take) } }
            }
        }
    }
}
