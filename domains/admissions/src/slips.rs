//! Slips for learners who have no address: a way in for each, to be cut apart, and once more when they were lost.
use accounts::person::{Person, renew_password, without_password};
use accounts::{Passwords, Visit, invitation_address, invite, password_once, session_token};
use axum::extract::Path;
use maud::{Markup, html};
use uuid::Uuid;
use web::{Failure, Reply};
use words::FullName;

use crate::enrolment::{Enrolment, State};
use crate::group::Group;
use crate::roll::Desk;

/// What somebody without an address gets.
pub(crate) struct Slip<'a> {
    pub name: &'a FullName,
    pub login: &'a str,
    pub password: &'a str,
    pub link: &'a str,
}

/// A strip for each, to be cut apart.
pub(crate) fn page(visit: &Visit, back: &str, slips: &[Slip]) -> Markup {
    html! {
        main.dash #main {
            div.dash-head { h1 { "Вход для слушателей" } a.btn href=(back) { "Готово" } }
            p.muted { "Напечатайте эту страницу, разрежьте и раздайте: больше мы эти пароли не покажем. При первом входе каждый выберет свой. Потерялись — на странице группы есть «Новые листки для входа»." }
            ul.slips.mt-5 {
                @for slip in slips {
                    li {
                        p.med { (slip.name) }
                        dl.key-facts {
                            dt { "Адрес" } dd { (visit.house.base_url) "/sign-in" }
                            dt { "Логин" } dd { (slip.login) }
                            dt { "Одноразовый пароль" } dd { strong { (slip.password) } }
                        }
                        p.small.screen { a href=(slip.link) { "Или личная ссылка: скопируйте и пошлите в мессенджере" } }
                    }
                }
            }
        }
    }
}

pub(crate) async fn anew(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let group = visit.read(move |db| Group::find(db, id)).await?;
    hand_out(&visit, Desk::Staff, group).await
}

pub(crate) async fn anew_company(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    let group = visit.read(move |db| Group::of(db, person, id)).await?;
    hand_out(&visit, Desk::Customer(person), group).await
}

/// New slips for those of a group who have not chosen a password yet: the first ones were lost, or the letter did not come. Older slips
/// and links are good no more.
async fn hand_out(visit: &Visit, desk: Desk, group: Group) -> Reply {
    let id = group.id;
    let waiting = visit
        .read(move |db| {
            let mut waiting = Vec::new();
            for one in Enrolment::all_of_group(db, id)? {
                if one.state == State::Active && without_password(db, one.person)?.is_some() {
                    waiting.push((one.person, Person::find(db, one.person)?.name));
                }
            }
            Ok(waiting)
        })
        .await?;
    let mut hashing = tokio::task::JoinSet::new();
    for (place, (person, name)) in waiting.into_iter().enumerate() {
        hashing.spawn(async move {
            let password = password_once();
            let hash = Passwords::hash(password.clone()).await?;
            Ok::<_, Failure>((place, person, name, password, hash, session_token()))
        });
    }
    let mut given = Vec::new();
    while let Some(done) = hashing.join_next().await {
        given.push(done.map_err(Failure::broken)??);
    }
    given.sort_by_key(|(place, ..)| *place);
    let ready = visit
        .write(move |work| {
            let mut ready = Vec::new();
            for (_, person, name, password, hash, token) in &given {
                // Somebody may have chosen a password meanwhile.
                if without_password(work, *person)?.is_some() {
                    let login = renew_password(work, *person, hash)?;
                    invite(work, *person, token)?;
                    ready.push((name.clone(), login, password.clone(), token.clone()));
                }
            }
            Ok(ready)
        })
        .await?;
    if ready.is_empty() {
        let body = html! {
            main.dash #main {
                p.crumb { a href=(desk.group(id)) { (group.name) } }
                div.dash-head { h1 { "Листки для входа" } }
                p { "Все в этой группе уже выбрали пароль. Кто забыл свой, нажмёт «Забыли пароль?» на странице входа." }
            }
        };
        return visit.page("Листки для входа", desk.frame(), body);
    }
    let links: Vec<_> =
        ready.iter().map(|(.., token)| invitation_address(&visit.house.base_url, token)).collect();
    let slips: Vec<_> = ready
        .iter()
        .zip(&links)
        .map(|((name, login, password, _), link)| Slip { name, login, password, link })
        .collect();
    visit.page("Вход для слушателей", desk.frame(), page(visit, &desk.group(id), &slips))
}
