//! The staff's side: what is asked for, a teacher with a time and place, who was there (п. 3.13.1, 5.3.1).
use accounts::frame::Frame;
use accounts::person::{Person, address_of, with_role};
use accounts::{Right, Role, Visit};
use admissions::Enrolment;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Failure, Messages, Posted, Reply, parts, see_other};
use words::{Day, Email, FullName, Moment, Zone, count};

use crate::ask::place;
use crate::meeting::{Meeting, State, teacher_of};

const SECTION: Frame = Frame::Office("/meetings");

struct Line {
    meeting: Meeting,
    whose: String,
    teacher: Option<FullName>,
}

async fn lines(visit: &Visit) -> Result<Vec<Line>, Failure> {
    let teacher = only_own(visit)?;
    visit
        .read(move |db| {
            let queue = Meeting::queue(db, teacher)?;
            queue
                .into_iter()
                .map(|meeting| {
                    Ok(Line { whose: meeting.whose(db)?, teacher: teacher_of(db, &meeting)?, meeting })
                })
                .collect::<Stored<Vec<_>>>()
        })
        .await
}

/// The meetings as a table.
pub(crate) async fn sheet(visit: Visit) -> Reply {
    const COLUMNS: [(&str, u16); 8] = [
        ("Для кого", 40),
        ("Что", 16),
        ("Тема", 60),
        ("Запрошено", 12),
        ("Состояние", 20),
        ("Преподаватель", 36),
        ("День", 12),
        ("Время", 8),
    ];
    let row = |Line { meeting, whose, teacher }: Line| {
        vec![
            whose,
            meeting.title().to_owned(),
            meeting.topic.clone(),
            meeting.at.day().dotted(),
            meeting.state.russian().to_owned(),
            teacher.map(|name| name.to_string()).unwrap_or_default(),
            meeting.starts.map(|at| at.day().dotted()).unwrap_or_default(),
            meeting.starts.map(Moment::time).unwrap_or_default(),
        ]
    };
    let rows = lines(&visit).await?.into_iter().map(row).collect();
    web::table("Занятия", "Занятия.xlsx", &COLUMNS, rows).await
}

pub(crate) async fn list(visit: Visit) -> Reply {
    let lines = lines(&visit).await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Занятия" } @if !lines.is_empty() { (parts::sheet("/meetings.xlsx")) } }
            p.muted { "Занятия и консультации проводят по запросу слушателя или заказчика." }
            @if lines.is_empty() { (parts::empty("Запросов пока нет.", None)) } @else {
                table.tbl {
                    thead { tr { th scope="col" { "Для кого" } th scope="col" { "Что" } th scope="col" { "Состояние" } th scope="col" { "Преподаватель" } th.r scope="col" { "Когда" } } }
                    tbody { @for Line { meeting, whose, teacher } in &lines { tr {
                        th scope="row" { a.plain href={ "/meetings/" (meeting.id) } { (whose) } }
                        td.wide data-l="Что" { (meeting.title()) span.blk.small.muted { (meeting.topic.chars().take(80).collect::<String>()) } }
                        td data-l="Состояние" { (meeting.state.tag()) }
                        td data-l="Преподаватель" { @if let Some(name) = teacher { (name.short()) } }
                        td.r data-l="Когда" { @match meeting.starts { Some(at) => { (at.day().shown(visit.today())) ", " (at.time()) } None => { span.muted { "запрошено " (meeting.at.shown(visit.now)) } } } }
                    } } }
                }
            }
        }
    };
    visit.page("Занятия", SECTION, body)
}

/// A teacher sees the own meetings; whoever plans or oversees sees all.
fn only_own(visit: &Visit) -> Result<Option<Uuid>, Failure> {
    let all = visit.may(Right::PlanMeetings) || visit.may(Right::SeeOverview);
    if all { Ok(None) } else { visit.person().map(Some) }
}

fn reach(db: &mut Db, own: Option<Uuid>, id: Uuid) -> Stored<Meeting> {
    match own {
        Some(teacher) => Meeting::of_teacher(db, teacher, id),
        None => Meeting::find(db, id),
    }
}

struct Whole {
    line: Line,
    learners: Vec<(Enrolment, Person)>,
    present: Vec<Uuid>,
    teachers: Vec<(Uuid, FullName)>,
}

