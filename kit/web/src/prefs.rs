//! How a person wants pages to look: theme and the version for people with low vision. Kept in cookies, put on `<html>`
//! by the server, so that nothing flickers and no script is needed.
use axum::Form;
use axum::http::{HeaderMap, HeaderValue, header, request::Parts};
use axum::response::Response;
use axum::routing::post;
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use crate::{House, see_other};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prefs {
    /// `light`, `dark`, or as the system wants.
    pub theme: Option<&'static str>,
    /// Some: the version for people with low vision.
    pub vision: Option<Vision>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vision {
    pub size: &'static str,
    pub scheme: &'static str,
    pub spacing: &'static str,
}

const SIZES: [&str; 3] = ["100", "150", "200"];
const SCHEMES: [&str; 4] = ["light", "dark", "blue", "beige"];
const SPACINGS: [&str; 2] = ["normal", "wide"];
const COOKIE: &str = "look";

/// The word of the list that equals `text`, else the list's own first choice.
fn one_of(list: &[&'static str], text: Option<&str>, default: &'static str) -> &'static str {
    list.iter().find(|word| Some(**word) == text).copied().unwrap_or(default)
}

impl Prefs {
    /// From the cookie `theme.size.scheme.spacing`, an empty part for what was not chosen.
    pub fn of(headers: &HeaderMap) -> Self {
        let jar = CookieJar::from_headers(headers);
        let Some(cookie) = jar.get(COOKIE) else { return Self::default() };
        let words: Vec<&str> = cookie.value().split('.').collect();
        let [theme, size, scheme, spacing] = words[..] else { return Self::default() };
        Self {
            theme: ["light", "dark"].into_iter().find(|word| *word == theme),
            vision: (!size.is_empty()).then(|| Vision {
                size: one_of(&SIZES, Some(size), "150"),
                scheme: one_of(&SCHEMES, Some(scheme), "light"),
                spacing: one_of(&SPACINGS, Some(spacing), "normal"),
            }),
        }
    }

    fn cookie(self) -> String {
        let vision =
            self.vision.map_or("..".to_owned(), |v| format!("{}.{}.{}", v.size, v.scheme, v.spacing));
        format!(
            "{COOKIE}={}.{vision}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
            self.theme.unwrap_or("")
        )
    }
}

/// Both forms stand on every page and need no right.
pub fn routes() -> axum::Router<House> {
    axum::Router::new().route("/settings/theme", post(theme)).route("/settings/vision", post(vision))
}

#[derive(Deserialize)]
struct Theme {
    theme: String,
}

async fn theme(prefs: Prefs, headers: HeaderMap, Form(form): Form<Theme>) -> Response {
    let theme = ["light", "dark"].into_iter().find(|word| *word == form.theme);
    back(&headers, Prefs { theme, ..prefs })
}

#[derive(Deserialize)]
struct VisionForm {
    size: Option<String>,
    scheme: Option<String>,
    spacing: Option<String>,
    off: Option<String>,
}

async fn vision(prefs: Prefs, headers: HeaderMap, Form(form): Form<VisionForm>) -> Response {
    let now = prefs.vision.unwrap_or(Vision { size: "150", scheme: "light", spacing: "normal" });
    let vision = Vision {
        size: one_of(&SIZES, form.size.as_deref(), now.size),
        scheme: one_of(&SCHEMES, form.scheme.as_deref(), now.scheme),
        spacing: one_of(&SPACINGS, form.spacing.as_deref(), now.spacing),
    };
    back(&headers, Prefs { vision: form.off.is_none().then_some(vision), ..prefs })
}

/// To the page the form stood on; only its path is taken, so nobody is sent to another site.
fn back(headers: &HeaderMap, prefs: Prefs) -> Response {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = referer
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|slash| &rest[slash..]))
        .unwrap_or("/");
    let path = if path.starts_with("//") { "/" } else { path };
    let mut response = see_other(path);
    if let Ok(cookie) = HeaderValue::from_str(&prefs.cookie()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Prefs {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.headers))
    }
}
