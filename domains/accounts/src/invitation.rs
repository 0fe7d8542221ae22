//! A personal link by which somebody chooses a password: an invitation to whoever is new, a way back for whoever forgot it.
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Stored, Work, values};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};
use words::{FullName, Moment, folded};

use crate::frame::Frame;
use crate::person::{address_of, set_password, with_login};
use crate::{Passwords, Visit, limits, session, sign_in};

/// How long whoever is new may take, in days.
const DAYS: i64 = 30;
/// How long the way back stays open, in minutes.
const MINUTES: i64 = 60;

/// The address of an invitation.
pub fn address(base_url: &str, token: &str) -> String {
    format!("{base_url}/invitation/{token}")
}

/// Lets whoever holds `token` choose the person's password, for a month.
pub fn invite(work: &mut Work, person: Uuid, token: &str) -> Stored<()> {
    let now = work.now();
    work.run(
        "insert into invitation (token_hash, person, created_at, until_at) values (?1, ?2, ?3, ?4)",
        values![session::hash(token), person, now, now.plus_days(DAYS)],
    )?;
    work.note("person.invited", person)
}

/// Ends all links of a person.
pub(crate) fn end_all(work: &mut Work, person: Uuid) -> Stored<()> {
    work.run("delete from invitation where person = ?1", values![person])?;
    Ok(())
}

/// Who may choose a password by this link now.
struct Invited {
    person: Uuid,
    name: FullName,
    login: String,
}

fn invited(db: &mut Db, token: &str, now: Moment) -> Stored<Option<Invited>> {
    db.maybe(
        "select p.id, p.family, p.given, p.patronymic, a.login from invitation i
         join person p on p.id = i.person join account a on a.person = p.id
         where i.token_hash = ?1 and i.until_at > ?2 and a.blocked = ?3 and (a.until_at is null or a.until_at > ?2)",
        values![session::hash(token), now, false],
        |row| {
            let name = FullName { family: row.get(1)?, given: row.get(2)?, patronymic: row.get(3)? };
            Ok(Invited { person: row.get(0)?, name, login: row.get(4)? })
        },
    )
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    new: String,
}

pub(crate) async fn show(visit: Visit, Path(token): Path<String>) -> Reply {
    let (now, held) = (visit.now, token.clone());
    match visit.read(move |db| invited(db, &held, now)).await? {
        Some(invited) => visit.page("Вход", Frame::Public, page(&token, &invited, &Messages::none())),
        None => visit.again("Вход", Frame::Public, over()),
    }
}

/// Keeps the password and lets the person in.
pub(crate) async fn submit(
    visit: Visit,
    Path(token): Path<String>,
    Posted { form, .. }: Posted<Form>,
) -> Reply {
    let (now, held) = (visit.now, token.clone());
    let Some(invited) = visit.read(move |db| self::invited(db, &held, now)).await? else {
        return visit.again("Вход", Frame::Public, over());
    };
    if let Err(wrong) = Passwords::check(&form.new, &invited.login) {
        return visit.again("Вход", Frame::Public, page(&token, &invited, &Messages::one("new", wrong.0)));
    }
    let hash = Passwords::hash(form.new).await?;
    let cookie = session::new_token();
    let (held, agent, from) = (cookie.clone(), visit.agent.clone(), visit.address.clone());
    let entered = visit
        .write(move |work| {
            // Two devices may hold the link: whoever comes second finds it ended.
            let now = work.now();
            let Some(Invited { person, .. }) = self::invited(work, &token, now)? else { return Ok(None) };
            set_password(work, person, &hash, false)?;
            session::close_all(work, person, None)?;
            session::open(work, person, &held, &agent, &from)?;
            sign_in::roles(work, person).map(Some)
        })
        .await?;
    match entered {
        Some(roles) => sign_in::with_cookie(&visit, &cookie, see_other(sign_in::home(&roles))),
        None => visit.again("Вход", Frame::Public, over()),
    }
}

