//! The applicant's step with copies: photos or PDFs, several to a document, from a telephone too (п. 3.11.1).
use accounts::frame::Frame;
use accounts::{Limits, Visit};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use files::Hash;
use maud::{Markup, html};
use programmes::Copy;
use serde::Deserialize;
use tokio::sync::Semaphore;
use uuid::Uuid;
use web::parts::{Tone, icon};
use web::{Failure, Messages, Posted, Reply, Upload, parts, see_other};

use crate::apply::steps;
use crate::begun::Begun;
use crate::copies::{self, Attached, MOST, Outcome, Sent, Verdict, attach, detach, missing, wanted};

/// The largest copy, in bytes: a photo of a good telephone takes a quarter of it.
const LARGEST: usize = 20 * 1024 * 1024;
/// What is let in, by the content.
pub(crate) const LET_IN: [&str; 4] = ["image/jpeg", "image/png", photos::HEIC, "application/pdf"];

struct Step {
    token: Uuid,
    begun: Begun,
    attached: Vec<Attached>,
}

async fn load(visit: &Visit, token: Uuid) -> Result<Step, Failure> {
    visit
        .read(move |db| {
            let begun = Begun::by(db, token)?;
            let attached = Attached::all_of(db, begun.id)?;
            Ok(Step { token, begun, attached })
        })
        .await
}

pub(crate) async fn show(visit: Visit, Path(token): Path<Uuid>) -> Reply {
    let step = load(&visit, token).await?;
    if step.begun.state == "draft" {
        return Ok(see_other(&format!("/applications/{token}/consent")));
    }
    visit.page("Копии документов", Frame::Public, page(&step, &Messages::none()))
}

/// Takes the chosen files one by one: what is good is kept, what is not is named.
pub(crate) async fn submit(visit: Visit, Path(token): Path<Uuid>, upload: Upload) -> Reply {
    let step = load(&visit, token).await?;
    let kind = wanted(&step.begun).into_iter().find(|kind| kind.code() == upload.text("kind"));
    let (Some(kind), false) = (kind, step.begun.state == "draft") else { return Err(Failure::missing()) };
    let field = kind.code();
    let mut said = Messages::none();
    if !Limits::uploads().lets(&visit.address) {
        said.say(field, format!("{}: слишком много файлов подряд. Подождите минуту", short(kind)));
        return visit.again("Копии документов", Frame::Public, page(&step, &said));
    }
    if upload.files.is_empty() {
        said.say(field, format!("{}: выберите файл", short(kind)));
    }
    for (name, bytes) in upload.files {
        let Some(media) = files::kind_among(&bytes, &LET_IN) else {
            said.say(
                field,
                format!("{}: «{name}» не фото и не PDF. Сфотографируйте документ ещё раз", short(kind)),
            );
            continue;
        };
        if bytes.len() > LARGEST {
            said.say(
                field,
                format!("{}: «{name}» больше 20 МБ. Уменьшите или сфотографируйте ещё раз", short(kind)),
            );
            continue;
        }
        let (size, content_hash) = (bytes.len(), Hash::of(&bytes).to_string());
        let file = visit.house.files.store_sealed(bytes).await.map_err(Failure::broken)?;
        let name = name.chars().take(120).collect();
        let sent = Sent { kind, name, media, size, content_hash, file };
        let (application, sealed) = (step.begun.id, sent.file.clone());
        let outcome = visit.write(move |work| attach(work, application, &sent)).await?;
        if outcome != Outcome::Kept {
            visit.house.files.remove_sealed(sealed).await.map_err(Failure::broken)?;
        }
        match outcome {
            Outcome::Kept => {}
            Outcome::Known => said.say(field, format!("{}: такой файл уже приложен", short(kind))),
            Outcome::TooMany => {
                said.say(field, format!("{}: больше {MOST} файлов не нужно. Удалите лишние", short(kind)));
            }
            Outcome::TooLarge => {
                said.say(field, format!("{}: все копии вместе больше 100 МБ. Удалите лишние", short(kind)));
            }
        }
    }
    if said.is_empty() {
        return Ok(see_other(&format!("/applications/{token}/copies#{field}")));
    }
    let step = load(&visit, token).await?;
    visit.again("Копии документов", Frame::Public, page(&step, &said))
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

pub(crate) async fn remove(
    visit: Visit,
    Path((token, id)): Path<(Uuid, Uuid)>,
    Posted { .. }: Posted<Nothing>,
) -> Reply {
    let file = visit
        .write(move |work| {
            let begun = Begun::by(work, token)?;
            detach(work, begun.id, id)
        })
        .await?;
    if let Some(file) = file {
        visit.house.files.remove_sealed(file).await.map_err(Failure::broken)?;
    }
    Ok(see_other(&format!("/applications/{token}/copies")))
}

/// The set is whole, or exactly what is missing.
pub(crate) async fn finish(visit: Visit, Path(token): Path<Uuid>, Posted { .. }: Posted<Nothing>) -> Reply {
    let step = load(&visit, token).await?;
    let missing = missing(&step.begun, &step.attached);
    if missing.is_empty() {
        return Ok(see_other(&format!("/applications/{token}/agreement")));
    }
    let mut said = Messages::none();
    for kind in missing {
        said.say(kind.code(), format!("Не хватает: {}", short(kind).to_lowercase()));
    }
    visit.again("Копии документов", Frame::Public, page(&step, &said))
}

/// The applicant's own copy.
pub(crate) async fn file(visit: Visit, Path((token, id)): Path<(Uuid, Uuid)>) -> Reply {
    let copy = visit
        .read(move |db| {
            let begun = Begun::by(db, token)?;
            Attached::of(db, begun.id, id)
        })
        .await?;
    content(&visit, copy).await
}

/// The content of a copy, never kept by the browser.
pub(crate) async fn content(visit: &Visit, copy: Attached) -> Reply {
    let file = copy.file.ok_or_else(Failure::missing)?;
    let media = LET_IN.into_iter().find(|media| *media == copy.media).ok_or_else(Failure::missing)?;
    seen(visit, media, &copy.name, file).await
}

/// Photos are made into JPEG one by one, and none is in memory before its turn.
static TURN: Semaphore = Semaphore::const_new(1);

/// A scan as a browser can show it: HEIC as JPEG. What cannot be shown is given as it came.
pub(crate) async fn seen(visit: &Visit, media: &'static str, name: &str, file: Hash) -> Reply {
    let turn =
        if media == photos::HEIC { Some(TURN.acquire().await.map_err(Failure::broken)?) } else { None };
    let bytes = visit.house.files.load_sealed(file).await.map_err(Failure::broken)?;
    let mut answer = (media, HeaderValue::from_static("inline"), bytes);
    if turn.is_some() {
        let heic = answer.2;
        let shown = tokio::task::spawn_blocking(move || match photos::as_jpeg(&heic) {
            Ok(jpeg) => (true, jpeg),
            Err(_) => (false, heic),
        });
        let (is_jpeg, bytes) = shown.await.map_err(Failure::broken)?;
        answer = if is_jpeg {
            ("image/jpeg", answer.1, bytes)
        } else {
            (media, web::named("attachment", name), bytes)
        };
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(answer.0)),
        (header::CONTENT_DISPOSITION, answer.1),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, answer.2).into_response())
}

