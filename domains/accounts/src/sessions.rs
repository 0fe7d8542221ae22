//! A person's own devices: where the account is open, and closing what should not be.
use axum::extract::Path;
use maud::{Markup, html};
use store::{Db, Stored, values};
use uuid::Uuid;
use web::{Reply, parts, see_other};
use words::Moment;

use crate::frame::Frame;
use crate::{Visit, session};

struct Device {
    id: Uuid,
    agent: String,
    address: String,
    seen: Moment,
}

pub(crate) async fn list(visit: Visit) -> Reply {
    let (person, now) = (visit.person()?, visit.now);
    let devices = visit.read(move |db| open_sessions(db, person, now)).await?;
    visit.page("Устройства", Frame::Own("/sessions"), page(&visit, &devices))
}

pub(crate) async fn close(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    visit.write(move |work| session::close(work, person, id)).await?;
    Ok(see_other("/sessions"))
}

fn open_sessions(db: &mut Db, person: Uuid, now: Moment) -> Stored<Vec<Device>> {
    db.all(
        "select id, agent, address, seen_at from session
         where person = ?1 and closed_at is null and expires_at > ?2 order by seen_at desc, id",
        values![person, now],
        |row| {
            Ok(Device {
                id: row.get(0)?,
                agent: row.get(1)?,
                address: row.get(2)?,
                seen: Moment(row.get(3)?),
            })
        },
    )
}

fn page(visit: &Visit, devices: &[Device]) -> Markup {
    let this = visit.actor.as_ref().map(|actor| actor.session);
    html! {
        main.wrap #main {
            div.page-head { h1 { "Устройства" } p.muted { "Где открыт ваш вход. Закройте то, чего не узнаёте." } p { a href="/consents" { "Согласия" } " · " a href="/password" { "Сменить пароль" } } }
            ul.lines {
                @for device in devices {
                    li.doc {
                        (parts::icon("smartphone"))
                        div.body {
                            p { strong { (short(&device.agent)) } @if Some(device.id) == this { " " (parts::tag(parts::Tone::Ok, "это устройство")) } }
                            p.small.muted { "Было на связи " (device.seen.shown(visit.now)) @if !device.address.is_empty() { " · " (device.address) } }
                        }
                        @if Some(device.id) == this { (parts::form("/sign-out", "inline", &html! { button.btn type="submit" { "Выйти" } })) }
                        @else { (parts::form(&format!("/sessions/{}/closure", device.id), "inline", &html! { button.btn type="submit" { "Закрыть" } })) }
                    }
                }
            }
        }
    }
}

/// The browser and the system, as far as the agent tells.
fn short(agent: &str) -> String {
    let found = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = found(&[
        ("YaBrowser", "Яндекс Браузер"),
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = found(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Неизвестная программа".to_owned(),
    }
}
