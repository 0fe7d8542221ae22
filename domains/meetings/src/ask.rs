//! Asking for a teacher (п. 3.13.1, 4.6): a learner for the own study, a customer for the own group; and what came of it.
use accounts::Visit;
use accounts::frame::Frame;
use admissions::{Enrolment, Group};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Fault, Stored, Work};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};
use words::{FullName, Zone, count};

use crate::meeting::{Asked, KINDS, Meeting, State, teacher_of};

/// Requests that may wait at once: more is a mistake, not a wish.
const MOST: usize = 5;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    kind: String,
    topic: String,
    wish: String,
}

impl Form {
    fn check(&self) -> Result<Asked, Messages> {
        let mut said = Messages::none();
        let kind = KINDS.iter().map(|(code, _)| *code).find(|code| *code == self.kind);
        if kind.is_none() {
            said.say("kind", "Что нужно: выберите");
        }
        let topic = said.text("topic", &self.topic, "Тема", 1000);
        let wish = self.wish.trim();
        if wish.chars().count() > 300 {
            said.say("wish", "Удобное время: не больше 300 знаков");
        }
        match (kind, topic) {
            (Some(kind), Some(topic)) if said.is_empty() => Ok(Asked {
                kind: kind.to_owned(),
                topic,
                wish: wish.to_owned(),
                enrolment: None,
                group: None,
            }),
            _ => Err(said),
        }
    }
}

type Listed = Vec<(Meeting, Option<FullName>)>;

fn with_teachers(db: &mut Db, meetings: Vec<Meeting>) -> Stored<Listed> {
    meetings
        .into_iter()
        .map(|meeting| {
            let teacher = teacher_of(db, &meeting)?;
            Ok((meeting, teacher))
        })
        .collect()
}

/// Whether one more request may wait beside those of the same person or group.
fn has_room(meetings: &[Meeting], asked: &Asked) -> bool {
    let same = |one: &&Meeting| one.enrolment == asked.enrolment && one.group == asked.group;
    meetings.iter().filter(same).filter(|one| one.state == State::Asked).count() < MOST
}

fn full() -> Messages {
    Messages::one(
        "topic",
        format!("Тема: ваших запросов уже {MOST}. Дождитесь ответа или позвоните куратору"),
    )
}

/// Keeps one request more, if there is room for it; a form sent twice asks once.
fn keep(work: &mut Work, key: Uuid, before: &[Meeting], asked: &Asked, person: Uuid) -> Stored<bool> {
    work.once(key, |work| {
        if !has_room(before, asked) {
            return Ok(false);
        }
        Meeting::ask(work, asked, person).map(|_| true)
    })
}

// ---- a learner -----------------------------------------------------------------------------------------------------

async fn own(visit: &Visit, id: Uuid) -> Result<(Enrolment, Listed), web::Failure> {
    let person = visit.person()?;
    visit
        .read(move |db| {
            let enrolment = Enrolment::of(db, person, id)?;
            let meetings = Meeting::of_enrolment(db, &enrolment)?;
            Ok((enrolment, with_teachers(db, meetings)?))
        })
        .await
}

pub(crate) async fn of_learner(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let (enrolment, meetings) = own(&visit, id).await?;
    let body = learner_page(&visit, &enrolment, &meetings, &Form::default(), &Messages::none());
    visit.page("Занятия и консультации", Frame::Cabinet("/cabinet"), body)
}

pub(crate) async fn by_learner(
    visit: Visit,
    Path(id): Path<Uuid>,
    Posted { form, key }: Posted<Form>,
) -> Reply {
    let said = match form.check() {
        Err(said) => said,
        Ok(asked) => {
            let person = visit.person()?;
            let kept = visit
                .write(move |work| {
                    let enrolment = Enrolment::of(work, person, id)?;
                    if !enrolment.is_open(work.today()) {
                        return Err(Fault::Missing);
                    }
                    let before = Meeting::of_enrolment(work, &enrolment)?;
                    keep(work, key, &before, &Asked { enrolment: Some(id), ..asked.clone() }, person)
                })
                .await?;
            if kept {
                return Ok(see_other(&format!("/studies/{id}/meetings")));
            }
            full()
        }
    };
    let (enrolment, meetings) = own(&visit, id).await?;
    let body = learner_page(&visit, &enrolment, &meetings, &form, &said);
    visit.again("Занятия и консультации", Frame::Cabinet("/cabinet"), body)
}

fn learner_page(
    visit: &Visit,
    enrolment: &Enrolment,
    meetings: &Listed,
    form: &Form,
    said: &Messages,
) -> Markup {
    let address = format!("/studies/{}/meetings", enrolment.id);
    html! {
        main.wrap #main {
            p.crumb { a href="/cabinet" { "Обучение" } }
            div.page-head { h1 { "Занятия и консультации" } p.muted { "Учиться можно и без преподавателя. Если он нужен, попросите: назначим время и напишем." } }
            (list(visit, meetings))
            @if enrolment.is_open(visit.today()) { (request(&address, form, said)) }
        }
    }
}

// ---- a customer ----------------------------------------------------------------------------------------------------

