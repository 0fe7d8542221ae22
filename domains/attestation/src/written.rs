//! Written work or a defence after the test (п. 4.3.6, decisions of the specification): handed in by the learner, decided by the
//! commission criterion by criterion. Each handing in is kept.
use accounts::frame::Frame;
use accounts::person::Person;
use accounts::{Right, Visit};
use admissions::{Enrolment, State};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use files::Hash;
use marking::Score;
use maud::{Markup, html};
use programmes::{Content, Written};
use serde::Deserialize;
use store::{Db, Fault, Row, Stored, Work, values};
use uuid::Uuid;
use web::parts::{Tone, icon};
use web::{Failure, Messages, Posted, Reply, Upload, parts, see_other};
use words::{FullName, Moment};

use crate::{Settled, of_enrolment};

const FRAME: Frame = Frame::Cabinet("/cabinet");
const SECTION: Frame = Frame::Office("/works");
const LONGEST: usize = 100_000;
/// The largest file, in bytes.
const LARGEST: usize = 20 * 1024 * 1024;

/// What came of the latest work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkState {
    Waits,
    Passed,
    /// With the commission's remark.
    Returned(String),
}

#[derive(Clone, Debug)]
struct Handed {
    id: Uuid,
    enrolment: Uuid,
    attempt: Uuid,
    number: i64,
    text: String,
    /// File, name, media type.
    file: Option<(Hash, String, String)>,
    at: Moment,
    state: WorkState,
}

macro_rules! works {
    ($rest:literal) => {
        concat!(
            "select id, enrolment, attempt, number, text, file, file_name, media, handed_at, state, remark from written_work ",
            $rest
        )
    };
}

fn read(row: &Row) -> Stored<Handed> {
    let file = row.get::<Option<String>>(5)?.as_deref().and_then(Hash::parse);
    Ok(Handed {
        id: row.get(0)?,
        enrolment: row.get(1)?,
        attempt: row.get(2)?,
        number: row.get(3)?,
        text: row.get(4)?,
        file: file
            .zip(row.get::<Option<String>>(6)?)
            .zip(row.get::<Option<String>>(7)?)
            .map(|((a, b), c)| (a, b, c)),
        at: Moment(row.get(8)?),
        state: match row.get::<String>(9)?.as_str() {
            "passed" => WorkState::Passed,
            "returned" => WorkState::Returned(row.get::<Option<String>>(10)?.unwrap_or_default()),
            _ => WorkState::Waits,
        },
    })
}

fn all_of(db: &mut Db, enrolment: Uuid) -> Stored<Vec<Handed>> {
    db.all(works!("where enrolment = ?1 order by number"), values![enrolment], read)
}

pub(crate) fn latest(db: &mut Db, enrolment: Uuid) -> Stored<Option<WorkState>> {
    Ok(all_of(db, enrolment)?.pop().map(|one| one.state))
}

// ---- the learner ---------------------------------------------------------------------------------------------------

struct Own {
    enrolment: Enrolment,
    content: Content,
    written: Written,
    handed: Vec<Handed>,
    /// The passed test.
    attempt: Option<Uuid>,
}

fn own(db: &mut Db, person: Uuid, id: Uuid) -> Stored<Own> {
    let enrolment = Enrolment::of(db, person, id)?;
    let content = enrolment.programme(db)?.content;
    let written = content.attestation.written.clone().ok_or(Fault::Missing)?;
    let attempt = of_enrolment(db, id)?
        .into_iter()
        .find(|line| line.passed || line.awaits_work)
        .map(|line| line.attempt);
    Ok(Own { handed: all_of(db, id)?, enrolment, content, written, attempt })
}

impl Own {
    fn is_open(&self, visit: &Visit) -> bool {
        let before = self.handed.last().is_none_or(|one| matches!(one.state, WorkState::Returned(_)));
        before
            && self.attempt.is_some()
            && self.enrolment.state == State::Active
            && visit.today() <= self.enrolment.ends
    }
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    let own = visit.read(move |db| own(db, person, id)).await?;
    visit.page(&own.written.title, FRAME, own_page(&visit, &own, "", &Messages::none()))
}