fn load(db: &mut Db, own: Option<Uuid>, id: Uuid) -> Stored<Whole> {
    let meeting = reach(db, own, id)?;
    let present =
        db.all("select enrolment from attendance where meeting = ?1", values![id], |row| row.get(0))?;
    Ok(Whole {
        learners: meeting.learners(db)?,
        present,
        teachers: with_role(db, Role::Teacher)?,
        line: Line { whose: meeting.whose(db)?, teacher: teacher_of(db, &meeting)?, meeting },
    })
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let own = only_own(&visit)?;
    let whole = visit.read(move |db| load(db, own, id)).await?;
    let form = Form::of(&whole.line.meeting);
    visit.page("Занятие", SECTION, page(&visit, &whole, &form, &Messages::none()))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    teacher: String,
    day: String,
    time: String,
    minutes: String,
    place: String,
    remark: String,
}

/// When, with whom and where.
struct Plan {
    teacher: Uuid,
    starts: Moment,
    minutes: i64,
    place: String,
}

impl Form {
    /// As it has been planned so far.
    fn of(meeting: &Meeting) -> Self {
        let Some(starts) = meeting.starts else {
            return Self { minutes: "60".to_owned(), ..Self::default() };
        };
        Self {
            teacher: meeting.teacher.map(|id| id.to_string()).unwrap_or_default(),
            day: starts.day().dotted(),
            time: starts.time(),
            minutes: meeting.minutes.to_string(),
            place: meeting.place.clone(),
            remark: String::new(),
        }
    }

    fn check(&self, teachers: &[(Uuid, FullName)], now: Moment) -> Result<Plan, Messages> {
        let mut said = Messages::none();
        let teacher = teachers.iter().map(|(id, _)| *id).find(|id| id.to_string() == self.teacher);
        if teacher.is_none() {
            said.say("teacher", "Преподаватель: выберите");
        }
        let day = said.take("day", Day::parse(&self.day));
        let time = minutes_of(&self.time);
        if time.is_none() {
            said.say("time", "Время: часы и минуты, например 18:30");
        }
        let starts = day.zip(time).map(|(day, time)| Moment::midnight(day).plus_minutes(time));
        if starts.is_some_and(|starts| starts < now) {
            said.say("day", "День: это время уже прошло");
        }
        let minutes = self.minutes.trim().parse().ok().filter(|minutes| (10..=600).contains(minutes));
        if minutes.is_none() {
            said.say("minutes", "Минут: от 10 до 600");
        }
        let place = said.text("place", &self.place, "Где", 500);
        match (teacher, starts, minutes, place) {
            (Some(teacher), Some(starts), Some(minutes), Some(place)) if said.is_empty() => {
                Ok(Plan { teacher, starts, minutes, place })
            }
            _ => Err(said),
        }
    }
}

/// «18:30» as minutes of the day.
fn minutes_of(time: &str) -> Option<i64> {
    let (hours, minutes) = time.trim().split_once([':', '.'])?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 60 + minutes)
}

pub(crate) async fn schedule(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let whole = visit.read(move |db| load(db, None, id)).await?;
    match form.check(&whole.teachers, visit.now) {
        Err(said) => visit.again("Занятие", SECTION, page(&visit, &whole, &form, &said)),
        Ok(plan) => {
            visit.write(move |work| set(work, id, &plan)).await?;
            Ok(see_other(&format!("/meetings/{id}")))
        }
    }
}

/// Gives the meeting its time, or another one, and writes to everybody it is for.
fn set(work: &mut Work, id: Uuid, plan: &Plan) -> Stored<()> {
    let meeting = Meeting::find(work, id)?;
    let same = meeting.state == State::Scheduled
        && meeting.starts == Some(plan.starts)
        && meeting.teacher == Some(plan.teacher)
        && meeting.minutes == plan.minutes
        && meeting.place == plan.place;
    if same {
        return Ok(());
    }
    let from = if meeting.state == State::Scheduled { State::Scheduled } else { State::Asked };
    Meeting::change(work, id, from, State::Scheduled)?;
    work.run(
        "update meeting set teacher = ?2, starts_at = ?3, minutes = ?4, place = ?5 where id = ?1",
        values![id, plan.teacher, plan.starts, plan.minutes, &plan.place],
    )?;
    let teacher = Person::find(work, plan.teacher)?.name;
    let today = work.today();
    let words = format!(
        "{}: {}, в {} {zone}, {}. Преподаватель — {teacher}.\nГде: {}\nТема: {}",
        meeting.title(),
        plan.starts.day().in_words(),
        plan.starts.time(),
        count(plan.minutes, ["минута", "минуты", "минут"]),
        plan.place,
        meeting.topic,
        zone = Zone::ours().by()
    );
    let subject = format!("{}: {}, {}", meeting.title(), plan.starts.day().shown(today), plan.starts.time());
    let meeting = Meeting::find(work, id)?;
    tell_everybody(work, &meeting, &subject, &words)
}