fn page(token: &str, invited: &Invited, said: &Messages) -> Markup {
    html! {
        main.wrap #main {
            div.narrow.stack {
                h1 { "Выберите пароль" }
                p { (invited.name.given) ", дальше вы будете входить так: логин " strong { (invited.login) } " и ваш пароль." }
                (parts::form(&format!("/invitation/{token}"), "form", &html! {
                    input type="hidden" autocomplete="username" value=(invited.login);
                    (parts::field("new", "Пароль", "").kind("password").autocomplete("new-password").told(said).tip("Не меньше 8 знаков"))
                    div { (parts::submit("Сохранить и войти")) }
                }))
            }
        }
    }
}

fn over() -> Markup {
    html! {
        main.wrap #main {
            div.narrow.stack {
                h1 { "Ссылка больше не действует" }
                p { "По ней уже выбрали пароль, или её срок вышел." }
                p.cluster { a.btn.primary href="/sign-in" { "Войти" } a href="/password-reset" { "Забыли пароль?" } }
            }
        }
    }
}

// ---- the way back --------------------------------------------------------------------------------------------------

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Forgotten {
    login: String,
}

pub(crate) async fn forgotten(visit: Visit) -> Reply {
    visit.page("Забыли пароль", Frame::Public, forgotten_page("", &Messages::none()))
}

/// Sends the link to the person's address. The answer is the same whether anybody is known by that login.
pub(crate) async fn send(visit: Visit, Posted { form, .. }: Posted<Forgotten>) -> Reply {
    let typed = form.login.trim().to_owned();
    let refuse = |sentence: &str| {
        visit.again("Забыли пароль", Frame::Public, forgotten_page(&typed, &Messages::one("login", sentence)))
    };
    if typed.is_empty() {
        return refuse("Почта или логин: заполните");
    }
    if !limits::ADDRESSES.lets(&visit.address) || !limits::Limits::letters().lets(&folded(&typed)) {
        return refuse("Слишком много попыток. Подождите несколько минут и попробуйте ещё раз");
    }
    let (token, login, base_url) = (session::new_token(), typed, visit.house.base_url.clone());
    visit.write(move |work| write_to(work, &login, &token, &base_url)).await?;
    let body = html! {
        main.wrap #main {
            div.narrow.stack {
                h1 { "Проверьте почту" }
                p { "Если такой вход у нас есть и к нему указана почта, на неё уже ушла ссылка. Она действует час." }
                p.muted { "Почты нет или письмо не пришло? Новый пароль даст методист центра" @if !visit.house.brand().phone.is_empty() { ": " (visit.house.brand().phone) } "." }
                p { a.btn href="/sign-in" { "Войти" } }
            }
        }
    };
    visit.page("Проверьте почту", Frame::Public, body)
}

fn write_to(work: &mut Work, login: &str, token: &str, base_url: &str) -> Stored<()> {
    let Some(person) = with_login(work, login)? else { return Ok(()) };
    let closed = work.count(
        "select cast(count(*) as bigint) from account where person = ?1 and blocked = ?2",
        values![person, true],
    )?;
    let Some(to) = address_of(work, person)?.filter(|_| closed == 0) else { return Ok(()) };
    let now = work.now();
    work.run(
        "insert into invitation (token_hash, person, created_at, until_at) values (?1, ?2, ?3, ?4)",
        values![session::hash(token), person, now, now.plus_minutes(MINUTES)],
    )?;
    work.note("password.forgotten", person)?;
    let given: String =
        work.one("select given from person where id = ?1", values![person], |row| row.get(0))?;
    post::write(
        work,
        &post::Letter {
            to: to.as_str().to_owned(),
            secret: true,
            subject: "Новый пароль".to_owned(),
            body: format!(
                "Здравствуйте, {given}.\n\nЧтобы выбрать новый пароль, откройте ссылку, она действует час:\n{}\n\n\
                 Если вы об этом не просили, ничего не делайте: прежний пароль остаётся.",
                address(base_url, token)
            ),
        },
    )
    .map(|_| ())
}

fn forgotten_page(login: &str, said: &Messages) -> Markup {
    html! {
        main.wrap #main {
            div.narrow.stack {
                h1 { "Забыли пароль" }
                p { "Пришлём на вашу почту ссылку, по которой вы выберете новый." }
                (parts::form("/password-reset", "form", &html! {
                    (parts::field("login", "Почта или логин", login).autocomplete("username").told(said))
                    div { (parts::submit("Прислать ссылку")) }
                }))
            }
        }
    }
}
