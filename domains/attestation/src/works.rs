//! Written works as the commission sees them: the queue, one work by its criteria, the decision (п. 3.5).
use accounts::frame::Frame;
use accounts::person::Person;
use accounts::{Right, Visit};
use admissions::{Enrolment, State};
use axum::extract::Path;
use maud::{Markup, html};
use programmes::Content;
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};
use words::FullName;

use crate::handed::{Handed, WorkState, content, send, tag};
use crate::photo;
use crate::{Settled, of_enrolment};

const SECTION: Frame = Frame::Office("/works");

struct Waiting {
    handed: Handed,
    name: FullName,
    programme: Content,
}

fn named(db: &mut Db, handed: Handed) -> Stored<Waiting> {
    let enrolment = Enrolment::find(db, handed.enrolment)?;
    let name = Person::find(db, enrolment.person)?.name;
    Ok(Waiting { programme: enrolment.programme(db)?.content, name, handed })
}

fn queue(db: &mut Db) -> Stored<Vec<Waiting>> {
    Handed::queue(db)?.into_iter().map(|work| named(db, work)).collect()
}

/// The works as a table.
pub(crate) async fn sheet(visit: Visit) -> Reply {
    const COLUMNS: [(&str, u16); 5] =
        [("Слушатель", 40), ("Работа", 30), ("Программа", 60), ("Состояние", 16), ("Сдана", 12)];
    let row = |one: Waiting| {
        let written = one.programme.attestation.written.as_ref();
        vec![
            one.name.to_string(),
            written.map(|work| work.title.clone()).unwrap_or_default(),
            one.programme.title.clone(),
            one.handed.state.russian().to_owned(),
            one.handed.at.day().dotted(),
        ]
    };
    let rows = visit.read(queue).await?.into_iter().map(row).collect();
    web::table("Работы", "Письменные работы.xlsx", &COLUMNS, rows).await
}

pub(crate) async fn list(visit: Visit) -> Reply {
    let waiting = visit.read(queue).await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Работы на проверку" } @if !waiting.is_empty() { (parts::sheet("/works.xlsx")) } }
            @if waiting.is_empty() { (parts::empty("Здесь появятся письменные работы, когда их сдадут.", None)) } @else {
                table.tbl {
                    thead { tr { th scope="col" { "Слушатель" } th scope="col" { "Работа" } th scope="col" { "Состояние" } th.r scope="col" { "Сдана" } } }
                    tbody { @for one in &waiting { tr {
                        th scope="row" { a.plain href={ "/works/" (one.handed.id) } { (one.name) } }
                        td.wide data-l="Работа" { @if let Some(written) = &one.programme.attestation.written { (written.title) } span.blk.small.muted { (one.programme.title) } }
                        td data-l="Состояние" { (tag(&one.handed.state)) }
                        td.r data-l="Сдана" { (one.handed.at.shown(visit.now)) }
                    } } }
                }
            }
        }
    };
    visit.page("Работы на проверку", SECTION, body)
}

fn find(db: &mut Db, id: Uuid) -> Stored<Waiting> {
    let handed = Handed::find(db, id)?;
    named(db, handed)
}

pub(crate) async fn open(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let waiting = visit.read(move |db| find(db, id)).await?;
    visit.page("Письменная работа", SECTION, page(&visit, &waiting, &Decision::default(), &Messages::none()))
}

