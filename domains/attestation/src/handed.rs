//! A written work as it was handed in: text, or a file; what the commission made of it.
use accounts::Visit;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use files::Hash;
use maud::{Markup, html};
use store::{Db, Row, Stored, values};
use uuid::Uuid;
use web::parts::{self, Tone, icon};
use web::{Failure, Reply};
use words::Moment;

/// Kinds of files that are taken.
pub(crate) const LET_IN: [&str; 6] = [
    "application/pdf",
    "image/jpeg",
    "image/png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text",
];

/// What came of the latest work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkState {
    Waits,
    Passed,
    /// With the commission's remark.
    Returned(String),
}

#[derive(Clone, Debug)]
pub(crate) struct Handed {
    pub id: Uuid,
    pub enrolment: Uuid,
    pub attempt: Uuid,
    pub number: i64,
    pub text: String,
    /// File, name, media type.
    pub file: Option<(Hash, String, String)>,
    pub at: Moment,
    pub state: WorkState,
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

impl Handed {
    /// Any work: behind a staff door.
    pub(crate) fn find(db: &mut Db, id: Uuid) -> Stored<Self> {
        db.one(works!("where id = ?1"), values![id], read)
    }

    /// A work of this study; a foreign one is not found.
    pub(crate) fn of(db: &mut Db, enrolment: Uuid, id: Uuid) -> Stored<Self> {
        db.one(works!("where id = ?1 and enrolment = ?2"), values![id, enrolment], read)
    }

    /// All works of a study, in the order in which they were handed in; those of an annulled attempt are no longer its.
    pub(crate) fn all_of(db: &mut Db, enrolment: Uuid) -> Stored<Vec<Self>> {
        db.all(works!("where enrolment = ?1 and not exists (select 1 from annulment n where n.attempt = written_work.attempt) order by number"), values![enrolment], read)
    }

    /// Those that wait, then the latest of the others.
    pub(crate) fn queue(db: &mut Db) -> Stored<Vec<Self>> {
        db.all(
            works!("where not exists (select 1 from annulment n where n.attempt = written_work.attempt) order by case state when 'new' then 0 else 1 end, handed_at desc limit 200"),
            &[],
            read,
        )
    }
}

/// What came of the latest work of a study, if one was handed in.
pub(crate) fn latest(db: &mut Db, enrolment: Uuid) -> Stored<Option<WorkState>> {
    Ok(Handed::all_of(db, enrolment)?.pop().map(|one| one.state))
}

impl WorkState {
    pub(crate) const fn russian(&self) -> &'static str {
        match self {
            Self::Waits => "На проверке",
            Self::Passed => "Зачтено",
            Self::Returned(_) => "На доработке",
        }
    }
}

pub(crate) fn tag(state: &WorkState) -> Markup {
    let tone = match state {
        WorkState::Waits => Tone::Warn,
        WorkState::Passed => Tone::Ok,
        WorkState::Returned(_) => Tone::Bad,
    };
    parts::tag(tone, state.russian())
}

pub(crate) fn content(handed: &Handed, address: &str) -> Markup {
    html! {
        @if !handed.text.is_empty() { div.prose { @for line in handed.text.lines().filter(|line| !line.trim().is_empty()) { p { (line) } } } }
        @if let Some((_, name, _)) = &handed.file { p { a.btn href=(address) { (icon("download")) span { (name) } } } }
    }
}

/// The file of a work, to be downloaded.
pub(crate) async fn send(visit: &Visit, handed: Handed) -> Reply {
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
