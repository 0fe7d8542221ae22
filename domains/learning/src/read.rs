//! Reading a material: contents on the left, the text, PDF, picture, sound or film, the next one below.
use accounts::Visit;
use accounts::frame::Frame;
use accounts::person::Person;
use admissions::Enrolment;
use axum::extract::{Path, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use library::{Body, Media, Resource, Show};
use maud::{Markup, PreEscaped, html};
use regulations::Centre;
use serde::Deserialize;
use store::Fault;
use tower::ServiceExt;
use tower_http::services::ServeFile;
use uuid::Uuid;
use web::parts::icon;
use web::{Failure, Posted, Reply, parts, see_other};

use crate::copy::{Owner, of_file};
use crate::licence;
use crate::plan::{Plan, Step, done, opened, stopped};

pub(crate) async fn show(visit: Visit, Path((enrolment, resource)): Path<(Uuid, Uuid)>) -> Reply {
    let person = visit.person()?;
    let plan = visit
        .write(move |work| {
            let plan = Plan::of(work, person, enrolment)?;
            let step = plan.step(resource).ok_or(Fault::Missing)?;
            if !plan.enrolment.is_open(work.today()) {
                return Ok(Err(format!("/studies/{enrolment}/attestation")));
            }
            if !licence::is_accepted(work, person)? {
                return Ok(Err(licence::address(enrolment)));
            }
            opened(work, enrolment, &step.resource)?;
            let text = match &step.resource.body {
                Body::Text => library::html(work, step.resource.version)?,
                Body::File { .. } => String::new(),
            };
            Ok(Ok((plan, text)))
        })
        .await?;
    let (plan, text) = match plan {
        Ok(opened) => opened,
        // The licence stands before, or the term is over: the page there says so.
        Err(elsewhere) => return Ok(see_other(&elsewhere)),
    };
    let step = plan.step(resource).ok_or_else(Failure::missing)?;
    visit.page(&step.resource.title, Frame::Cabinet("/cabinet"), page(&plan, step, &text))
}

pub(crate) async fn complete(visit: Visit, Path((enrolment, resource)): Path<(Uuid, Uuid)>) -> Reply {
    let person = visit.person()?;
    let next = visit
        .write(move |work| {
            let plan = Plan::of(work, person, enrolment)?;
            let step = plan.step(resource).ok_or(Fault::Missing)?;
            if !licence::is_accepted(work, person)? || !plan.enrolment.is_open(work.today()) {
                return Err(Fault::Missing);
            }
            done(work, enrolment, &step.resource)?;
            Ok(plan.after(resource).map(|step| step.resource.id))
        })
        .await?;
    Ok(see_other(&next.map_or("/cabinet".to_owned(), |next| address(enrolment, next))))
}

#[derive(Deserialize)]
pub(crate) struct Place {
    place: i64,
}

/// A day of film is more than anybody has made.
const FARTHEST: i64 = 86_400;

/// Where the learner stopped, as the island of the page says it.
pub(crate) async fn stop(
    visit: Visit,
    Path((enrolment, resource)): Path<(Uuid, Uuid)>,
    Posted { form, .. }: Posted<Place>,
) -> Reply {
    let person = visit.person()?;
    visit
        .write(move |work| {
            if !Enrolment::of(work, person, enrolment)?.is_open(work.today()) {
                return Err(Fault::Missing);
            }
            stopped(work, enrolment, resource, form.place.clamp(0, FARTHEST))
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A material's file while it is open to this learner.
async fn opened_file(visit: &Visit, enrolment: Uuid, resource: Uuid) -> Result<(Resource, Owner), Failure> {
    let (person, today) = (visit.person()?, visit.today());
    visit
        .read(move |db| {
            let plan = Plan::of(db, person, enrolment)?;
            let accepted = licence::is_accepted(db, person)? && plan.enrolment.is_open(today);
            let owner = Owner {
                name: Person::find(db, person)?.name,
                day: today,
                centre: Centre::load(db)?.short_name,
            };
            match plan.step(resource) {
                Some(step) if accepted => Ok((step.resource.clone(), owner)),
                _ => Err(Fault::Missing),
            }
        })
        .await
}

/// The file itself, to its learner only: a PDF bears the name, sound and films are sent by the part that is asked for.
pub(crate) async fn file(
    visit: Visit,
    Path((enrolment, resource)): Path<(Uuid, Uuid)>,
    request: Request,
) -> Reply {
    let (resource, owner) = opened_file(&visit, enrolment, resource).await?;
    let Body::File { media, file, size, .. } = resource.body else { return Err(Failure::missing()) };
    if matches!(media.show, Show::Audio | Show::Video) {
        let kind = media.name.parse().map_err(Failure::broken)?;
        let parts = ServeFile::new_with_mime(visit.house.files.place(&file), &kind);
        let mut response = parts.oneshot(request).await.map_err(Failure::broken)?.into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        return Ok(response);
    }
    let bytes = of_file(&visit.house.files, media, file, size, &resource.title, &owner).await;
    let how = if media.show == Show::Download { "attachment" } else { "inline" };
    let disposition = HeaderValue::from_str(&format!("{how}; filename=\"material.{}\"", media.ending));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media.name)),
        (header::CONTENT_DISPOSITION, disposition.map_err(Failure::broken)?),
    ];
    Ok((headers, bytes.map_err(Failure::broken)?).into_response())
}

/// Subtitles of a film.
pub(crate) async fn captions(visit: Visit, Path((enrolment, resource)): Path<(Uuid, Uuid)>) -> Reply {
    let (resource, _) = opened_file(&visit, enrolment, resource).await?;
    let text = visit.read(move |db| library::subtitles(db, resource.version)).await?;
    Ok(([(header::CONTENT_TYPE, "text/vtt; charset=utf-8")], text).into_response())
}

fn address(enrolment: Uuid, resource: Uuid) -> String {
    format!("/studies/{enrolment}/materials/{resource}")
}

fn page(plan: &Plan, step: &Step, text: &str) -> Markup {
    let (enrolment, resource) = (plan.enrolment.id, &step.resource);
    let (read, all) = plan.progress();
    html! {
        main.wrap #main {
            p.crumb { a href="/cabinet" { "Обучение" } " · " span.muted { (plan.version.content.title) } }
            progress.mt-2 max=(all.max(1)) value=(read) aria-label={ "Изучено материалов: " (read) " из " (all) } {}
            div.reader {
                // The text comes first: on a phone the contents stand below it.
                article data-keep=[keeps_place(&resource.body).then(|| format!("{}/place", address(enrolment, resource.id)))] data-place=[(!step.done).then_some(step.place)] {
                    p.place #place hidden role="status" { "С места, где вы остановились. " button.as-link type="button" { "К началу" } }
                    @match &resource.body {
                        Body::Text => { div.prose { (PreEscaped(text)) } }
                        Body::File { media, size, has_subtitles, .. } => { (shown(plan, resource, *media, *size, *has_subtitles)) }
                    }
                    div.turn {
                        @match plan.before(resource.id) {
                            Some(before) => { a.btn href=(address(enrolment, before.resource.id)) { (icon("arrow-left")) "Назад" } }
                            None => { a.btn href="/cabinet" { (icon("arrow-left")) "К плану" } }
                        }
                        (parts::form(&format!("{}/completion", address(enrolment, resource.id)), "inline", &html! {
                            button.btn.primary type="submit" { @if plan.after(resource.id).is_some() { "Далее" } @else { "Закончить" } (icon("arrow-right")) }
                        }))
                    }
                }
                nav.contents aria-label="Материалы" {
                    details open {
                        summary.small.muted { "Материалы: " (read) " из " (all) }
                        @for module in &plan.modules {
                            p.grp.small.muted.mt-3 { (module.title) }
                            ol.l {
                                @for one in &module.steps {
                                    li {
                                        a href=(address(enrolment, one.resource.id)) aria-current=[(one.resource.id == resource.id).then_some("page")] {
                                            (icon(if one.done { "circle-check" } else { "file-text" })) span { (one.resource.title) @if one.done { span.sr { ", изучено" } } }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        (parts::island("reader.js"))
    }
}

/// A PDF, a picture and a file to be downloaded have no place that a page could know.
const fn keeps_place(body: &Body) -> bool {
    match body {
        Body::Text => true,
        Body::File { media, .. } => matches!(media.show, Show::Audio | Show::Video),
    }
}

/// A material that is a file, as its kind is shown best.
fn shown(plan: &Plan, resource: &Resource, media: Media, size: i64, has_subtitles: bool) -> Markup {
    let file = format!("/studies/{}/files/{}", plan.enrolment.id, resource.id);
    let kilobytes = size / 1024 + 1;
    html! {
        h1 { (resource.title) }
        @match media.show {
            Show::Pdf => {
                p.mt-3.cluster { a.btn href=(file) download { (icon("download")) "Скачать PDF" } span.small.muted { (kilobytes) "\u{a0}КБ" } }
                object.pdf.mt-3 data=(file) type="application/pdf" aria-label=(resource.title) {
                    p { "Браузер не показывает PDF на странице. " a href=(file) { "Откройте его отдельно" } "." }
                }
            }
            Show::Image => { p.mt-3 { a href=(file) target="_blank" { img src=(file) alt=(resource.title); } } }
            Show::Audio => { audio.mt-3 controls preload="metadata" src=(file) { a href=(file) { "Скачать звук" } } }
            Show::Video => {
                video.mt-3 controls preload="metadata" {
                    source src=(file) type=(media.name);
                    @if has_subtitles { track kind="subtitles" srclang="ru" label="Субтитры" src={ "/studies/" (plan.enrolment.id) "/subtitles/" (resource.id) } default; }
                    p { "Браузер не показывает это видео. " a href=(file) { "Скачайте его" } "." }
                }
            }
            Show::Download => {
                p.mt-3.cluster { a.btn href=(file) download { (icon("download")) "Скачать" } span.small.muted { (media.russian) ", " (kilobytes) "\u{a0}КБ" } }
            }
        }
    }
}
