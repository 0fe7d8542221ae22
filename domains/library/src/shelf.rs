//! The materials of a programme as those who write it see them: by module, a form to add one, a page to change one (п. 4.4, 4.5, 4.10).
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use maud::{Markup, html};
use programmes::Version;
use serde::Deserialize;
use uuid::Uuid;
use web::parts::Tone;
use web::{Failure, Messages, Posted, Reply, Upload, parts, see_other};

use crate::form::Typed;
use crate::{Body, New, Resource, add, markdown, of_programme, renew, subtitles, withdraw};

const SECTION: Frame = Frame::Office("/office/programmes");

pub(crate) async fn show(visit: Visit, Path(version): Path<Uuid>) -> Reply {
    let (version, resources) = load(&visit, version).await?;
    let page = page(&version, &resources, &Typed::default(), &Messages::none());
    visit.page("Материалы", SECTION, page)
}

async fn load(visit: &Visit, version: Uuid) -> Result<(Version, Vec<Resource>), Failure> {
    visit
        .read(move |db| {
            let version = Version::find(db, version)?;
            let resources = of_programme(db, version.programme)?;
            Ok((version, resources))
        })
        .await
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, mut upload: Upload) -> Reply {
    let (version, resources) = load(&visit, id).await?;
    let typed = Typed::of(&upload);
    let mut said = Messages::none();
    let module = version.content.module(&typed.module).map(|module| module.code.clone());
    if module.is_none() {
        said.say("module", "Модуль: выберите");
    }
    let file = upload.take_file();
    if file.is_none() && typed.text.trim().is_empty() {
        said.say("text", "Текст или файл: нужно что-то одно");
    }
    let (title, brought) = typed.check(file, &mut said);
    let (Some(title), Some(module), Some(brought), true) = (title, module, brought, said.is_empty()) else {
        return visit.again("Материалы", SECTION, page(&version, &resources, &typed, &said));
    };
    let new = typed.keep(&visit.house, brought).await?;
    let (programme, key, obligatory) = (version.programme, upload.key, !typed.additional);
    visit
        .write(move |work| work.once(key, |work| add(work, programme, &module, &title, obligatory, &new)))
        .await?;
    Ok(see_other(&format!("/office/programmes/{id}/materials")))
}

/// One material under the version from whose page it was opened; a foreign one is not found.
async fn one(visit: &Visit, version: Uuid, id: Uuid) -> Result<(Version, Resource), Failure> {
    let (version, resources) = load(visit, version).await?;
    let resource = resources.into_iter().find(|one| one.id == id).ok_or_else(Failure::missing)?;
    Ok((version, resource))
}

pub(crate) async fn open(visit: Visit, Path((version, id)): Path<(Uuid, Uuid)>) -> Reply {
    let (version, resource) = one(&visit, version, id).await?;
    let (of, has_subtitles) = match resource.body {
        Body::Text => (resource.version, false),
        Body::File { has_subtitles, .. } => (resource.version, has_subtitles),
    };
    let (text, subtitles) = visit
        .read(move |db| {
            let subtitles = if has_subtitles { subtitles(db, of)? } else { String::new() };
            Ok((markdown(db, of)?, subtitles))
        })
        .await?;
    let typed = Typed {
        title: resource.title.clone(),
        additional: !resource.obligatory,
        text,
        subtitles,
        ..Typed::default()
    };
    visit.page("Материал", SECTION, change_page(&version, &resource, &typed, &Messages::none()))
}

pub(crate) async fn change(
    visit: Visit,
    Path((version, id)): Path<(Uuid, Uuid)>,
    mut upload: Upload,
) -> Reply {
    let (version, resource) = one(&visit, version, id).await?;
    let typed = Typed::of(&upload);
    let mut said = Messages::none();
    let (title, brought) = typed.check(upload.take_file(), &mut said);
    if brought.is_none() && matches!(resource.body, Body::Text) {
        said.say("text", "Текст: заполните");
    }
    let (Some(title), true) = (title, said.is_empty()) else {
        return visit.again("Материал", SECTION, change_page(&version, &resource, &typed, &said));
    };
    let new = match brought {
        Some(brought) => Some(typed.keep(&visit.house, brought).await?),
        None => same_file(&visit, &resource, &typed).await?,
    };
    let (key, obligatory) = (upload.key, !typed.additional);
    visit.write(move |work| work.once(key, |work| renew(work, id, &title, obligatory, new.as_ref()))).await?;
    Ok(see_other(&format!("/office/programmes/{}/materials", version.id)))
}

