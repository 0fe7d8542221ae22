//! The materials of a programme as those who write it see them: by module, and a form to add one (п. 4.4, 4.5, 4.10).
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use maud::{Markup, html};
use programmes::Version;
use uuid::Uuid;
use web::parts::Tone;
use web::{Messages, Reply, Upload, parts, see_other};

use crate::{Body, New, Resource, add, of_programme};

const SECTION: Frame = Frame::Office("/office/programmes");
/// Characters of a text.
const LONGEST: usize = 200_000;

pub(crate) async fn show(visit: Visit, Path(version): Path<Uuid>) -> Reply {
    let (version, resources) = load(&visit, version).await?;
    let page = page(&version, &resources, &Typed::default(), &Messages::none());
    visit.page("Материалы", SECTION, page)
}

async fn load(visit: &Visit, version: Uuid) -> Result<(Version, Vec<Resource>), web::Failure> {
    visit
        .read(move |db| {
            let version = Version::find(db, version)?;
            let resources = of_programme(db, version.programme)?;
            Ok((version, resources))
        })
        .await
}

#[derive(Clone, Debug, Default)]
struct Typed {
    module: String,
    title: String,
    text: String,
    additional: bool,
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, upload: Upload) -> Reply {
    let (version, resources) = load(&visit, id).await?;
    let typed = Typed {
        module: upload.text("module").to_owned(),
        title: upload.text("title").to_owned(),
        text: upload.text("text").replace("\r\n", "\n"),
        additional: upload.text("set") == "additional",
    };
    let mut said = Messages::none();
    let module = version.content.modules.iter().find(|module| module.code == typed.module);
    if module.is_none() {
        said.say("module", "Модуль: выберите");
    }
    let title = said.text("title", &typed.title, "Название", 255);
    let pdf = match upload.file() {
        Some((_, bytes)) if files::kind(bytes) == Some("application/pdf") => Some(bytes.clone()),
        Some((name, _)) => {
            said.say(
                "file",
                format!("Файл: «{name}» не похож на PDF. Сохраните документ как PDF и выберите его ещё раз"),
            );
            None
        }
        None => None,
    };
    if upload.file().is_some() && !typed.text.trim().is_empty() {
        said.say("text", "Текст: выберите одно, файл или текст. Второе добавьте отдельным материалом");
    }
    if upload.file().is_none() {
        said.text("text", &typed.text, "Текст или файл PDF", LONGEST);
    }
    let (Some(title), Some(module), true) =
        (title, module.map(|module| module.code.clone()), said.is_empty())
    else {
        return visit.again("Материалы", SECTION, page(&version, &resources, &typed, &said));
    };
    let new = match pdf {
        Some(bytes) => {
            let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
            New::Pdf { file: visit.house.files.store(bytes).await.map_err(web::Failure::broken)?, size }
        }
        None => New::Markdown(typed.text.clone()),
    };
    let (programme, key, obligatory) = (version.programme, upload.key, !typed.additional);
    visit
        .write(move |work| work.once(key, |work| add(work, programme, &module, &title, obligatory, &new)))
        .await?;
    Ok(see_other(&format!("/office/programmes/{id}/materials")))
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
                                    p { (resource.title) @if !resource.obligatory { " " (parts::tag(Tone::Plain, "дополнительный")) } }
                                    p.small.muted { @match &resource.body { Body::Text => "Текст", Body::Pdf { size, .. } => { "PDF, " ((size + 1023) / 1024) " КБ" } } }
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
                        (parts::field("title", "Название", &typed.title).longest(255).told(said))
                        (parts::choices("set", "Комплект", &[("obligatory", "Обязательный"), ("additional", "Дополнительный")], if typed.additional { "additional" } else { "obligatory" }, said))
                        (parts::file("file", "Файл PDF", ".pdf,application/pdf", "До 64 МБ. Или напишите текст ниже", said))
                        (parts::area("text", "Текст", &typed.text, 12).longest(LONGEST).optional().told(said)
                            .tip("Разметка Markdown: «## Заголовок», «- пункт списка», таблицы"))
                        div { (parts::submit("Добавить")) }
                    }))
                }
            }
        }
    }
}
