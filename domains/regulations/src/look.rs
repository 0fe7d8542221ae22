//! How the site looks: the organisation's sign and colour (design: only the accent is the organisation's to choose).
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::{Path, RawQuery};
use axum::http::header;
use axum::response::IntoResponse;
use maud::{Markup, html};
use store::Work;
use web::{Colour, Failure, Messages, READABLE, Reply, Upload, parts, see_other};

use crate::Centre;

const SECTION: Frame = Frame::Office("/settings/centre");
/// The largest sign, in bytes: it is on every page.
const LARGEST: usize = 300 * 1024;
/// The longest side of a sign, in pixels.
const LONGEST: u32 = 4000;
const KINDS: [&str; 2] = ["image/png", "image/jpeg"];
/// What a page may keep for ever: its address changes with the content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// `GET /look/{file}`: the colour as styles, or the sign.
pub(crate) async fn file(visit: Visit, Path(file): Path<String>, RawQuery(asked): RawQuery) -> Reply {
    let brand = visit.house.brand();
    // Another address than today's was on a page that is open since yesterday: what it gets is not kept under it.
    let kept = |now: &str| if asked.as_deref() == Some(now) { FOR_EVER } else { "no-cache" };
    match (file.as_str(), brand.accent, &brand.logo) {
        ("theme.css", Some(accent), _) => {
            let headers = [
                (header::CONTENT_TYPE, "text/css; charset=utf-8"),
                (header::CACHE_CONTROL, kept(accent.to_string().trim_start_matches('#'))),
            ];
            Ok((headers, accent.styles()).into_response())
        }
        ("logo", _, Some(logo)) => {
            let bytes = visit.house.files.load(logo.clone()).await.map_err(Failure::broken)?;
            let kind = files::kind_among(&bytes, &KINDS).ok_or_else(Failure::missing)?;
            Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept(logo.as_str()))], bytes)
                .into_response())
        }
        _ => Err(Failure::missing()),
    }
}

pub(crate) async fn show(visit: Visit) -> Reply {
    let body = page(&visit, &accent(&visit), &Messages::none());
    visit.page("Вид сайта", SECTION, body)
}

fn accent(visit: &Visit) -> String {
    visit.house.brand().accent.map(|accent| accent.to_string()).unwrap_or_default()
}

/// Takes the colour and the sign together; what is wrong with one keeps neither.
pub(crate) async fn submit(visit: Visit, mut upload: Upload) -> Reply {
    let mut said = Messages::none();
    let typed = upload.text("accent").trim().to_owned();
    let accent = match typed.as_str() {
        "" => None,
        text => check_colour(text, &mut said),
    };
    let (remove, sent) = (upload.text("remove") == "yes", upload.take_file());
    if let Some((name, bytes)) = &sent {
        if files::kind_among(bytes, &KINDS).is_none() {
            said.say("logo", format!("Логотип: «{name}» не PNG и не JPEG"));
        } else if bytes.len() > LARGEST {
            said.say("logo", format!("Логотип: «{name}» больше 300 КБ. Уменьшите картинку"));
        } else {
            let picture = bytes.clone();
            let drawn = tokio::task::spawn_blocking(move || photos::size(&picture, LONGEST)).await;
            if drawn.map_err(Failure::broken)?.is_none() {
                said.say(
                    "logo",
                    format!(
                        "Логотип: «{name}» не открывается или больше {LONGEST} точек. Выберите другой файл"
                    ),
                );
            }
        }
    }
    if !said.is_empty() {
        let body = page(&visit, &typed, &said);
        return visit.again("Вид сайта", SECTION, body);
    }
    let sent = match sent {
        Some((_, bytes)) => Some(visit.house.files.store(bytes).await.map_err(Failure::broken)?),
        None => None,
    };
    let changed = move |work: &mut Work| {
        let before = Centre::load(work)?;
        let logo = match &sent {
            Some(hash) => hash.to_string(),
            None if remove => String::new(),
            None => before.logo.clone(),
        };
        let accent = accent.map(|accent| accent.to_string()).unwrap_or_default();
        let centre = Centre { accent, logo, ..before };
        centre.save(work)?;
        Ok(centre.brand())
    };
    let brand = visit.write(changed).await?;
    visit.house.rename(brand);
    Ok(see_other("/settings/look"))
}

fn check_colour(text: &str, said: &mut Messages) -> Option<Colour> {
    let Some(colour) = Colour::parse(text) else {
        said.say("accent", "Цвет: решётка и шесть знаков, например #1f6b4f");
        return None;
    };
    if colour.weakest() < READABLE {
        let contrast = format!("{:.1}", colour.weakest()).replace('.', ",");
        said.say(
            "accent",
            format!(
                "Цвет {colour} слишком светлый: надписи не прочесть, контраст {contrast} вместо 4,5. Подойдёт темнее: {}",
                colour.readable()
            ),
        );
        return None;
    }
    Some(colour)
}

fn page(visit: &Visit, accent: &str, said: &Messages) -> Markup {
    let logo = visit.house.brand().logo.is_some();
    html! {
        main.dash #main {
            p.crumb { a href="/settings/centre" { "Данные центра" } }
            div.dash-head { h1 { "Вид сайта" } }
            (parts::summary(said))
            (parts::upload("/settings/look", "form", &html! {
                (parts::field("accent", "Цвет ссылок и кнопок", accent).optional().longest(7).told(said)
                    .tip("Решётка и шесть знаков: #1f6b4f. Пусто — наш синий. Тёмную тему и версию для слабовидящих подстроим сами"))
                (parts::file("logo", "Логотип", ".png,.jpg,.jpeg", "PNG или JPEG до 300 КБ, лучше на белом или прозрачном фоне. Встанет в шапку вместо нашего знака", said))
                @if logo { (parts::tick("remove", false, &html! { "Убрать нынешний логотип" }, said)) }
                div { (parts::submit("Сохранить")) }
            }))
            section.mt-5 aria-labelledby="example" {
                h2 #example { "Сейчас это выглядит так" }
                p.mt-2.cluster { span.btn.primary { "Кнопка" } a href="/settings/look" { "Ссылка" } (parts::tag(parts::Tone::Accent, "Отметка")) }
            }
        }
    }
}
