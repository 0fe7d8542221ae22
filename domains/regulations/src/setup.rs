//! The first run: whoever started the program founds the centre and becomes its first member of staff. The way in is a link
//! with a key that only the program's own window shows.
use accounts::frame::Frame;
use accounts::person::{Person, add_account, grant, open_anew, with_login};
use accounts::{Passwords, Role, Visit, open_session, session_cookie, session_token};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Fault, Store, Stored, Who, Work, values};
use uuid::Uuid;
use web::{Failure, Messages, Posted, Reply, parts, see_other};
use words::{FullName, Sex};

use crate::{Centre, centre_form, standard};

/// One person can run a small centre; the roles are handed on at `/settings/people`.
const FIRST: [Role; 3] = [Role::Head, Role::Methodist, Role::Administrator];

/// A new key for the link, as long as there is no centre; an older key opens nothing any more.
pub async fn key(store: &Store) -> Stored<Option<String>> {
    let key = session_token();
    let kept = key.clone();
    let founded = store
        .write(Who::system(), move |work| {
            if is_founded(work)? {
                return Ok(true);
            }
            let now = work.now();
            work.run(
                "insert into centre (id, data, changed_at) values ('setup', ?1, ?2)
                 on conflict (id) do update set data = excluded.data, changed_at = excluded.changed_at",
                values![&kept, now],
            )?;
            Ok(false)
        })
        .await?;
    Ok((!founded).then_some(key))
}

fn is_founded(db: &mut Db) -> Stored<bool> {
    Ok(db.count("select cast(count(*) as bigint) from centre where id = 'centre'", &[])? > 0)
}

/// Missing, unless there is no centre yet and the key is right.
fn opens(db: &mut Db, key: &str) -> Stored<()> {
    let kept: String = db.one("select data from centre where id = 'setup'", &[], |row| row.get(0))?;
    if is_founded(db)? || key != kept { Err(Fault::Missing) } else { Ok(()) }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct First {
    #[serde(flatten)]
    centre: centre_form::Form,
    family: String,
    given: String,
    patronymic: String,
    login: String,
    password: String,
}

pub(crate) async fn show(visit: Visit, Path(key): Path<String>) -> Reply {
    let tried = key.clone();
    visit.read(move |db| opens(db, &tried)).await?;
    let form = First { centre: centre_form::Form::first(), ..First::default() };
    visit.page("Новый центр", Frame::Public, page(&key, &form, &Messages::none()))
}

pub(crate) async fn submit(
    visit: Visit,
    Path(key): Path<String>,
    Posted { form, .. }: Posted<First>,
) -> Reply {
    let tried = key.clone();
    visit.read(move |db| opens(db, &tried)).await?;
    let (centre, name, login) = match check(&form) {
        Ok(checked) => checked,
        Err(said) => return visit.again("Новый центр", Frame::Public, page(&key, &form, &said)),
    };
    let hash = Passwords::hash(form.password.clone()).await?;
    let (token, agent, from) = (session_token(), visit.agent.clone(), visit.address.clone());
    let (held, brand) = (token.clone(), centre.brand());
    visit
        .write(move |work| {
            opens(work, &key)?;
            centre.save(work)?;
            standard::enact_all(work, &centre)?;
            let person = first_of_staff(work, &name, &login, &hash)?;
            open_session(work, person, &held, &agent, &from)?;
            work.run("delete from centre where id = 'setup'", &[]).map(|_| ())
        })
        .await?;
    visit.house.rename(brand);
    let mut response = see_other("/settings/people");
    let cookie = HeaderValue::from_str(&session_cookie(&visit.house, &token)).map_err(Failure::broken)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

fn check(form: &First) -> Result<(Centre, FullName, String), Messages> {
    let (centre, mut said) = match form.centre.check() {
        Ok(centre) => (Some(centre), Messages::none()),
        Err(said) => (None, said),
    };
    let name = said.take("family", FullName::parse(&form.family, &form.given, &form.patronymic));
    let login = said.text("login", &form.login, "Логин или почта", 120);
    said.take("password", Passwords::check(&form.password, &form.login));
    match (centre, name, login) {
        (Some(centre), Some(name), Some(login)) if said.is_empty() => Ok((centre, name, login)),
        _ => Err(said),
    }
}

fn first_of_staff(work: &mut Work, name: &FullName, login: &str, hash: &str) -> Stored<Uuid> {
    let sex = name.sex().unwrap_or(Sex::Female);
    let person = Person { name: name.clone(), sex, birthday: None, snils: None, phone: None, email: None };
    // An account of that login may be there already, made by `admin create`.
    let person = if let Some(person) = with_login(work, login)? {
        open_anew(work, person, hash)?;
        person
    } else {
        let person = Person::add(work, &person)?;
        add_account(work, person, login, Some(hash))?;
        person
    };
    for role in FIRST {
        grant(work, person, role)?;
    }
    Ok(person)
}

fn page(key: &str, form: &First, said: &Messages) -> Markup {
    let field = |name, label, value| parts::field(name, label, value).told(said);
    html! {
        main.wrap #main {
            div.page-head.stack { h1 { "Новый учебный центр" } p.muted { "Всё это можно изменить потом в разделе «Данные центра»." } }
            (parts::summary(said))
            (parts::form(&format!("/setup/{key}"), "form", &html! {
                (form.centre.fields(said))
                h2 { "Ваш вход" }
                div.pair {
                    (field("family", "Фамилия", &form.family).longest(50).autocomplete("family-name"))
                    (field("given", "Имя", &form.given).longest(50).autocomplete("given-name"))
                }
                (field("patronymic", "Отчество", &form.patronymic).optional().longest(50).autocomplete("additional-name"))
                (field("login", "Логин или почта", &form.login).longest(120).autocomplete("username"))
                (field("password", "Пароль", "").kind("password").autocomplete("new-password").tip("Не меньше 8 знаков"))
                div { (parts::submit("Создать центр")) }
            }))
        }
    }
}
