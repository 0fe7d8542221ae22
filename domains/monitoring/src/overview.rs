//! The head's page: four numbers, twelve weeks, what wants attention, programmes. All from real rows.
use accounts::frame::Frame;
use accounts::{Right, Visit};
use maud::{Markup, html};
use store::{Db, Stored, values};
use web::parts::icon;
use web::{Reply, parts};
use words::{Day, count};

use crate::chart::{self, Week};

const WEEKS: i64 = 12;

struct Numbers {
    studying: i64,
    enrolled_lately: i64,
    completed: i64,
    overdue: i64,
    first_attempts: i64,
    first_passed: i64,
    issued: i64,
    weeks: Vec<Week>,
    attention: Vec<Attention>,
    programmes: Vec<Programme>,
}

const WORKINGS: &str = "/workings";

struct Attention {
    /// Who can do something about it.
    right: Right,
    class: &'static str,
    icon: &'static str,
    address: &'static str,
    /// The page opens to whoever looks: failed jobs concern the head too, and are the administrator's to see.
    open: bool,
    what: String,
    more: &'static str,
}

struct Programme {
    title: String,
    studying: i64,
    progress: i64,
    first_attempts: i64,
    first_passed: i64,
}

pub(crate) async fn show(visit: Visit) -> Reply {
    let today = visit.today();
    let mut numbers = visit.read(move |db| load(db, today)).await?;
    numbers.attention.retain(|one| visit.may(one.right));
    for one in &mut numbers.attention {
        one.open = one.address != WORKINGS || visit.may(Right::SeeWorkings);
    }
    visit.page("Сводка", Frame::Office("/overview"), page(&numbers))
}