async fn company(visit: &Visit, id: Uuid) -> Result<(Group, Listed), web::Failure> {
    let person = visit.person()?;
    visit
        .read(move |db| {
            let group = Group::of(db, person, id)?;
            let meetings = Meeting::of_group(db, group.id)?;
            Ok((group, with_teachers(db, meetings)?))
        })
        .await
}

pub(crate) async fn of_group(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let (group, meetings) = company(&visit, id).await?;
    let body = company_page(&visit, &group, &meetings, &Form::default(), &Messages::none());
    visit.page("Занятия группы", Frame::Office("/company"), body)
}

pub(crate) async fn by_customer(
    visit: Visit,
    Path(id): Path<Uuid>,
    Posted { form, key }: Posted<Form>,
) -> Reply {
    let said = match form.check() {
        Err(said) => said,
        Ok(asked) => {
            let person = visit.person()?;
            let kept = visit
                .write(move |work| {
                    let group = Group::of(work, person, id)?;
                    if group.ends < work.today() {
                        return Err(Fault::Missing);
                    }
                    let before = Meeting::of_group(work, group.id)?;
                    keep(work, key, &before, &Asked { group: Some(group.id), ..asked.clone() }, person)
                })
                .await?;
            if kept {
                return Ok(see_other(&format!("/company/groups/{id}/meetings")));
            }
            full()
        }
    };
    let (group, meetings) = company(&visit, id).await?;
    let body = company_page(&visit, &group, &meetings, &form, &said);
    visit.again("Занятия группы", Frame::Office("/company"), body)
}

fn company_page(visit: &Visit, group: &Group, meetings: &Listed, form: &Form, said: &Messages) -> Markup {
    html! {
        main.dash #main {
            p.crumb { a href={ "/company/groups/" (group.id) } { (group.name) } }
            div.dash-head { h1 { "Занятия группы" } }
            p.muted { "Обучение идёт и без преподавателя. Если группе нужно занятие или консультация, попросите: назначим время и напишем каждому." }
            (list(visit, meetings))
            @if group.ends >= visit.today() { (request(&format!("/company/groups/{}/meetings", group.id), form, said)) }
        }
    }
}

// ---- both ----------------------------------------------------------------------------------------------------------

fn list(visit: &Visit, meetings: &Listed) -> Markup {
    html! {
        ul.lines.l.mt-5 {
            @for (meeting, teacher) in meetings {
                li.doc {
                    div.body {
                        p { strong { (meeting.title()) } " " (meeting.state.tag()) }
                        p { (meeting.topic) }
                        @if let (State::Scheduled | State::Held, Some(starts)) = (meeting.state, meeting.starts) {
                            p.small { (starts.day().shown(visit.today())) ", " (starts.time()) " " (Zone::ours().by()) ", " (count(meeting.minutes, ["минута", "минуты", "минут"])) @if let Some(name) = teacher { ", " (name) } }
                            p.small { (place(&meeting.place)) }
                            p.small { a href={ "/meetings/" (meeting.id) "/calendar.ics" } { "В календарь" } }
                        }
                        @if meeting.state == State::Declined { p.small.muted { (meeting.remark) } }
                        p.small.muted { "Запрошено " (meeting.at.shown(visit.now)) @if !meeting.wish.is_empty() { ", удобно: " (meeting.wish) } }
                        @if meeting.state == State::Asked && visit.actor.as_ref().is_some_and(|actor| actor.person == meeting.asked_by) {
                            (parts::form(&format!("/meetings/{}/withdrawal", meeting.id), "mt-1", &html! { button.as-link type="submit" { "Отозвать запрос" } }))
                        }
                    }
                }
            }
        }
    }
}

/// Whoever asked needs it no more. What is scheduled is called off by the staff: a teacher has set the time aside.
pub(crate) async fn withdraw(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    let meeting = visit
        .write(move |work| {
            let meeting = Meeting::find(work, id)?;
            if meeting.asked_by != person {
                return Err(Fault::Missing);
            }
            if meeting.state == State::Asked {
                Meeting::change(work, id, State::Asked, State::Withdrawn)?;
            }
            Ok(meeting)
        })
        .await?;
    // What was decided meanwhile stands on the page.
    Ok(see_other(&match (meeting.enrolment, meeting.group) {
        (Some(enrolment), _) => format!("/studies/{enrolment}/meetings"),
        (None, Some(group)) => format!("/company/groups/{group}/meetings"),
        (None, None) => "/".to_owned(),
    }))
}

/// A link where it is one, words where it is not.
pub(crate) fn place(place: &str) -> Markup {
    html! {
        @if place.starts_with("https://") || place.starts_with("http://") { a href=(place) rel="noopener noreferrer" target="_blank" { (place) } }
        @else { (place) }
    }
}

fn request(address: &str, form: &Form, said: &Messages) -> Markup {
    html! {
        section.mt-5.stack {
            h2 { "Попросить преподавателя" }
            (parts::summary(said))
            (parts::form(address, "form", &html! {
                (parts::choices("kind", "Что нужно", &KINDS, &form.kind, said))
                (parts::area("topic", "Тема", &form.topic, 4).longest(1000).told(said).tip("О чём спросить или что разобрать"))
                (parts::field("wish", "Когда удобно", &form.wish).optional().longest(300).told(said).tip("Например, «будни после 18:00»"))
                div { (parts::submit("Попросить")) }
            }))
        }
    }
}