/// Whoever asked, whoever it is for and the teacher, once each: by the own address, or by a login that is one.
fn tell_everybody(work: &mut Work, meeting: &Meeting, subject: &str, words: &str) -> Stored<()> {
    let mut people: Vec<(Uuid, Person)> =
        meeting.learners(work)?.into_iter().map(|(one, person)| (one.person, person)).collect();
    for id in [Some(meeting.asked_by), meeting.teacher].into_iter().flatten() {
        people.push((id, Person::find(work, id)?));
    }
    let mut told: Vec<Email> = Vec::new();
    for (id, person) in people {
        let Some(to) = address_of(work, id)? else { continue };
        if told.contains(&to) {
            continue;
        }
        post::write(
            work,
            &post::Letter {
                to: to.as_str().to_owned(),
                secret: false,
                subject: subject.to_owned(),
                body: format!("Здравствуйте, {}.\n\n{words}", person.name.given),
            },
        )?;
        told.push(to);
    }
    Ok(())
}

pub(crate) async fn decline(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let mut said = Messages::none();
    let Some(remark) = said.text("remark", &form.remark, "Причина", 500) else {
        let whole = visit.read(move |db| load(db, None, id)).await?;
        return visit.again("Занятие", SECTION, page(&visit, &whole, &form, &said));
    };
    visit
        .write(move |work| {
            let meeting = Meeting::find(work, id)?;
            if meeting.state == State::Declined {
                return Ok(());
            }
            if !matches!(meeting.state, State::Asked | State::Scheduled) {
                return Err(Fault::Missing);
            }
            Meeting::change(work, id, meeting.state, State::Declined)?;
            work.run("update meeting set remark = ?2 where id = ?1", values![id, &remark])?;
            let words = format!("{}: провести не сможем. {remark}", meeting.title());
            tell_everybody(work, &meeting, &format!("{}: не состоится", meeting.title()), &words)
        })
        .await?;
    Ok(see_other("/meetings"))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Present {
    present: Vec<Uuid>,
}

/// The meeting was held: who was there. Marking again adds whoever was forgotten.
pub(crate) async fn complete(
    visit: Visit,
    Path(id): Path<Uuid>,
    Posted { form, .. }: Posted<Present>,
) -> Reply {
    let own = only_own(&visit)?;
    visit
        .write(move |work| {
            let meeting = reach(work, own, id)?;
            if meeting.state != State::Held {
                if meeting.starts.is_none_or(|starts| starts > work.now()) {
                    return Err(Fault::Missing);
                }
                Meeting::change(work, id, State::Scheduled, State::Held)?;
                work.note("meeting.held", id)?;
            }
            let (learners, now) = (meeting.learners(work)?, work.now());
            for (enrolment, _) in learners.iter().filter(|(one, _)| form.present.contains(&one.id)) {
                work.run(
                    "insert into attendance (meeting, enrolment, marked_at) values (?1, ?2, ?3) on conflict do nothing",
                    values![id, enrolment.id, now],
                )?;
            }
            Ok(())
        })
        .await?;
    Ok(see_other(&format!("/meetings/{id}")))
}

/// The meeting for a calendar (RFC 5545), to anyone it concerns.
pub(crate) async fn calendar(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let (person, staff) = (visit.person()?, visit.may(Right::SeeMeetings));
    let own = only_own(&visit)?;
    let meeting = visit
        .read(move |db| if staff { reach(db, own, id) } else { Meeting::of_person(db, person, id) })
        .await?;
    let Some(starts) = meeting.starts else { return Err(Failure::missing()) };
    let escaped = |text: &str| text.replace('\\', "\\\\").replace([',', ';'], " ").replace(['\n', '\r'], " ");
    let text = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kafedra//RU\r\nBEGIN:VEVENT\r\nUID:{id}@kafedra\r\nDTSTAMP:{}\r\n\
         DTSTART:{}\r\nDURATION:PT{}M\r\nSUMMARY:{}\r\nLOCATION:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        visit.now.utc_stamp(),
        starts.utc_stamp(),
        meeting.minutes,
        escaped(&format!("{}. {}", meeting.title(), meeting.topic)),
        escaped(&meeting.place)
    );
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"zanyatie.ics\""),
    ];
    Ok((headers, text).into_response())
}

