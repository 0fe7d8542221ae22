//! Signing in by e-mail or login and password, and signing out.
use axum::extract::Query;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Stored, values};
use uuid::Uuid;
use web::{Failure, Messages, Posted, Reply, parts, see_other};
use words::{Moment, folded};

use crate::frame::Frame;
use crate::{Passwords, Role, Visit, limits, session};

#[derive(Deserialize, Default)]
pub(crate) struct Back {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize, Default, Clone)]
pub(crate) struct Form {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// The sign-in page that leads back to `path`.
pub(crate) fn address(path: &str) -> String {
    let safe: String = path
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    if path == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={safe}") }
}

pub(crate) async fn show(visit: Visit, Query(back): Query<Back>) -> Reply {
    if let Some(actor) = &visit.actor {
        return Ok(see_other(home(&actor.roles)));
    }
    let form = Form { next: back.next, ..Form::default() };
    visit.page("Вход", Frame::Public, page(&visit, &form, &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Posted { form, .. }: Posted<Form>) -> Reply {
    let refuse = |field, sentence: &str| {
        let messages = Messages::one(field, sentence);
        visit.again("Вход", Frame::Public, page(&visit, &form, &messages))
    };
    if form.login.trim().is_empty() {
        return refuse("login", "Почта или логин: заполните");
    }
    if !limits::ADDRESSES.lets(&visit.address) || !limits::PASSWORDS.lets(&folded(&form.login)) {
        return refuse("password", "Слишком много попыток. Подождите минуту и попробуйте ещё раз");
    }
    let login = folded(&form.login);
    let now = visit.now;
    let account = visit.read(move |db| account(db, &login, now)).await?;
    let (person, hash) = account.map_or((None, None), |(person, hash)| (Some(person), hash));
    let fits = Passwords::fits(form.password.clone(), hash).await?;
    let (Some(person), true) = (person, fits) else {
        return refuse("password", "Почта (логин) или пароль не подходят. Проверьте раскладку и Caps Lock");
    };
    let token = session::new_token();
    let (held, agent, from) = (token.clone(), visit.agent.clone(), visit.address.clone());
    let roles = visit
        .write(move |work| {
            session::open(work, person, &held, &agent, &from)?;
            roles(work, person)
        })
        .await?;
    let next = if form.next.starts_with('/') && !form.next[1..].starts_with(['/', '\\']) {
        &form.next
    } else {
        home(&roles)
    };
    with_cookie(&visit, &token, see_other(next))
}

pub(crate) async fn leave(visit: Visit) -> Reply {
    let Some(actor) = visit.actor.clone() else { return Ok(see_other("/")) };
    visit.write(move |work| session::close(work, actor.person, actor.session)).await?;
    with_cookie(&visit, "", see_other("/"))
}

pub(crate) fn with_cookie(visit: &Visit, token: &str, mut response: Response) -> Reply {
    let cookie = HeaderValue::from_str(&session::cookie(&visit.house, token)).map_err(Failure::broken)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Where a person of these roles begins.
pub fn home(roles: &[Role]) -> &'static str {
    let has = |role| roles.contains(&role);
    match () {
        () if has(Role::Head) => "/overview",
        () if has(Role::Methodist) => "/applications",
        () if has(Role::Teacher) => "/questions",
        () if has(Role::Administrator) => "/workings",
        () if has(Role::Auditor) => "/results",
        () if has(Role::Customer) => "/company",
        () if has(Role::Learner) => "/cabinet",
        () => "/",
    }
}

fn account(db: &mut Db, login: &str, now: Moment) -> Stored<Option<(Uuid, Option<String>)>> {
    db.maybe(
        "select person, password_hash from account
         where login_folded = ?1 and blocked = ?2 and (until_at is null or until_at > ?3)",
        values![login, false, now],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

pub(crate) fn roles(db: &mut Db, person: Uuid) -> Stored<Vec<Role>> {
    db.all("select role from person_role where person = ?1", values![person], |row| {
        row.parsed(0, Role::parse)
    })
}

fn page(visit: &Visit, form: &Form, messages: &Messages) -> Markup {
    html! {
        main.wrap #main {
            div.narrow.stack {
                h1 { "Вход" }
                (parts::form("/sign-in", "form", &html! {
                    input type="hidden" name="next" value=(form.next);
                    (parts::field("login", "Почта или логин", &form.login).autocomplete("username").told(messages))
                    (parts::field("password", "Пароль", "").kind("password").autocomplete("current-password").told(messages))
                    div { (parts::submit("Войти")) }
                }))
                p.small { a href="/password-reset" { "Забыли пароль?" } }
                @if visit.house.demo { (demo_people()) }
                p.small.muted { "Нет входа? Он появится, когда вы " a href="/" { "подадите заявление на программу" } "." }
            }
        }
    }
}

/// The demonstration lets everyone in: its people and their one password stand on the page.
fn demo_people() -> Markup {
    let people = [
        ("head", "руководитель"),
        ("methodist", "методист"),
        ("teacher", "преподаватель"),
        ("admin", "администратор"),
        ("auditor", "проверяющий"),
        ("customer", "заказчик"),
        ("vera@example.ru", "слушатель, учится"),
        ("gleb@example.ru", "слушатель, готов к аттестации"),
    ];
    html! {
        section.note {
            div {
                p { "Войдите как любой из этих людей, пароль " strong { "meridian-demo" } ":" }
                ul.small { @for (login, role) in people { li { strong { (login) } " — " (role) } } }
            }
        }
    }
}
