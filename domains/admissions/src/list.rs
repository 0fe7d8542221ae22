//! What methodists see: applications and learners.
use std::collections::BTreeSet;

use accounts::frame::Frame;
use accounts::{Right, Visit};
use axum::extract::Query;
use maud::html;
use serde::{Deserialize, Serialize};
use store::{Db, Stored, values};
use uuid::Uuid;
use web::parts::Tone;
use web::{Reply, parts, table};
use words::{Day, FullName, Moment, Sex, folded};

use crate::application::Application;
use crate::enrolment::State;

struct Line {
    id: Uuid,
    /// Copies that nobody has looked at.
    unchecked: i64,
    name: FullName,
    email: String,
    programme: String,
    state: String,
    at: Moment,
}

pub(crate) async fn applications(visit: Visit) -> Reply {
    let lines = visit.read(|db| newest(db, i64::try_from(SHOWN).unwrap_or(200))).await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Заявления" } @if visit.may(Right::TakeApplications) { a.btn href="/office/applications" { "Заявление в офисе" } } @if !lines.is_empty() { (parts::sheet("/applications.xlsx")) } }
            p.muted { "Полный комплект зачисляется сам. Здесь видно, кто на каком шаге." }
            @if lines.is_empty() { (parts::empty("Заявлений пока нет.", Some(("/", "Каталог программ")))) } @else {
                table.tbl {
                    thead { tr { th scope="col" { "Кто" } th scope="col" { "Программа" } th scope="col" { "Шаг" } th.r scope="col" { "Когда" } } }
                    tbody {
                        @for line in &lines {
                            tr {
                                th scope="row" { a.plain href={ "/checks/" (line.id) } { (line.name) } span.blk.small.muted { (line.email) } }
                                td.wide data-l="Программа" { (line.programme) }
                                td data-l="Шаг" { @let (tone, words) = step(&line.state); (parts::tag(tone, words)) @if line.unchecked > 0 { " " (parts::tag(Tone::Warn, &format!("Проверить копий: {}", line.unchecked))) } }
                                td.r data-l="Когда" { (line.at.shown(visit.now)) }
                            }
                        }
                    }
                }
            }
        }
    };
    visit.page("Заявления", Frame::Office("/applications"), body)
}

fn step(state: &str) -> (Tone, &'static str) {
    match state {
        "draft" => (Tone::Plain, "Без согласия"),
        "consented" => (Tone::Plain, "Без договора"),
        "agreed" => (Tone::Warn, "Ждёт кода"),
        "signed" => (Tone::Warn, "Ждёт оплаты"),
        _ => (Tone::Ok, "Зачислен"),
    }
}

/// More rows than any centre has; a table of them is written in seconds.
const ALL: i64 = 50_000;

/// All applications as a table. That somebody has taken them stays in the journal.
pub(crate) async fn applications_sheet(visit: Visit) -> Reply {
    const COLUMNS: [(&str, u16); 5] =
        [("Кто", 40), ("Почта", 30), ("Программа", 60), ("Шаг", 16), ("Начато", 18)];
    visit.write(|work| work.note("applications.exported", Uuid::nil())).await?;
    let lines = visit.read(|db| newest(db, ALL)).await?;
    let row = |line: Line| {
        let at = format!("{} {}", line.at.day().dotted(), line.at.time());
        vec![line.name.to_string(), line.email, line.programme, step(&line.state).1.to_owned(), at]
    };
    table("Заявления", "Заявления.xlsx", &COLUMNS, lines.into_iter().map(row).collect()).await
}

