//! The licence of the materials, accepted at the first entry: for personal use only (п. 3.11.4).
use accounts::Visit;
use accounts::frame::Frame;
use admissions::Enrolment;
use axum::extract::Path;
use maud::{PreEscaped, html};
use regulations::act::{acknowledge, is_acknowledged};
use regulations::{Act, prose};
use store::{Db, Stored};
use uuid::Uuid;
use web::{Reply, parts, see_other};

const ACT: &str = "materials-licence";

pub(crate) fn is_accepted(db: &mut Db, person: Uuid) -> Stored<bool> {
    let act = Act::current(db, ACT)?;
    is_acknowledged(db, person, act.id)
}

pub(crate) fn address(enrolment: Uuid) -> String {
    format!("/studies/{enrolment}/licence")
}

pub(crate) async fn show(visit: Visit, Path(enrolment): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    let act = visit
        .read(move |db| {
            Enrolment::of(db, person, enrolment)?;
            Act::current(db, ACT)
        })
        .await?;
    let (_, rest) = prose::title_and_rest(&act.body);
    let body = html! {
        main.wrap #main {
            div.page-head { h1 { (act.title) } p.muted { "Прочтите один раз, дальше материалы открываются сразу." } }
            div.prose { (PreEscaped(prose::html(rest))) }
            (parts::form(&address(enrolment), "form mt-5", &html! { div { (parts::submit("Принимаю")) } }))
        }
    };
    visit.page(&act.title, Frame::Cabinet("/cabinet"), body)
}

pub(crate) async fn accept(visit: Visit, Path(enrolment): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    let next = visit
        .write(move |work| {
            let plan = crate::Plan::of(work, person, enrolment)?;
            let act = Act::current(work, ACT)?;
            acknowledge(work, person, act.id)?;
            Ok(plan.next().or(plan.steps().next()).map(|step| step.resource.id))
        })
        .await?;
    Ok(see_other(
        &next.map_or("/cabinet".to_owned(), |resource| format!("/studies/{enrolment}/materials/{resource}")),
    ))
}