fn page(visit: &Visit, whole: &Whole, form: &Form, said: &Messages) -> Markup {
    let Whole { line: Line { meeting, whose, teacher }, learners, present, teachers } = whole;
    let named: Vec<_> = teachers.iter().map(|(id, name)| (id.to_string(), name.to_string())).collect();
    let options: Vec<_> = named.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    let going_on = matches!(meeting.state, State::Asked | State::Scheduled);
    html! {
        main.dash #main {
            p.crumb { a href="/meetings" { "Занятия" } }
            div.dash-head { h1 { (meeting.title()) } (meeting.state.tag()) }
            dl.key-facts.mt-5 {
                dt { "Для кого" } dd { (whose) }
                dt { "Тема" } dd { (meeting.topic) }
                @if !meeting.wish.is_empty() { dt { "Удобно" } dd { (meeting.wish) } }
                dt { "Запрошено" } dd { (meeting.at.shown(visit.now)) }
                @if let Some(starts) = meeting.starts {
                    dt { "Когда" } dd { (starts.day().shown(visit.today())) ", " (starts.time()) ", " (count(meeting.minutes, ["минута", "минуты", "минут"])) ". " a href={ "/meetings/" (meeting.id) "/calendar.ics" } { "В календарь" } }
                    @if let Some(name) = teacher { dt { "Преподаватель" } dd { (name) } }
                    dt { "Где" } dd { (place(&meeting.place)) }
                }
                @if !meeting.remark.is_empty() { dt { "Причина отказа" } dd { (meeting.remark) } }
            }
            @if meeting.state == State::Held || (meeting.state == State::Scheduled && meeting.starts.is_some_and(|starts| starts <= visit.now)) { (attendance(meeting, learners, present)) }
            @if going_on && visit.may(Right::PlanMeetings) {
                section.mt-5.stack {
                    h2 { @if meeting.state == State::Asked { "Назначить" } @else { "Перенести" } }
                    (parts::summary(said))
                    @if options.is_empty() { p.muted { "Преподавателей пока нет: их добавляют в «Сотрудниках»." } }
                    (parts::form(&format!("/meetings/{}", meeting.id), "form", &html! {
                        (parts::select("teacher", "Преподаватель", &options, &form.teacher, said))
                        div.pair {
                            (parts::field("day", "День", &form.day).longest(10).told(said).tip("Например, 01.12.2026"))
                            (parts::field("time", &format!("Время, {}", Zone::ours().neuter()), &form.time).longest(5).told(said).tip("18:30"))
                        }
                        div.pair {
                            (parts::field("minutes", "Минут", &form.minutes).digits().longest(3).told(said))
                            (parts::field("place", "Где", &form.place).longest(500).told(said).tip("Ссылка на встречу, телефон или адрес"))
                        }
                        div { (parts::submit("Назначить и написать всем")) }
                    }))
                    (parts::form(&format!("/meetings/{}/refusal", meeting.id), "form mt-5", &html! {
                        (parts::field("remark", if meeting.state == State::Asked { "Причина отказа" } else { "Почему отменяем" }, &form.remark).longest(500).told(said))
                        div { button.btn type="submit" { @if meeting.state == State::Asked { "Отказать" } @else { "Отменить и написать всем" } } }
                    }))
                }
            }
        }
    }
}

fn attendance(meeting: &Meeting, learners: &[(Enrolment, Person)], present: &[Uuid]) -> Markup {
    html! {
        section.mt-5 aria-labelledby="were" {
            h2 id="were" { "Кто был" }
            (parts::form(&format!("/meetings/{}/completion", meeting.id), "form mt-3", &html! {
                @for (enrolment, person) in learners {
                    label.check { input type="checkbox" name="present" value=(enrolment.id) checked[present.contains(&enrolment.id)] disabled[present.contains(&enrolment.id)]; span { (person.name) } }
                }
                div.mt-3 { button.btn type="submit" { @if meeting.state == State::Held { "Дополнить" } @else { "Проведено" } } }
            }))
        }
    }
}
