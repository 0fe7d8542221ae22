//! The record of results, as staff see it; nothing here can be changed.
use accounts::frame::Frame;
use accounts::{Right, Visit};
use marking::Score;
use maud::html;
use store::{Db, Row, Stored, values};
use uuid::Uuid;
use web::parts::Tone;
use web::{Reply, parts, table};
use words::{FullName, Moment, count};

use crate::{appeal, identities};

/// One recorded result.
#[derive(Clone, Debug)]
pub struct Line {
    pub attempt: Uuid,
    pub score: Score,
    /// The whole of it: where a programme wants written work, the work too.
    pub passed: bool,
    /// The test is passed and the commission's part is still to come.
    pub awaits_work: bool,
    /// By people, with a reason.
    pub annulled: bool,
    pub at: Moment,
}

impl Line {
    /// «Сдано», «Тест сдан», «Не сдано»
    pub const fn verdict(&self) -> &'static str {
        match (self.passed, self.awaits_work) {
            _ if self.annulled => "Аннулировано",
            (true, _) => "Сдано",
            (false, true) => "Тест сдан",
            (false, false) => "Не сдано",
        }
    }

    /// The colour that repeats it.
    pub const fn tone(&self) -> Tone {
        match (self.passed, self.awaits_work) {
            (true, _) => Tone::Ok,
            (false, true) => Tone::Warn,
            (false, false) => Tone::Bad,
        }
    }

    /// From the columns `passed`, `awaits_work` and the count of passed works, in this order.
    fn outcome(row: &Row, from: usize) -> Stored<(bool, bool)> {
        let (test, awaits, works): (bool, bool, i64) =
            (row.get(from)?, row.get(from + 1)?, row.get(from + 2)?);
        Ok((test && (!awaits || works > 0), test && awaits && works == 0))
    }
}

/// Results of the final attestation of an enrolment, the first first.
pub fn of_enrolment(db: &mut Db, enrolment: Uuid) -> Stored<Vec<Line>> {
    db.all(
        "select attempt, points, total, decided_at, passed, awaits_work,
           (select cast(count(*) as bigint) from written_work w where w.attempt = result.attempt and w.state = 'passed'),
           exists (select 1 from annulment n where n.attempt = result.attempt)
         from result where enrolment = ?1 and module is null order by decided_at, id",
        values![enrolment],
        |row| {
            let (passed, awaits_work) = Line::outcome(row, 4)?;
            Ok(Line {
                attempt: row.get(0)?,
                score: Score::kept(row.get(1)?, row.get(2)?),
                passed,
                awaits_work,
                annulled: row.get(7)?,
                at: Moment(row.get(3)?),
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
    let (lines, appeals, late, photos) = visit
        .read(|db| {
            Ok((newest(db, 500)?, appeal::newest(db)?, trainer::late::waiting(db)?, identities::count(db)?))
        })
        .await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Результаты" } a.btn href="/duty" { "Идёт аттестация" } @if !lines.is_empty() { (parts::sheet("/results.xlsx")) } }
            p.muted { "Аттестацию отмечает программа, баллы не правит никто. Аннулируют попытку и исправляют ключ вопроса отдельными действиями: они видны в журнале." }
            @if photos > 0 && visit.may(Right::MoveLearners) { p.mt-3 { a.btn href="/identities" { "Сверить снимки: " (photos) } } }
            (appeal::section(&visit, &appeals))
            @if !late.is_empty() {
                section.mt-5 aria-labelledby="late" {
                    h2 id="late" { "Ответы с опозданием" }
                    ul.lines.l { @for (attempt, name) in &late { li.doc { div.body {
                        p { @if visit.may(Right::MoveLearners) { a href={ "/results/" (attempt.id) "/late" } { (name) } } @else { (name) } ": " (count(attempt.late, ["ответ", "ответа", "ответов"])) }
                        p.small.muted { (attempt.rules.title) }
                    } } } }
                }
            }
            @if lines.is_empty() { (parts::empty("Результатов пока нет.", None)) } @else {
                table.tbl {
                    thead { tr { th scope="col" { "Слушатель" } th scope="col" { "Программа" } th.r scope="col" { "Попытка" } th.r scope="col" { "Верно" } th scope="col" { "Результат" } th.r scope="col" { "Когда" } } }
                    tbody {
                        @for Named { person, module, name, programme, number, line } in &lines {
                            tr {
                                th scope="row" { a.plain href={ "/learners/" (person) } { (name) } }
                                td.wide data-l="Программа" { (programme) @if let Some(module) = module { span.blk.small.muted { "Модуль " (module) } } }
                                td.r data-l="Попытка" { (number) }
                                td.r data-l="Верно" { (line.score) }
                                td data-l="Результат" { (parts::tag(line.tone(), line.verdict())) }
                                td.r data-l="Когда" { (line.at.shown(visit.now)) span.blk.small { a href={ "/results/" (line.attempt) } { "По шагам" span.sr { ": " (name) } } " · " a href={ "/results/" (line.attempt) "/sheet.pdf" } target="_blank" { "Лист" span.sr { ": " (name) } } } }
                            }
                        }
                    }
                }
            }
        }
    };
    visit.page("Результаты", Frame::Office("/results"), body)
}

/// All results as a table.
pub(crate) async fn sheet(visit: Visit) -> Reply {
    const COLUMNS: [(&str, u16); 8] = [
        ("Фамилия, имя, отчество", 40),
        ("Программа", 60),
        ("Модуль", 10),
        ("Попытка", 10),
        ("Верно", 8),
        ("Всего", 8),
        ("Результат", 14),
        ("Когда", 18),
    ];
    let lines = visit.read(|db| newest(db, 50_000)).await?;
    let row = |one: Named| {
        vec![
            one.name.to_string(),
            one.programme,
            one.module.unwrap_or_default(),
            one.number.to_string(),
            one.line.score.points.to_string(),
            one.line.score.total.to_string(),
            one.line.verdict().to_owned(),
            format!("{} {}", one.line.at.day().dotted(), one.line.at.time()),
        ]
    };
    table("Результаты", "Результаты.xlsx", &COLUMNS, lines.into_iter().map(row).collect()).await
}

fn newest(db: &mut Db, most: i64) -> Stored<Vec<Named>> {
    db.all(
        "select p.family, p.given, p.patronymic, v.title, r.attempt, r.points, r.total, r.decided_at, p.id, r.module,
           (select cast(count(*) as bigint) from attempt b where b.enrolment = a.enrolment and b.mode = a.mode
              and coalesce(b.module, '') = coalesce(a.module, '') and b.number <= a.number),
           r.passed, r.awaits_work,
           (select cast(count(*) as bigint) from written_work w where w.attempt = r.attempt and w.state = 'passed'),
           exists (select 1 from annulment n where n.attempt = r.attempt)
         from result r join attempt a on a.id = r.attempt join enrolment e on e.id = r.enrolment
         join person p on p.id = e.person join programme_version v on v.id = e.programme_version
         order by r.decided_at desc, r.id desc limit ?1",
        values![most],
        |row| {
            let (passed, awaits_work) = Line::outcome(row, 11)?;
            Ok(Named {
                person: row.get(8)?,
                module: row.get(9)?,
                name: FullName { family: row.get(0)?, given: row.get(1)?, patronymic: row.get(2)? },
                programme: row.get(3)?,
                number: row.get(10)?,
                line: Line {
                    attempt: row.get(4)?,
                    score: Score::kept(row.get(5)?, row.get(6)?),
                    passed,
                    awaits_work,
                    annulled: row.get(14)?,
                    at: Moment(row.get(7)?),
                },
            })
        },
    )
}
