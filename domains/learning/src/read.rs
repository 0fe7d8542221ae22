//! Reading a material: contents on the left, the text or the PDF, the next one below.
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use library::Body;
use maud::{Markup, PreEscaped, html};
use store::Fault;
use uuid::Uuid;
use web::parts::icon;
use web::{Failure, Reply, parts, see_other};

use crate::licence;
use crate::plan::{Plan, Step, done, opened};

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
                Body::Pdf { .. } => String::new(),
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

/// The PDF itself, to its learner only.
pub(crate) async fn file(visit: Visit, Path((enrolment, resource)): Path<(Uuid, Uuid)>) -> Reply {
    let (person, today) = (visit.person()?, visit.today());
    let file = visit
        .read(move |db| {
            let plan = Plan::of(db, person, enrolment)?;
            let accepted = licence::is_accepted(db, person)? && plan.enrolment.is_open(today);
            match plan.step(resource).map(|step| step.resource.body.clone()) {
                Some(Body::Pdf { file, .. }) if accepted => Ok(file),
                _ => Err(Fault::Missing),
            }
        })
        .await?;
    let bytes = visit.house.files.load(file).await.map_err(Failure::broken)?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"material.pdf\""),
    ];
    Ok((headers, bytes).into_response())
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
                article {
                    @match &resource.body {
                        Body::Text => { div.prose { (PreEscaped(text)) } }
                        Body::Pdf { size, .. } => {
                            @let file = format!("/studies/{enrolment}/files/{}", resource.id);
                            h1 { (resource.title) }
                            p.mt-3.cluster { a.btn href=(file) download { (icon("download")) "Скачать PDF" } span.small.muted { (size / 1024 + 1) "\u{a0}КБ" } }
                            object.pdf.mt-3 data=(file) type="application/pdf" aria-label=(resource.title) {
                                p { "Браузер не показывает PDF на странице. " a href=(file) { "Откройте его отдельно" } "." }
                            }
                        }
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
    }
}