fn load(db: &mut Db, today: Day) -> Stored<Numbers> {
    let since = today.plus(-7 * WEEKS + 1);
    let number = |db: &mut Db, sql| db.count(sql, &[]);
    let soon = today.plus(7);
    let late = db.count("select cast(count(*) as bigint) from enrolment where state = 'active' and ends_on >= ?1 and ends_on <= ?2", values![today, soon])?;
    let submitted =
        number(db, "select cast(count(*) as bigint) from programme_version where state = 'submitted'")?;
    let returned = number(
        db,
        "select cast(count(*) as bigint) from programme_version where state = 'draft' and remark is not null",
    )?;
    let waiting = number(db, "select cast(count(*) as bigint) from protocol where state = 'draft'")?;
    let stuck = number(
        db,
        "select cast(count(*) as bigint) from application where state not in ('enrolled', 'signed')",
    )?;
    let dead = db.count("select cast(count(*) as bigint) from job where dead = ?1", values![true])?;
    let copies = number(db, "select cast(count(*) as bigint) from application_copy where state = 'new'")?;
    let groups = db.count(
        "select cast(count(*) as bigint) from study_group where started_at is null and starts_on <= ?1",
        values![today.plus(3)],
    )?;
    let unregistered = number(
        db,
        "select cast(count(*) as bigint) from protocol_line l join protocol p on p.id = l.protocol
         where p.kind = 'safety_protocol' and p.state = 'closed' and l.passed and coalesce(l.registry_number, '') = ''",
    )?;
    let unsigned = documents::count_unsigned(db)?;
    let unpaid = number(db, "select cast(count(*) as bigint) from application where state = 'signed'")?;
    let letters = number(db, "select cast(count(*) as bigint) from incoming where state = 'new'")?;
    let appeals = number(db, "select cast(count(*) as bigint) from appeal where state = 'new'")?;
    let works = number(db, "select cast(count(*) as bigint) from written_work where state = 'new'")?;
    let meetings = number(db, "select cast(count(*) as bigint) from meeting where state = 'asked'")?;
    let blanks = documents::count_waiting_for_blanks(db)?;
    let attention = [
        (
            blanks,
            "hot",
            "file-badge",
            ("/blanks", Right::SeePapers),
            ["документ ждёт бланка", "документа ждут бланка", "документов ждут бланка"],
            "Примите пачку: номера проставятся сами",
        ),
        (
            returned,
            "hot",
            "circle-alert",
            ("/office/programmes", Right::EditProgrammes),
            [
                "программа вернулась с замечанием",
                "программы вернулись с замечаниями",
                "программ вернулись с замечаниями",
            ],
            "Исправьте и отправьте снова",
        ),
        (
            submitted,
            "hot",
            "circle-alert",
            ("/office/programmes", Right::SeeProgrammes),
            ["программа ждёт решения", "программы ждут решения", "программ ждут решения"],
            "Без утверждения её не видно в каталоге",
        ),
        (
            late,
            "mid",
            "clock",
            ("/learners", Right::SeeLearners),
            ["слушатель может не успеть", "слушателя могут не успеть", "слушателей могут не успеть"],
            "Доступ закончится за неделю",
        ),
        (
            waiting,
            "mid",
            "stamp",
            ("/orders", Right::SeePapers),
            ["протокол ждёт закрытия", "протокола ждут закрытия", "протоколов ждут закрытия"],
            "По расписанию или после назначения комиссии",
        ),
        (
            copies,
            "mid",
            "file-check",
            ("/applications", Right::SeeApplications),
            ["копия ждёт проверки", "копии ждут проверки", "копий ждут проверки"],
            "Сверьте с введённым",
        ),
        (
            groups,
            "mid",
            "layers",
            ("/groups", Right::SeeLearners),
            ["группа скоро начнётся", "группы скоро начнутся", "групп скоро начнутся"],
            "Проверьте список: в день начала будет приказ",
        ),
        (
            unregistered,
            "",
            "hash",
            ("/orders", Right::SeePapers),
            ["запись без номера реестра", "записи без номера реестра", "записей без номера реестра"],
            "Внесите номера: протокол напечатается заново",
        ),
        (
            stuck,
            "",
            "inbox",
            ("/applications", Right::SeeApplications),
            ["заявление не закончено", "заявления не закончены", "заявлений не закончены"],
            "Люди остановились на полпути",
        ),
        (
            unsigned,
            "mid",
            "pencil",
            ("/signing", Right::SignPapers),
            ["документ ждёт подписи", "документа ждут подписи", "документов ждут подписи"],
            "Файлом электронной подписи или от руки",
        ),
        (
            unpaid,
            "mid",
            "inbox",
            ("/applications", Right::TakeApplications),
            ["заявление ждёт оплаты", "заявления ждут оплаты", "заявлений ждут оплаты"],
            "Отметьте оплату, и человек будет зачислен",
        ),
        (
            letters,
            "mid",
            "mail",
            ("/mail", Right::TakeApplications),
            ["письмо не разобрано", "письма не разобраны", "писем не разобрано"],
            "Возможно, заявление со сканами",
        ),
        (
            appeals,
            "hot",
            "gavel",
            ("/results", Right::SeeResults),
            ["апелляция ждёт решения", "апелляции ждут решения", "апелляций ждут решения"],
            "Слушатель не согласен с результатом",
        ),
        (
            works,
            "mid",
            "pencil",
            ("/works", Right::MarkWorks),
            ["работа ждёт проверки", "работы ждут проверки", "работ ждут проверки"],
            "Без решения комиссии документа не будет",
        ),
        (
            meetings,
            "mid",
            "calendar",
            ("/meetings", Right::SeeMeetings),
            ["запрос на занятие ждёт", "запроса на занятие ждут", "запросов на занятия ждут"],
            "Назначьте преподавателя и время",
        ),
        (
            dead,
            "hot",
            "triangle-alert",
            (WORKINGS, Right::SeeOverview),
            ["задание не выполнено", "задания не выполнены", "заданий не выполнены"],
            "Письмо или документ не сделаны, смотрит администратор",
        ),
    ]
    .into_iter()
    .filter(|(n, ..)| *n > 0)
    .map(|(n, class, icon, (address, right), forms, more)| Attention {
        right,
        class,
        icon,
        address,
        open: true,
        what: count(n, forms),
        more,
    })
    .collect();
    let (first_attempts, first_passed) = first_attempts(db)?;
    Ok(Numbers {
        studying: number(db, "select cast(count(*) as bigint) from enrolment where state = 'active'")?,
        enrolled_lately: db
            .count("select cast(count(*) as bigint) from enrolment where starts_on >= ?1", values![since])?,
        completed: number(db, "select cast(count(*) as bigint) from enrolment where state = 'completed'")?,
        overdue: db.count(
            "select cast(count(*) as bigint) from enrolment where state = 'active' and ends_on < ?1",
            values![today],
        )?,
        first_attempts,
        first_passed,
        issued: number(
            db,
            "select cast(count(*) as bigint) from credential where ended_on is null and kind <> 'reference'",
        )?,
        weeks: weeks(db, since, today)?,
        attention,
        programmes: programmes(db)?,
    })
}