const LET_IN: [&str; 6] = [
    "application/pdf",
    "image/jpeg",
    "image/png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text",
];

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, mut upload: Upload) -> Reply {
    let person = visit.person()?;
    let before = visit.read(move |db| own(db, person, id)).await?;
    if !before.is_open(&visit) {
        return Ok(see_other(&format!("/studies/{id}/work")));
    }
    let mut said = Messages::none();
    let typed = upload.text("text").replace("\r\n", "\n").trim().to_owned();
    let chosen = upload.take_file();
    let media = chosen.as_ref().and_then(|(_, bytes)| files::kind_among(bytes, &LET_IN));
    match &chosen {
        Some((name, _)) if media.is_none() => {
            said.say(
                "file",
                format!("Файл: «{name}» не PDF, не фото и не документ Word. Сохраните его иначе"),
            );
        }
        Some((name, bytes)) if bytes.len() > LARGEST => {
            said.say("file", format!("Файл: «{name}» больше 20 МБ"));
        }
        None if typed.is_empty() => said.say("text", "Работа: напишите текст или приложите файл"),
        _ => {}
    }
    if typed.chars().count() > LONGEST {
        said.say("text", format!("Работа: не больше {LONGEST} знаков. Приложите файлом"));
    }
    if !said.is_empty() {
        return visit.again(&before.written.title, FRAME, own_page(&visit, &before, &typed, &said));
    }
    let file = match chosen.zip(media) {
        Some(((name, bytes), media)) => {
            let name: String = name.chars().take(120).collect();
            Some((visit.house.files.store(bytes).await.map_err(Failure::broken)?, name, media))
        }
        None => None,
    };
    visit.write(move |work| hand_in(work, person, id, &typed, file.as_ref())).await?;
    Ok(see_other(&format!("/studies/{id}/work")))
}

/// Keeps a work; while one waits, another is not taken.
fn hand_in(
    work: &mut Work,
    person: Uuid,
    enrolment: Uuid,
    text: &str,
    file: Option<&(Hash, String, &'static str)>,
) -> Stored<()> {
    let (own, now) = (own(work, person, enrolment)?, work.now());
    let waits = own.handed.last().is_some_and(|one| !matches!(one.state, WorkState::Returned(_)));
    let (Some(attempt), false, State::Active) = (own.attempt, waits, own.enrolment.state) else {
        return Ok(());
    };
    let (number, id) = (i64::try_from(own.handed.len()).map_err(Fault::data)? + 1, Uuid::now_v7());
    work.run(
        "insert into written_work (id, enrolment, attempt, number, text, file, file_name, media, handed_at, state)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'new')",
        values![
            id,
            enrolment,
            attempt,
            number,
            text,
            file.map(|(hash, _, _)| hash.as_str()),
            file.map(|(_, name, _)| name.as_str()),
            file.map(|(_, _, media)| *media),
            now
        ],
    )?;
    work.note("work.handed-in", id)
}

fn own_page(visit: &Visit, own: &Own, typed: &str, said: &Messages) -> Markup {
    let id = own.enrolment.id;
    html! {
        main.wrap #main {
            p.crumb { a href="/cabinet" { "Обучение" } " · " span.muted { (own.content.title) } }
            div.page-head { p.label { "Итоговая аттестация" } h1 { (own.written.title) } }
            div.stack {
                p { (own.written.task) }
                div { p.med { "На что смотрит комиссия" } ul { @for criterion in &own.written.criteria { li { (criterion) } } } }
                @for handed in &own.handed {
                    section.panel.stack {
                        p { "Сдано " (handed.at.shown(visit.now)) " " (tag(&handed.state)) }
                        @if let WorkState::Returned(remark) = &handed.state { p { strong { "Замечание: " } (remark) } }
                        (content(handed, &format!("/studies/{id}/work/{}/file", handed.id)))
                    }
                }
                @if own.attempt.is_none() { (parts::note(Tone::Warn, "lock", &html! { p { "Сначала сдайте тест." } })) }
                @if own.is_open(visit) {
                    (parts::summary(said))
                    (parts::upload(&format!("/studies/{id}/work"), "form", &html! {
                        (parts::area("text", "Работа", typed, 12).longest(LONGEST).optional().told(said))
                        (parts::file("file", "Или файл", ".pdf,.docx,.xlsx,.odt,image/jpeg,image/png", "PDF, Word, Excel или фото, до 20 МБ", said))
                        div { (parts::submit("Сдать")) }
                    }))
                }
            }
        }
    }
}