/// «Паспорт», for messages.
pub(crate) fn short(kind: Copy) -> &'static str {
    match kind {
        Copy::Passport => "Паспорт",
        Copy::Education => "Документ об образовании",
        Copy::Snils => "СНИЛС",
        Copy::NameChange => "Документ о смене фамилии",
        Copy::Study => "Справка с места учёбы",
        Copy::Scan => "Скан из письма",
    }
}

fn page(step: &Step, said: &Messages) -> Markup {
    let (token, begun) = (step.token, &step.begun);
    let enrolled = begun.state == "enrolled";
    html! {
        main.wrap #main {
            div.page-head.stack { h1 { "Копии документов" } @if !enrolled { (steps(&begun.version.content, "Копии")) } }
            p.muted { "Фотографии или PDF, до 20 МБ. Страниц может быть несколько. Копии видит только учебный центр." }
            (parts::summary(said))
            @for kind in wanted(begun) { (document(token, kind, &step.attached, said)) }
            @if enrolled { p.mt-5 { a.btn href="/cabinet" { "В кабинет" } } }
            @else { (parts::form(&format!("/applications/{token}/copies/end"), "form mt-5", &html! { div { (parts::submit("Далее")) } })) }
        }
    }
}

/// One document: what is attached, and the way to attach more.
fn document(token: Uuid, kind: Copy, attached: &[Attached], said: &Messages) -> Markup {
    html! {
        section.mt-5 aria-labelledby={ (kind.code()) "-name" } {
            h2 id={ (kind.code()) "-name" } { (kind.russian()) }
            ul.lines {
                @for copy in attached.iter().filter(|copy| copy.kind == kind) {
                    li.doc {
                        (icon("file-check"))
                        div.body {
                            p { @if copy.file.is_some() { a href={ "/applications/" (token) "/copies/" (copy.id) } target="_blank" { (copy.name) } } @else { (copy.name) } }
                            p.small.muted {
                                (size(copy.size))
                                @match copy.verdict {
                                    Verdict::New => {}
                                    Verdict::Accepted => { " · проверено" @if copy.file.is_none() { ", копия не хранится" } }
                                    Verdict::Rejected => { " · " (parts::tag(Tone::Bad, "Не подошло")) " " (copy.reason.as_deref().unwrap_or_default()) }
                                }
                            }
                        }
                        @if copy.verdict != Verdict::Accepted {
                            (parts::form(&format!("/applications/{token}/copies/{}/removal", copy.id), "inline", &html! { button.as-link type="submit" { "Удалить" span.sr { " " (copy.name) } } }))
                        }
                    }
                }
            }
            (parts::upload(&format!("/applications/{token}/copies"), "form mt-2", &html! {
                input type="hidden" name="kind" value=(kind.code());
                (parts::files(kind.code(), "Файлы", ".jpg,.jpeg,.png,.heic,.heif,.pdf", said))
                div { button.btn type="submit" { "Прикрепить" span.sr { ": " (short(kind)) } } }
            }))
        }
    }
}

fn size(bytes: i64) -> String {
    match bytes {
        0..1_000_000 => format!("{} КБ", (bytes / 1000).max(1)),
        _ => format!("{} МБ", bytes / 1_000_000),
    }
}

/// Whether the application may go on to the contract: a sentence with what is missing, if anything is.
pub(crate) fn lacking(begun: &Begun, attached: &[Attached]) -> Option<String> {
    let missing = copies::missing(begun, attached);
    let names: Vec<_> = missing.into_iter().map(|kind| short(kind).to_lowercase()).collect();
    (!names.is_empty()).then(|| format!("Не хватает копий: {}", names.join(", ")))
}
