//! A teacher's own learners: the groups he or she teaches, and whoever asked for a lesson (п. 3.13.1, 5.3).
use accounts::Visit;
use accounts::frame::Frame;
use accounts::person::Person;
use admissions::{Enrolment, Group};
use attestation::{Line, of_enrolment};
use axum::extract::Path;
use learning::Plan;
use maud::{Markup, html};
use meetings::Meeting;
use store::{Db, Stored};
use uuid::Uuid;
use web::parts::Tone;
use web::{Reply, parts};

use crate::group::{Whole, people};
use crate::groups::{state, table, titled};

const SECTION: Frame = Frame::Office("/teaching");

/// Somebody who asked for a lesson alone and was given this teacher.
struct Single {
    person: Person,
    plan: Plan,
    results: Vec<Line>,
}

/// Each study once, the newest first.
fn singles(db: &mut Db, teacher: Uuid) -> Stored<Vec<Single>> {
    Meeting::met_by(db, teacher)?
        .into_iter()
        .map(|id| {
            let enrolment = Enrolment::find(db, id)?;
            Ok(Single {
                person: Person::find(db, enrolment.person)?,
                results: of_enrolment(db, id)?,
                plan: Plan::load(db, enrolment)?,
            })
        })
        .collect()
}

pub(crate) async fn list(visit: Visit) -> Reply {
    let person = visit.person()?;
    let (groups, singles) = visit
        .read(move |db| {
            let own = Group::all_of_teacher(db, person)?;
            Ok((titled(db, own)?, singles(db, person)?))
        })
        .await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Мои слушатели" } a.btn href="/meetings" { "Занятия" } a.btn href="/works" { "Работы на проверку" } }
            @if groups.is_empty() && singles.is_empty() {
                (parts::empty("Здесь появятся группы, которые вам назначит методист, и слушатели, которые попросили занятие.", None))
            }
            @if !groups.is_empty() { section.mt-5 { h2 { "Группы" } (table(&groups, "/teaching/", visit.today())) } }
            @if !singles.is_empty() { section.mt-5 { h2 { "По запросу" } (alone(&singles)) } }
        }
    };
    visit.page("Мои слушатели", SECTION, body)
}

fn alone(singles: &[Single]) -> Markup {
    html! {
        table.tbl {
            thead { tr { th scope="col" { "Слушатель" } th scope="col" { "Программа" } th scope="col" { "Материалы" } th scope="col" { "Аттестация" } } }
            tbody { @for one in singles {
                @let (done, all) = one.plan.progress();
                tr {
                    th scope="row" { (one.person.name) }
                    td.wide data-l="Программа" { (one.plan.version.content.title) }
                    td data-l="Материалы" { (parts::share(i64::try_from(done * 100 / all.max(1)).unwrap_or(0))) }
                    td data-l="Аттестация" { @match one.results.last() { Some(line) => { (parts::tag(if line.passed { Tone::Ok } else { Tone::Warn }, &format!("{}, {}", line.verdict(), line.score))) } None => { span.muted { "—" } } } }
                }
            } }
        }
    }
}

/// One of the own groups; a foreign one is not found.
pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    let whole = visit
        .read(move |db| Group::of_teacher(db, person, id).and_then(|group| Whole::of(db, group)))
        .await?;
    let body = html! {
        main.dash #main {
            p.crumb { a href="/teaching" { "Мои слушатели" } }
            div.dash-head { h1 { (whole.group.name) } }
            dl.key-facts.mt-5 {
                dt { "Программа" } dd { (whole.programme) }
                dt { "Срок" } dd { (whole.group.starts.dotted()) " – " (whole.group.ends.dotted()) " " (state(&whole.group, visit.today())) }
            }
            (people(&whole, None))
        }
    };
    visit.page(&whole.group.name, SECTION, body)
}