fn tag(state: &WorkState) -> Markup {
    match state {
        WorkState::Waits => parts::tag(Tone::Warn, "На проверке"),
        WorkState::Passed => parts::tag(Tone::Ok, "Зачтено"),
        WorkState::Returned(_) => parts::tag(Tone::Bad, "На доработке"),
    }
}

fn content(handed: &Handed, address: &str) -> Markup {
    html! {
        @if !handed.text.is_empty() { div.prose { @for line in handed.text.lines().filter(|line| !line.trim().is_empty()) { p { (line) } } } }
        @if let Some((_, name, _)) = &handed.file { p { a href=(address) { (icon("download")) " " (name) } } }
    }
}

pub(crate) async fn own_file(visit: Visit, Path((enrolment, id)): Path<(Uuid, Uuid)>) -> Reply {
    let person = visit.person()?;
    let handed = visit
        .read(move |db| {
            Enrolment::of(db, person, enrolment)?;
            db.one(works!("where id = ?1 and enrolment = ?2"), values![id, enrolment], read)
        })
        .await?;
    send(&visit, handed).await
}

async fn send(visit: &Visit, handed: Handed) -> Reply {
    let (hash, _, media) = handed.file.ok_or_else(Failure::missing)?;
    let media = LET_IN.into_iter().find(|one| *one == media).ok_or_else(Failure::missing)?;
    let ending = match media {
        "application/pdf" => "pdf",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "application/vnd.oasis.opendocument.text" => "odt",
        media if media.ends_with("sheet") => "xlsx",
        _ => "docx",
    };
    let bytes = visit.house.files.load(hash).await.map_err(Failure::broken)?;
    let name = HeaderValue::from_str(&format!("attachment; filename=\"rabota-{}.{ending}\"", handed.number))
        .map_err(Failure::broken)?;
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(media)), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

// ---- the commission ------------------------------------------------------------------------------------------------

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

pub(crate) async fn list(visit: Visit) -> Reply {
    let waiting = visit
        .read(|db| {
            let works = db.all(
                works!("order by case state when 'new' then 0 else 1 end, handed_at desc limit 200"),
                &[],
                read,
            )?;
            works.into_iter().map(|work| named(db, work)).collect::<Stored<Vec<_>>>()
        })
        .await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Работы на проверку" } }
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
    let handed = db.one(works!("where id = ?1"), values![id], read)?;
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
    if passed {
        let line = of_enrolment(work, enrolment.id)?
            .into_iter()
            .find(|line| line.attempt == waiting.handed.attempt)
            .ok_or_else(|| Fault::data("a work without the result of its test"))?;
        let count = |number: i64| usize::try_from(number).unwrap_or(0);
        let score = Score { right: count(line.right), total: count(line.total) };
        work.tell(Settled { enrolment: enrolment.id, attempt: line.attempt, score, passed: true })?;
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
            p.muted { (programme.title) ". Сдано " (handed.at.shown(visit.now)) ", раз: " (handed.number) "." }
            @if let Some(written) = &programme.attestation.written { p.mt-3 { strong { (written.title) ": " } (written.task) } }
            section.panel.mt-5.stack { (content(handed, &format!("/works/{}/file", handed.id))) }
            @if handed.state == WorkState::Waits && visit.may(Right::MarkWorks) {
                (parts::summary(said))
                (parts::form(&format!("/works/{}", handed.id), "form mt-5", &html! {
                    (parts::ticks("met", "Выполнено", &options, &form.met, said))
                    (parts::area("remark", "Что доработать", &form.remark, 4).longest(4000).optional().told(said).tip("Нужно, если отмечены не все критерии"))
                    div { (parts::submit("Решить")) }
                }))
            } @else if let WorkState::Returned(remark) = &handed.state { p.mt-3 { strong { "Замечание: " } (remark) } }
        }
    }
}
