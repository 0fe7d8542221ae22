//! What each role is told of its work here: an instruction is a local act with versions (п. 3.4, 3.6). Whoever works here reads
//! it before work, and again when a new version comes (п. 3.10, 4.12).
use accounts::frame::Frame;
use accounts::{Actor, Role, Visit, home};
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Posted, Reply, assets, parts, see_other};
use words::{FullName, Moment};

use crate::act::{acknowledge, is_acknowledged};
use crate::{Act, prose};

/// Where the pages of an instruction are, and what may be opened without having read it.
const ADDRESS: &str = "/instructions";
const FREE: [&str; 7] = [ADDRESS, "/password", "/sessions", "/acts", "/programmes", "/check", "/sign-in"];

/// Whose, and Markdown that begins with the title.
const TEXTS: [(Role, &str); 7] = [
    (Role::Head, include_str!("../instructions/head.md")),
    (Role::Methodist, include_str!("../instructions/methodist.md")),
    (Role::Teacher, include_str!("../instructions/teacher.md")),
    (Role::Learner, include_str!("../instructions/learner.md")),
    (Role::Customer, include_str!("../instructions/customer.md")),
    (Role::Administrator, include_str!("../instructions/administrator.md")),
    (Role::Auditor, include_str!("../instructions/auditor.md")),
];

/// `instruction-methodist`
pub fn code(role: Role) -> String {
    format!("instruction-{}", role.code())
}

/// Puts in force those that a centre does not have yet: a new one has none, an older one got along without them.
pub fn enact_missing(work: &mut Work) -> Stored<()> {
    for (role, text) in TEXTS {
        let code = code(role);
        if matches!(Act::current(work, &code), Err(Fault::Missing)) {
            let title =
                prose::title_and_rest(text).0.ok_or_else(|| Fault::data("an act begins with its title"))?;
            Act::enact(work, &code, title, text)?;
        }
    }
    Ok(())
}

/// The instructions of these roles, in force.
fn of(db: &mut Db, roles: &[Role]) -> Stored<Vec<Act>> {
    let mut acts = Vec::new();
    for role in roles {
        match Act::current(db, &code(*role)) {
            Ok(act) => acts.push(act),
            Err(Fault::Missing) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(acts)
}

/// Those of an actor's working roles that the actor has not read yet.
fn unread(db: &mut Db, person: Uuid, roles: &[Role]) -> Stored<Vec<Act>> {
    let working: Vec<_> = roles.iter().copied().filter(|role| Role::STAFF.contains(role)).collect();
    let mut acts = of(db, &working)?;
    let mut read = Vec::new();
    for act in &acts {
        read.push(is_acknowledged(db, person, act.id)?);
    }
    let mut read = read.into_iter();
    acts.retain(|_| !read.next().unwrap_or(false));
    Ok(acts)
}

/// Leads whoever has not read the own instruction to it. Only pages are kept back: what was typed into a form is not lost.
pub async fn first(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let within =
        |free: &str| path.strip_prefix(free).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let free = path == "/" || FREE.into_iter().any(within);
    let visit = request.extensions().get::<Visit>().cloned();
    let Some((visit, actor)) = visit.and_then(|visit| visit.actor.clone().map(|actor| (visit, actor))) else {
        return next.run(request).await;
    };
    let works = actor.roles.iter().any(|role| Role::STAFF.contains(role));
    if !works || free || request.method() != Method::GET || actor.password_once {
        return next.run(request).await;
    }
    let Actor { person, roles, .. } = actor;
    match visit.read(move |db| unread(db, person, &roles)).await {
        Ok(acts) if acts.is_empty() => next.run(request).await,
        Ok(_) => see_other(ADDRESS),
        Err(failure) => failure.into_response(),
    }
}

pub(crate) async fn show(visit: Visit) -> Reply {
    let actor = visit.actor.clone().ok_or_else(web::Failure::missing)?;
    let (acts, unread) =
        visit.read(move |db| Ok((of(db, &actor.roles)?, unread(db, actor.person, &actor.roles)?))).await?;
    visit.page("Инструкция", Frame::Own(ADDRESS), page(&acts, &unread))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Read {
    /// The versions that stood on the page.
    act: Vec<Uuid>,
}

pub(crate) async fn submit(visit: Visit, Posted { form, .. }: Posted<Read>) -> Reply {
    let actor = visit.actor.clone().ok_or_else(web::Failure::missing)?;
    let to = home(&actor.roles);
    visit
        .write(move |work| {
            for act in unread(work, actor.person, &actor.roles)? {
                // A version that came meanwhile was not on the page.
                if form.act.contains(&act.id) {
                    acknowledge(work, actor.person, act.id)?;
                }
            }
            Ok(())
        })
        .await?;
    Ok(see_other(to))
}

/// `![What it shows](picture:cabinet)` becomes that picture of a real screen, as this version of the program has it.
fn with_pictures(markdown: &str) -> String {
    let mut parts = markdown.split("](picture:");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(')').unwrap_or((part, ""));
        text += &format!("]({}){rest}", assets::address(&format!("{name}.webp")));
    }
    text
}

fn page(acts: &[Act], unread: &[Act]) -> Markup {
    html! {
        main.dash #main {
            @if acts.is_empty() { (parts::empty("Для вашей роли инструкции нет.", None)) }
            // What is still to be read comes first.
            @let is_new = |act: &&Act| unread.iter().any(|one| one.id == act.id);
            @for (n, act) in acts.iter().filter(is_new).chain(acts.iter().filter(|act| !is_new(act))).enumerate() {
                @let (_, rest) = prose::title_and_rest(&act.body);
                @if n == 0 { h1 { (act.title) } } @else { h2.mt-8 { (act.title) } }
                p.small.muted { "Редакция " (act.number) ", с " (act.since.in_words()) }
                div.prose.screens.mt-3 { (PreEscaped(prose::html(&with_pictures(rest)))) }
            }
            @if !unread.is_empty() {
                (parts::form(ADDRESS, "mt-5", &html! {
                    @for act in unread { input type="hidden" name="act" value=(act.id); }
                    (parts::submit("Ознакомлен"))
                }))
            }
        }
    }
}

/// Who has read this version, and when.
pub(crate) fn readers(db: &mut Db, act: Uuid) -> Stored<Vec<(FullName, Moment)>> {
    db.all(
        "select p.family, p.given, p.patronymic, k.at from acknowledgement k join person p on p.id = k.person
         where k.act = ?1 order by k.at, p.id",
        values![act],
        |row| {
            let name = FullName { family: row.get(0)?, given: row.get(1)?, patronymic: row.get(2)? };
            Ok((name, Moment(row.get(3)?)))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::{TEXTS, with_pictures};

    #[test]
    fn each_picture_of_an_instruction_is_there() {
        for (role, text) in TEXTS {
            let (named, page) = (text.matches("](picture:").count(), with_pictures(text));
            assert!(named >= 2, "{role:?} shows {named}");
            for address in page.split("](/assets/").skip(1).filter_map(|rest| rest.split(')').next()) {
                // A name that has no asset stays without its hash.
                assert_eq!(address.matches('.').count(), 2, "{role:?} names {address}");
            }
        }
    }
}
