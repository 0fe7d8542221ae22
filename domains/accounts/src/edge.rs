//! The edge of the house: knows who comes, refuses forms from other sites, draws pages for faults, sets the headers.
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use maud::html;
use std::net::SocketAddr;
use store::Who;
use web::{Failure, House, NothingDone, Prefs};

use crate::frame::Frame;
use crate::visit::{DONE, Inner, SET_DONE};
use crate::{Role, Visit, session};

const POLICY: &str = "default-src 'self'; object-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

const FORWARDED: header::HeaderName = header::HeaderName::from_static("x-forwarded-for");

/// Wraps every route.
pub async fn edge(State(house): State<House>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let visit = match recognise(&house, &parts).await {
        Ok(visit) => visit,
        Err(failure) => {
            tracing::error!(path = %parts.uri.path(), cause = failure.cause, "nobody can be recognised");
            return (failure.status, "Система занята. Подождите минуту и обновите страницу.").into_response();
        }
    };
    if changes(&parts.method) && !from_our_own_page(&parts.headers) {
        tracing::warn!(number = visit.number, path = visit.path, "a form from another site");
        return dressed(fault_page(&visit, StatusCode::FORBIDDEN));
    }
    let reads = !changes(&parts.method);
    let mut request = Request::from_parts(parts, body);
    request.extensions_mut().insert(visit.clone());
    let mut response = next.run(request).await;
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        if failure.status.is_server_error() {
            tracing::error!(number = visit.number, path = visit.path, cause = failure.cause, "fault");
        }
        response = fault_page(&visit, failure.status);
    } else if matches!(
        response.status(),
        StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::BAD_REQUEST
    ) && !response.headers().contains_key(header::CONTENT_TYPE)
    {
        response = fault_page(&visit, response.status());
    } else if response.status() == StatusCode::BAD_REQUEST && is_plain(&response) {
        // An address whose id is no id, or a form that is none: the sentence of the library is for nobody.
        let status = if reads { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
        response = fault_page(&visit, status);
    }
    // Pages of the office and of a customer say so; forms that change how pages look are seen to be done.
    let works =
        visit.actor.as_ref().is_some_and(|actor| actor.roles.iter().any(|role| *role != Role::Learner));
    let is_deed =
        !reads && !visit.path.starts_with("/settings/theme") && !visit.path.starts_with("/settings/vision");
    if is_deed
        && response.status() == StatusCode::SEE_OTHER
        && works
        && response.extensions().get::<NothingDone>().is_none()
    {
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_static(SET_DONE));
    }
    dressed(response)
}

fn is_plain(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/plain"))
}

async fn recognise(house: &House, parts: &Parts) -> Result<Visit, Failure> {
    let now = house.store.clock().now();
    let headers = &parts.headers;
    let actor = match session::token_of(house, headers) {
        None => None,
        Some(token) => {
            let found = house.store.read(move |db| session::holder(db, &token, now)).await?;
            // Seen once in ten minutes is enough for a list of devices.
            if let Some((actor, seen)) = &found
                && now.0 - seen.0 > 600_000
            {
                let id = actor.session;
                // A full disk does not keep anybody from reading.
                if let Err(fault) =
                    house.store.write(Who::system(), move |work| session::seen(work, id)).await
                {
                    tracing::warn!(%fault, "a session's last use was not kept");
                }
            }
            found.map(|(actor, _)| actor)
        }
    };
    let text = |name: header::HeaderName| {
        headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    };
    let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|from| from.0.ip().to_string());
    // The proxy's own line is the last one; what stands before it anybody may have written.
    let forwarded = house
        .behind_proxy
        .then(|| text(FORWARDED).rsplit(',').next().unwrap_or_default().trim().to_owned())
        .filter(|address| !address.is_empty());
    let path = parts.uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
    Ok(Visit::new(Inner {
        house: house.clone(),
        prefs: Prefs::of(headers),
        now,
        number: uuid::Uuid::new_v4().simple().to_string()[..10].to_owned(),
        actor,
        path: path.to_owned(),
        address: forwarded.or(address).unwrap_or_default(),
        agent: text(header::USER_AGENT).chars().take(300).collect(),
        done: CookieJar::from_headers(headers).get(DONE).is_some_and(|cookie| cookie.value() == "yes"),
    }))
}

fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Browsers say where a form came from: `Origin` on every POST, `Sec-Fetch-Site` in newer ones. A form of another site
/// is refused; so is one that says nothing (see docs/decisions/0002).
fn from_our_own_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
        _ => text("sec-fetch-site") == Some("same-origin"),
    }
}

fn dressed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut set = |name, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    // What one person saw is not shown to the next one at the same computer.
    set(header::CACHE_CONTROL, "no-store");
    response
}

/// A page for a fault: what happened, a way onward, and the number by which the log knows it.
fn fault_page(visit: &Visit, status: StatusCode) -> Response {
    let (title, words) = match status {
        StatusCode::NOT_FOUND => {
            ("Страницы нет", "Такой страницы нет или она открывается другому человеку. Проверьте адрес.")
        }
        StatusCode::FORBIDDEN => (
            "Форма не принята",
            "Форма пришла не с нашей страницы. Вернитесь, обновите страницу и отправьте ещё раз.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("Так страница не открывается", "Вернитесь на предыдущую страницу и повторите действие кнопкой.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("Слишком много данных", "Отправленное больше, чем принимает эта форма. Вернитесь и сократите.")
        }
        StatusCode::BAD_REQUEST => {
            ("Форма не прочитана", "Вернитесь, обновите страницу и отправьте ещё раз.")
        }
        StatusCode::TOO_MANY_REQUESTS => ("Слишком часто", "Подождите несколько минут и попробуйте ещё раз."),
        StatusCode::SERVICE_UNAVAILABLE => {
            ("Система занята", "Подождите минуту и повторите: что было сохранено, на месте.")
        }
        StatusCode::INSUFFICIENT_STORAGE => (
            "Не удалось сохранить",
            "На сервере кончилось место. Администратору это видно; введённое сохраните у себя.",
        ),
        _ => {
            ("Что-то сломалось", "Это наша ошибка, причина записана. Повторите позже; сохранённое на месте.")
        }
    };
    let body = html! {
        main.wrap #main {
            div.narrow.stack {
                h1 { (title) }
                p { (words) }
                @if status.is_server_error() { p.small.muted { "Номер для службы поддержки: " strong { (visit.number) } } }
                p { a.btn href="/" { "На главную" } }
            }
        }
    };
    let mut response = visit.draw(title, Frame::Public, &body);
    *response.status_mut() = status;
    response
}
