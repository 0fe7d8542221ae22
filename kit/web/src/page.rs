//! A whole HTML document around a page's body.
use maud::{DOCTYPE, Markup, html};

use crate::assets::address;
use crate::parts::icon;
use crate::{Brand, Prefs};

/// What the head of a document needs to know.
pub struct Head<'a> {
    pub title: &'a str,
    pub prefs: Prefs,
    pub brand: &'a Brand,
    /// A class for `<body>`.
    pub class: Option<&'static str>,
    /// The island that improves this page, by its file's name.
    pub island: Option<&'static str>,
    pub demo: bool,
}

pub fn document(head: &Head<'_>, body: &Markup) -> Markup {
    let Head { title, prefs, brand, class, island, demo } = head;
    let vision = prefs.vision;
    html! {
        (DOCTYPE)
        html lang="ru" data-theme=[prefs.theme] data-vision=[vision.map(|_| "")] data-size=[vision.map(|v| v.size)]
            data-scheme=[vision.map(|v| v.scheme)] data-spacing=[vision.map(|v| v.spacing)] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " — " (brand.name) }
                link rel="preload" href=(address("golos-cyrillic.woff2")) as="font" type="font/woff2" crossorigin;
                link rel="stylesheet" href=(address("app.css"));
                @if let Some(accent) = brand.accent { link rel="stylesheet" href={ "/look/theme.css?" (accent.to_string().trim_start_matches('#')) }; }
                link rel="icon" href=(address("favicon.svg")) type="image/svg+xml";
                @if let Some(island) = island { script type="module" src=(address(island)) {} }
            }
            body class=[class] {
                a.skip href="#main" { "К содержанию" }
                @if let Some(vision) = vision { (vision_bar(vision)) }
                @if *demo { aside.demo-bar aria-label="О демонстрации" { "Это демонстрация: люди и документы выдуманы, письма никуда не уходят." } }
                (body)
            }
        }
    }
}

fn vision_bar(vision: crate::prefs::Vision) -> Markup {
    let button = |name: &str, value: &str, current: &str, class: &str, label: Option<&str>, text: &str| {
        html! {
            button class=(class) type="submit" name=(name) value=(value) aria-label=[label]
                aria-pressed=[(value == current).then_some("true")] { (text) }
        }
    };
    html! {
        section.vis aria-label="Настройки для слабовидящих" {
            form action="/settings/vision" method="post" {
                fieldset {
                    legend { "Размер" }
                    (button("size", "100", vision.size, "", Some("Обычный"), "А"))
                    (button("size", "150", vision.size, "a2", Some("Крупный"), "А"))
                    (button("size", "200", vision.size, "a3", Some("Очень крупный"), "А"))
                }
                fieldset {
                    legend { "Цвет" }
                    (button("scheme", "light", vision.scheme, "c-light", Some("Чёрным по белому"), "Ц"))
                    (button("scheme", "dark", vision.scheme, "c-dark", Some("Белым по чёрному"), "Ц"))
                    (button("scheme", "blue", vision.scheme, "c-blue", Some("Тёмно-синим по голубому"), "Ц"))
                    (button("scheme", "beige", vision.scheme, "c-beige", Some("Коричневым по бежевому"), "Ц"))
                }
                fieldset {
                    legend { "Интервал" }
                    (button("spacing", "normal", vision.spacing, "", None, "Обычный"))
                    (button("spacing", "wide", vision.spacing, "", None, "Широкий"))
                }
                button type="submit" name="off" value="1" { "Обычная версия" }
            }
        }
    }
}

/// The eye and the moon of every page.
pub fn look_tools(prefs: Prefs) -> Markup {
    let dark = prefs.theme == Some("dark");
    let (next, label, name) = if dark {
        ("light", "Светлая тема", "sun")
    } else {
        ("dark", "Тёмная тема", "moon")
    };
    html! {
        form.inline action="/settings/vision" method="post" {
            button.btn.quiet.icon-only type="submit" aria-label="Версия для слабовидящих" title="Версия для слабовидящих" {
                (icon("eye"))
            }
        }
        form.inline action="/settings/theme" method="post" {
            input type="hidden" name="theme" value=(next);
            button.btn.quiet.icon-only type="submit" aria-label=(label) title=(label) { (icon(name)) }
        }
    }
}
