//! The record of results, as staff see it; nothing here can be changed.
use accounts::Visit;
use accounts::frame::Frame;
use maud::html;
use store::{Db, Stored, values};
use uuid::Uuid;
use web::parts::Tone;
use web::{Reply, parts};
use words::{FullName, Moment};

use crate::appeal;

/// One recorded result.
#[derive(Clone, Debug)]
pub struct Line {
    pub attempt: Uuid,
    pub right: i64,
    pub total: i64,
    pub passed: bool,
    pub at: Moment,
}

/// Results of the final attestation of an enrolment, the first first.
pub fn of_enrolment(db: &mut Db, enrolment: Uuid) -> Stored<Vec<Line>> {
    db.all(
        "select attempt, right_answers, total, passed, decided_at from result
         where enrolment = ?1 and module is null order by decided_at, id",
        values![enrolment],
        |row| {
            Ok(Line {
                attempt: row.get(0)?,
                right: row.get(1)?,
                total: row.get(2)?,
                passed: row.get(3)?,
                at: Moment(row.get(4)?),
            })
        },
    )
}

struct Named {
    person: Uuid,
    module: Option<String>,
    name: FullName,
    programme: String,
    number: i64,
    line: Line,
}

pub(crate) async fn list(visit: Visit) -> Reply {
    let (lines, appeals) = visit.read(|db| Ok((newest(db)?, appeal::newest(db)?))).await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Результаты" } }
            p.muted { "Аттестацию отмечает программа. Изменить результат не может никто." }
            (appeal::section(&visit, &appeals))
            @if lines.is_empty() { (parts::empty("Результатов пока нет.", None)) } @else {
                table.tbl {
                    thead { tr { th scope="col" { "Слушатель" } th scope="col" { "Программа" } th.r scope="col" { "Попытка" } th.r scope="col" { "Верно" } th scope="col" { "Результат" } th.r scope="col" { "Когда" } } }
                    tbody {
                        @for Named { person, module, name, programme, number, line } in &lines {
                            tr {
                                th scope="row" { a.plain href={ "/learners/" (person) } { (name) } }
                                td.wide data-l="Программа" { (programme) @if let Some(module) = module { span.blk.small.muted { "Модуль " (module) } } }
                                td.r data-l="Попытка" { (number) }
                                td.r data-l="Верно" { (line.right) " из " (line.total) }
                                td data-l="Результат" { @if line.passed { (parts::tag(Tone::Ok, "Сдано")) } @else { (parts::tag(Tone::Bad, "Не сдано")) } }
                                td.r data-l="Когда" { (line.at.shown(visit.now)) }
                            }
                        }
                    }
                }
            }
        }
    };
    visit.page("Результаты", Frame::Office("/results"), body)
}

fn newest(db: &mut Db) -> Stored<Vec<Named>> {
    db.all(
        "select p.family, p.given, p.patronymic, v.title, a.number, r.attempt, r.right_answers, r.total, r.passed, r.decided_at, p.id, r.module
         from result r join attempt a on a.id = r.attempt join enrolment e on e.id = r.enrolment
         join person p on p.id = e.person join programme_version v on v.id = e.programme_version
         order by r.decided_at desc, r.id desc limit 500",
        &[],
        |row| {
            Ok(Named {
                person: row.get(10)?,
                module: row.get(11)?,
                name: FullName { family: row.get(0)?, given: row.get(1)?, patronymic: row.get(2)? },
                programme: row.get(3)?,
                number: row.get(4)?,
                line: Line {
                    attempt: row.get(5)?,
                    right: row.get(6)?,
                    total: row.get(7)?,
                    passed: row.get(8)?,
                    at: Moment(row.get(9)?),
                },
            })
        },
    )
}