pub(crate) async fn file(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let waiting = visit.read(move |db| find(db, id)).await?;
    send(&visit, waiting.handed).await
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Decision {
    /// Places of the criteria that are met, from 0.
    met: Vec<String>,
    remark: String,
}

pub(crate) async fn decide(
    visit: Visit,
    Path(id): Path<Uuid>,
    Posted { form, .. }: Posted<Decision>,
) -> Reply {
    let by = visit.person()?;
    let waiting = visit.read(move |db| find(db, id)).await?;
    let all = waiting.programme.attestation.written.as_ref().map_or(0, |written| written.criteria.len());
    let met: Vec<bool> = (0..all).map(|place| form.met.contains(&place.to_string())).collect();
    let passed = all > 0 && met.iter().all(|met| *met);
    let mut said = Messages::none();
    let remark = if passed {
        Some(form.remark.trim().chars().take(4000).collect())
    } else {
        said.text("remark", &form.remark, "Что доработать", 4000)
    };
    let Some(remark) = remark else {
        return visit.again("Письменная работа", SECTION, page(&visit, &waiting, &form, &said));
    };
    visit.write(move |work| judge(work, id, &met, passed, &remark, by)).await?;
    Ok(see_other("/works"))
}

/// The commission's decision: passed when every criterion is met. Deciding twice is deciding once.
fn judge(work: &mut Work, id: Uuid, met: &[bool], passed: bool, remark: &str, by: Uuid) -> Stored<()> {
    let (waiting, now) = (find(work, id)?, work.now());
    if trainer::Attempt::find(work, waiting.handed.attempt)?.annulled.is_some() {
        return Ok(());
    }
    let enrolment = Enrolment::find(work, waiting.handed.enrolment)?;
    let (state, met) =
        (if passed { "passed" } else { "returned" }, serde_json::to_string(met).map_err(Fault::data)?);
    let decided = work.run(
        "update written_work set state = ?2, marks = ?3, remark = ?4, decided_by = ?5, decided_at = ?6
         where id = ?1 and state = 'new'",
        values![id, state, met, remark, by, now],
    )?;
    if decided == 0 || enrolment.state != State::Active {
        return Ok(());
    }
    work.note_with("work.decided", id, Some(state))?;
    let person = Person::find(work, enrolment.person)?;
    if passed && !photo::waits(work, waiting.handed.attempt)? {
        let line = of_enrolment(work, enrolment.id)?
            .into_iter()
            .find(|line| line.attempt == waiting.handed.attempt)
            .ok_or_else(|| Fault::data("a work without the result of its test"))?;
        let (attempt, score) = (line.attempt, line.score);
        work.tell(Settled { enrolment: enrolment.id, attempt, score, passed: true })?;
    }
    let words = if passed {
        "Письменная работа зачтена, аттестация пройдена.".to_owned()
    } else {
        format!("Письменную работу нужно доработать и сдать ещё раз.\n\nЗамечание комиссии: {remark}")
    };
    person.write(work, format!("Письменная работа: {}", waiting.programme.title), &words)
}

fn page(visit: &Visit, waiting: &Waiting, form: &Decision, said: &Messages) -> Markup {
    let Waiting { handed, name, programme } = waiting;
    let criteria =
        programme.attestation.written.as_ref().map_or(&[][..], |written| written.criteria.as_slice());
    let places: Vec<String> = (0..criteria.len()).map(|place| place.to_string()).collect();
    let options: Vec<(&str, &str)> =
        places.iter().zip(criteria).map(|(place, words)| (place.as_str(), words.as_str())).collect();
    html! {
        main.dash #main {
            p.crumb { a href="/works" { "Работы на проверку" } }
            div.dash-head { h1 { (name) } (tag(&handed.state)) }
            p.muted { (programme.title) ". Сдано " (handed.at.shown(visit.now)) @if handed.number > 1 { ", в " (handed.number) "-й раз" } "." }
            @if let Some(written) = &programme.attestation.written { p.mt-3 { strong { (written.title) ": " } (written.task) } }
            section.panel.mt-5.stack { (content(handed, &format!("/works/{}/file", handed.id))) }
            @if handed.state == WorkState::Waits && visit.may(Right::MarkWorks) {
                (parts::summary(said))
                (parts::form(&format!("/works/{}", handed.id), "form mt-5", &html! {
                    (parts::ticks("met", "Выполнено", &options, &form.met, said))
                    (parts::area("remark", "Что доработать", &form.remark, 4).longest(4000).filter().told(said).tip("Нужно, если отмечены не все критерии"))
                    div { (parts::submit("Сохранить решение")) }
                }))
            } @else if let WorkState::Returned(remark) = &handed.state { p.mt-3 { strong { "Замечание: " } (remark) } }
        }
    }
}