fn first_attempts(db: &mut Db) -> Stored<(i64, i64)> {
    db.one(
        "select cast(count(*) as bigint), cast(coalesce(sum(case when r.passed then 1 else 0 end), 0) as bigint)
         from result r join attempt a on a.id = r.attempt where a.number = 1 and r.module is null and a.annulled is null",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

fn weeks(db: &mut Db, since: Day, today: Day) -> Stored<Vec<Week>> {
    let days = |db: &mut Db, sql| db.all(sql, values![since], |row| row.parsed(0, Day::parse));
    let enrolled: Vec<Day> = days(db, "select starts_on from enrolment where starts_on >= ?1")?;
    let completed: Vec<Day> = days(db, "select completed_on from enrolment where completed_on >= ?1")?;
    let within = |days: &[Day], from: Day| {
        let n = days.iter().filter(|day| **day >= from && **day < from.plus(7)).count();
        i64::try_from(n).unwrap_or(i64::MAX)
    };
    Ok((0..WEEKS)
        .map(|n| since.plus(7 * n))
        .take_while(|from| *from <= today)
        .map(|from| Week { from, enrolled: within(&enrolled, from), completed: within(&completed, from) })
        .collect())
}

fn programmes(db: &mut Db) -> Stored<Vec<Programme>> {
    db.all(
        "select v.title,
           cast((select count(*) from enrolment e where e.programme_version in (select w.id from programme_version w where w.programme = v.programme) and e.state = 'active') as bigint),
           cast((select count(*) from progress g join enrolment e on e.id = g.enrolment
                 join resource m on m.id = g.resource and m.obligatory = ?1
                 where e.programme_version in (select w.id from programme_version w where w.programme = v.programme) and e.state = 'active' and g.done_at is not null) as bigint),
           cast((select count(*) from resource r where r.programme = v.programme and r.obligatory = ?1) as bigint),
           cast((select count(*) from result r join attempt a on a.id = r.attempt join enrolment e on e.id = r.enrolment
                 where e.programme_version in (select w.id from programme_version w where w.programme = v.programme) and a.number = 1 and a.annulled is null) as bigint),
           cast((select count(*) from result r join attempt a on a.id = r.attempt join enrolment e on e.id = r.enrolment
                 where e.programme_version in (select w.id from programme_version w where w.programme = v.programme) and a.number = 1 and a.annulled is null and r.passed = ?1) as bigint)
         from programme_version v where v.state = 'approved' order by v.title_folded",
        values![true],
        |row| {
            let (studying, done, resources): (i64, i64, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
            Ok(Programme {
                title: row.get(0)?,
                studying,
                progress: (done * 100).checked_div(studying * resources).unwrap_or(0),
                first_attempts: row.get(4)?,
                first_passed: row.get(5)?,
            })
        },
    )
}

/// «86 %», or a dash where nobody has tried yet.
fn share(part: i64, whole: i64) -> String {
    (part * 100).checked_div(whole).map_or_else(|| "—".to_owned(), |percent| format!("{percent}\u{a0}%"))
}

fn page(n: &Numbers) -> Markup {
    html! {
        main.dash #main {
            div.dash-head { h1 { "Сводка" } span.small.muted { "За 12 недель" } }
            dl.kpi {
                div { dt { "Учатся сейчас" } dd { (n.studying) } dd.delta { "зачислены за 12 недель: " b { (n.enrolled_lately) } } }
                div { dt { "Завершают в срок" } dd { (share(n.completed, n.completed + n.overdue)) } dd.delta { "завершили " b { (n.completed) } ", не успели " b { (n.overdue) } } }
                div { dt { "Сдают с первой попытки" } dd { (share(n.first_passed, n.first_attempts)) } dd.delta { (n.first_passed) " из " (n.first_attempts) } }
                div { dt { "Выдано документов" } dd { (n.issued) } dd.delta { a href="/register" { "Книга регистрации" } } }
            }
            div.duo {
                (chart::weeks(&n.weeks))
                section aria-labelledby="td" {
                    h2 id="td" { "Требует внимания" }
                    @if n.attention.is_empty() { p.mt-2.muted { "Всё в порядке: ничего не ждёт." } }
                    ul.mt-1.todo.lines.l {
                        @for one in &n.attention {
                            li class=(one.class) { (icon(one.icon)) div { @if one.open { a href=(one.address) { (one.what) } } @else { (one.what) } span.sub { (one.more) } } @if one.open { span.chev { (icon("chevron-right")) } } }
                        }
                    }
                }
            }
            section.mt-8 aria-labelledby="pr" {
                div.split { h2 id="pr" { "Программы" } a.more href="/office/programmes" { "Все программы" } }
                table.tbl {
                    thead { tr { th scope="col" { "Программа" } th.r scope="col" { "Учатся" } th scope="col" { "Средний прогресс" } th.r scope="col" { "С первой попытки" } } }
                    tbody {
                        @for one in &n.programmes {
                            tr {
                                th scope="row" { (one.title) }
                                td.r data-l="Учатся" { (one.studying) }
                                td data-l="Средний прогресс" { (parts::share(one.progress)) }
                                td.r data-l="С первой попытки" { (share(one.first_passed, one.first_attempts)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