/// The same file with other subtitles is a new edition too.
async fn same_file(visit: &Visit, resource: &Resource, typed: &Typed) -> Result<Option<New>, Failure> {
    let Body::File { media, file, size, has_subtitles } = resource.body.clone() else { return Ok(None) };
    let of = resource.version;
    let before = if has_subtitles { visit.read(move |db| subtitles(db, of)).await? } else { String::new() };
    if before.trim() == typed.subtitles.trim() {
        return Ok(None);
    }
    let subtitles = Some(typed.subtitles.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(Some(New::File { media, file, size, subtitles }))
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

pub(crate) async fn remove(
    visit: Visit,
    Path((version, id)): Path<(Uuid, Uuid)>,
    Posted { .. }: Posted<Nothing>,
) -> Reply {
    one(&visit, version, id).await?;
    visit.write(move |work| withdraw(work, id)).await?;
    Ok(see_other(&format!("/office/programmes/{version}/materials")))
}

fn change_page(version: &Version, resource: &Resource, typed: &Typed, said: &Messages) -> Markup {
    let address = format!("/office/programmes/{}/materials/{}", version.id, resource.id);
    html! {
        main.dash #main {
            p.crumb { a href={ "/office/programmes/" (version.id) "/materials" } { "Материалы" } }
            div.dash-head { h1 { (resource.title) } }
            p.muted { "Новая редакция видна всем сразу. Кто изучил прежнюю, изучать заново не обязан." }
            (parts::summary(said))
            (parts::upload(&address, "form mt-5", &html! { (typed.fields(said)) div { (parts::submit("Сохранить")) } }))
            div.mt-5 { (parts::caution(&format!("{address}/removal"), "Убрать из комплекта", "Материал исчезнет у всех, кто учится. Кто его изучил, у того отметка останется.", &html! {})) }
        }
    }
}

fn page(version: &Version, resources: &[Resource], typed: &Typed, said: &Messages) -> Markup {
    let modules: Vec<_> = version
        .content
        .modules
        .iter()
        .map(|module| (module.code.as_str(), format!("{}. {}", module.code, module.title)))
        .collect();
    let options: Vec<_> = modules.iter().map(|(code, name)| (*code, name.as_str())).collect();
    let address = format!("/office/programmes/{}", version.id);
    html! {
        main.dash #main {
            p.crumb { a href=(address) { (version.content.title) } }
            div.dash-head { h1 { "Материалы" } }
            @for (code, name) in &modules {
                section.mt-5 {
                    h2.h-s { (name) }
                    ul.lines {
                        @for resource in resources.iter().filter(|resource| resource.module == *code) {
                            li.doc {
                                (parts::icon("file-text"))
                                div.body {
                                    p { a href={ (address) "/materials/" (resource.id) } { (resource.title) } @if !resource.obligatory { " " (parts::tag(Tone::Plain, "дополнительный")) } }
                                    p.small.muted { @match &resource.body { Body::Text => "Текст", Body::File { media, size, .. } => { (media.russian) ", " ((size + 1023) / 1024) " КБ" } } }
                                }
                            }
                        }
                    }
                    @if !resources.iter().any(|resource| resource.module == *code) { p.small.muted { "Пока пусто." } }
                }
            }
            @if modules.is_empty() { (parts::empty("Сначала добавьте в программу модуль: материалы лежат по модулям.", Some((&address, "К программе")))) }
            @else {
                section.mt-8.stack {
                    h2 { "Добавить материал" }
                    p.small.muted { "Он появится у всех, кто учится по программе. Обязательный нужно изучить до аттестации." }
                    (parts::summary(said))
                    (parts::upload(&format!("{address}/materials"), "form", &html! {
                        (parts::select("module", "Модуль", &options, &typed.module, said))
                        (typed.fields(said))
                        div { (parts::submit("Добавить")) }
                    }))
                }
            }
        }
    }
}