fn newest(db: &mut Db, most: i64) -> Stored<Vec<Line>> {
    let rows = db.all(
        "select a.data, v.title, a.state, a.created_at, a.id,
                (select cast(count(*) as bigint) from application_copy c where c.application = a.id and c.state = 'new')
         from application a
         join programme_version v on v.id = a.programme_version
         order by a.created_at desc, a.id desc limit ?1",
        values![most],
        |row| {
            Ok((
                row.get::<String>(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get::<i64>(3)?,
                row.get(4)?,
                row.get(5)?,
            ))
        },
    )?;
    rows.into_iter()
        .map(|(sealed, programme, state, at, id, unchecked)| {
            let Application { name, email, .. } = db.unseal(&sealed)?;
            Ok(Line { id, unchecked, name, email, programme, state, at: Moment(at) })
        })
        .collect()
}

struct Learner {
    person: Uuid,
    name: FullName,
    programme: String,
    state: State,
    starts: Day,
    ends: Day,
    sex: Sex,
    snils: String,
}

/// How many are shown at once; the search finds the others.
const SHOWN: usize = 200;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Search {
    /// Part of a name, of a programme's title, or of a СНИЛС.
    q: String,
    /// The title of a programme; any when empty.
    programme: String,
    /// One of [`STATES`]; any when empty.
    state: String,
}

const STATES: [(&str, &str); 5] = [
    ("waiting", "Ждёт начала"),
    ("active", "Учится"),
    ("ending", "Учится, доступ кончится в течение недели"),
    ("completed", "Завершил обучение"),
    ("expelled", "Отчислен"),
];

impl Search {
    fn is_empty(&self) -> bool {
        self.q.trim().is_empty() && self.programme.is_empty() && self.state.is_empty()
    }

    fn finds(&self, learner: &Learner, today: Day) -> bool {
        let in_state = match self.state.as_str() {
            "waiting" => learner.state == State::Active && learner.starts > today,
            "active" => learner.state == State::Active && learner.starts <= today,
            "ending" => learner.state == State::Active && (0..=7).contains(&today.until(learner.ends)),
            "completed" => learner.state == State::Completed,
            "expelled" => learner.state == State::Expelled,
            _ => true,
        };
        if !in_state || !self.programme.is_empty() && self.programme != learner.programme {
            return false;
        }
        let digits: String = self.q.chars().filter(char::is_ascii_digit).collect();
        let everywhere = folded(&format!("{} {}", learner.name, learner.programme));
        folded(&self.q).split(' ').all(|word| everywhere.contains(word))
            || (digits.len() > 2 && learner.snils.contains(&digits))
    }
}

pub(crate) async fn learners(visit: Visit, Query(search): Query<Search>) -> Reply {
    let mut learners = visit.read(all_learners).await?;
    let (all, today) = (learners.len(), visit.today());
    let programmes: BTreeSet<_> = learners.iter().map(|learner| learner.programme.clone()).collect();
    learners.retain(|learner| search.finds(learner, today));
    let found = learners.len();
    learners.truncate(SHOWN);
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Слушатели" } a.btn href={ "/learners.xlsx" (web::query(&search)) } { (parts::icon("download")) span { "Таблица" } } }
            @if all > 0 {
                form.seek.mt-3 role="search" action="/learners" {
                    div.field { (parts::icon("search")) input type="search" name="q" value=(search.q) aria-label="Имя, программа или СНИЛС" placeholder="Имя, программа или СНИЛС" maxlength="100"; }
                    select.btn name="programme" aria-label="Программа" {
                        option value="" { "Все программы" }
                        @for title in &programmes { option value=(title) selected[*title == search.programme] { (title) } }
                    }
                    select.btn name="state" aria-label="Состояние" {
                        option value="" { "Все состояния" }
                        @for (code, words) in STATES { option value=(code) selected[code == search.state] { (words) } }
                    }
                    button.btn type="submit" { "Найти" }
                }
                p.small.muted.mt-2 { @if found > SHOWN { "Показаны " (SHOWN) " из " (found) ": уточните поиск" } @else if !search.is_empty() { "Найдено: " (found) } }
            }
            @if all > 0 && found == 0 { (parts::empty("Никого не нашлось. Попробуйте часть фамилии или другое состояние.", Some(("/learners", "Все слушатели")))) }
            @else if learners.is_empty() { (parts::empty("Слушателей пока нет: они появятся после первого заявления.", None)) } @else {
                table.tbl {
                    thead { tr { th scope="col" { "Слушатель" } th scope="col" { "Программа" } th scope="col" { "Состояние" } th.r scope="col" { "Начало" } th.r scope="col" { "Доступ до" } } }
                    tbody {
                        @for learner in &learners {
                            tr {
                                th scope="row" { a.plain href={ "/learners/" (learner.person) } { (learner.name) } }
                                td.wide data-l="Программа" { (learner.programme) }
                                td data-l="Состояние" { (learner.state.tag(learner.sex, learner.starts, visit.today())) }
                                td.r data-l="Начало" { (learner.starts.dotted()) }
                                td.r data-l="Доступ до" { (learner.ends.dotted()) }
                            }
                        }
                    }
                }
            }
        }
    };
    visit.page("Слушатели", Frame::Office("/learners"), body)
}

/// Those whom the search finds, all of them, as a table.
pub(crate) async fn sheet(visit: Visit, Query(search): Query<Search>) -> Reply {
    const COLUMNS: [(&str, u16); 6] = [
        ("Фамилия, имя, отчество", 40),
        ("СНИЛС", 16),
        ("Программа", 60),
        ("Состояние", 16),
        ("Начало", 12),
        ("Доступ до", 12),
    ];
    visit.write(|work| work.note("learners.exported", Uuid::nil())).await?;
    let mut learners = visit.read(all_learners).await?;
    let today = visit.today();
    learners.retain(|learner| search.finds(learner, today));
    let row = |one: Learner| {
        vec![
            one.name.to_string(),
            one.snils,
            one.programme,
            one.state.on(one.sex, one.starts, today).to_owned(),
            one.starts.dotted(),
            one.ends.dotted(),
        ]
    };
    table("Слушатели", "Слушатели.xlsx", &COLUMNS, learners.into_iter().map(row).collect()).await
}

fn all_learners(db: &mut Db) -> Stored<Vec<Learner>> {
    db.all(
        "select p.family, p.given, p.patronymic, v.title, e.state, e.starts_on, e.ends_on, p.id, p.sex, coalesce(p.snils, '')
         from enrolment e join person p on p.id = e.person join programme_version v on v.id = e.programme_version
         order by e.created_at desc, e.id desc limit 50000",
        &[],
        |row| {
            Ok(Learner {
                name: FullName { family: row.get(0)?, given: row.get(1)?, patronymic: row.get(2)? },
                programme: row.get(3)?,
                state: row.parsed(4, State::parse)?,
                starts: row.parsed(5, Day::parse)?,
                ends: row.parsed(6, Day::parse)?,
                person: row.get(7)?,
                sex: row.parsed(8, Sex::parse)?,
                snils: row.get(9)?,
            })
        },
    )
}
