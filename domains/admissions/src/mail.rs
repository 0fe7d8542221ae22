//! Applications by e-mail with scanned copies (п. 3.11.1): what came to the centre's mailbox is kept with its files sealed, answered, and
//! made into an application by the same form and checks as at the office.
use accounts::frame::Frame;
use accounts::{Limits, Right, Visit};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use files::{Files, Hash};
use maud::{Markup, html};
use post::{Inbox, Received};
use programmes::{Copy, Version};
use serde::{Deserialize, Serialize};
use store::{Db, Fault, Job, Jobs, Row, Store, Stored, Who, Work, values};
use uuid::Uuid;
use web::parts::{Tone, icon};
use web::{Failure, Posted, Reply, parts, see_other};
use words::{Email, FullName, Moment, count, folded};

use crate::application::Form;
use crate::attach::{LET_IN, seen};
use crate::copies::{Sent, attach};

const SECTION: Frame = Frame::Office("/mail");
/// Minutes between two looks into the mailbox.
const PAUSE: i64 = 1;
/// Characters of a text that is kept.
const LONGEST: usize = 50_000;

/// Looks into the mailbox.
#[derive(Serialize, Deserialize)]
struct Fetch {}
impl Job for Fetch {
    const KIND: &'static str = "mail.fetch";
}

pub(crate) fn jobs(jobs: &mut Jobs, store: &Store, files: &Files, inbox: Option<Inbox>) {
    let (store, files) = (store.clone(), files.clone());
    jobs.on(move |_: Fetch| {
        let (store, files, inbox) = (store.clone(), files.clone(), inbox.clone());
        async move {
            // A centre that no longer has a mailbox stops looking.
            let Some(inbox) = inbox else { return Ok(()) };
            store.write(Who::system(), watch).await?;
            let kept = inbox.take(|letter| keep(&store, &files, letter)).await;
            // The next look comes by itself: this one is not tried again.
            if let Err(why) = kept {
                tracing::warn!(why, "the mailbox could not be read");
            }
            Ok(())
        }
    });
}

/// Leaves the next look, unless it waits already.
pub fn watch(work: &mut Work) -> Stored<()> {
    let next = work.now().plus_minutes(PAUSE);
    work.later_once_at(next, &Fetch {})
}

/// Seals the files, then keeps the letter with its answer in one unit; the same letter again changes nothing.
async fn keep(store: &Store, files: &Files, letter: Received) -> Result<(), String> {
    let id = letter.message_id.clone();
    let known = store
        .read(move |db| {
            db.count("select cast(count(*) as bigint) from incoming where message_id = ?1", values![&id])
        })
        .await
        .map_err(|fault| fault.to_string())?;
    if known > 0 {
        return Ok(());
    }
    let mut sealed = Vec::new();
    for (name, bytes) in &letter.files {
        let media = files::kind_among(bytes, &LET_IN).unwrap_or_default();
        let (size, content_hash) = (bytes.len(), Hash::of(bytes).to_string());
        let file = files.store_sealed(bytes.clone()).await.map_err(|error| error.to_string())?;
        sealed.push((name.chars().take(120).collect::<String>(), media, size, content_hash, file));
    }
    let answers = !letter.automatic && Limits::letters().lets(&folded(&letter.sender));
    let write = move |work: &mut Work| record(work, &letter, &sealed, answers);
    store.write(Who::system(), write).await.map_err(|fault| fault.to_string())
}

/// Name, media type, size, hash of the content, sealed file.
type Sealed = (String, &'static str, usize, String, Hash);

fn record(work: &mut Work, letter: &Received, files: &[Sealed], answers: bool) -> Stored<()> {
    let (id, now) = (Uuid::now_v7(), work.now());
    let short = |text: &str, most: usize| text.replace('\0', "").chars().take(most).collect::<String>();
    let body = work.seal(&short(&letter.body, LONGEST))?;
    let kept = work.run(
        "insert into incoming (id, message_id, sender, sender_name, subject, body, state, received_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, 'new', ?7) on conflict (message_id) do nothing",
        values![
            id,
            &letter.message_id,
            short(&letter.sender, 200),
            short(&letter.sender_name, 200),
            short(&letter.subject, 300),
            body,
            now
        ],
    )?;
    if kept == 0 {
        return Ok(());
    }
    for (place, (name, media, size, content_hash, file)) in (0i64..).zip(files) {
        work.run(
            "insert into incoming_file (incoming, place, name, media, size, content_hash, file) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            values![id, place, name, *media, i64::try_from(*size).map_err(Fault::data)?, content_hash, file.as_str()],
        )?;
    }
    work.note("letter.received", id)?;
    let Ok(to) = Email::parse(&letter.sender) else { return Ok(()) };
    if !answers {
        return Ok(());
    }
    let what = match files.len() {
        0 => "Файлов в нём нет: если посылали копии документов, пришлите их ещё раз.".to_owned(),
        n => format!("Файлов в нём {n}."),
    };
    post::write(
        work,
        &post::Letter {
            to: to.as_str().to_owned(),
            secret: false,
            subject: "Письмо получено".to_owned(),
            body: format!(
                "Здравствуйте.\n\nМы получили ваше письмо «{}». {what} Методист проверит документы и ответит.\n\n\
                 Быстрее всего подать заявление на сайте: тогда зачисление происходит сразу.",
                short(&letter.subject, 300)
            ),
        },
    )?;
    Ok(())
}

struct Letter {
    id: Uuid,
    sender: String,
    sender_name: String,
    subject: String,
    /// Sealed, until somebody opens the letter.
    body: String,
    /// new, used, closed
    state: String,
    at: Moment,
    files: i64,
}

macro_rules! letters {
    ($rest:literal) => {
        concat!(
            "select id, sender, sender_name, subject, body, state, received_at, \
             (select cast(count(*) as bigint) from incoming_file f where f.incoming = incoming.id) from incoming ",
            $rest
        )
    };
}

fn read(row: &Row) -> Stored<Letter> {
    Ok(Letter {
        id: row.get(0)?,
        sender: row.get(1)?,
        sender_name: row.get(2)?,
        subject: row.get(3)?,
        body: row.get(4)?,
        state: row.get(5)?,
        at: Moment(row.get(6)?),
        files: row.get(7)?,
    })
}

struct Enclosed {
    place: i64,
    name: String,
    media: String,
    size: i64,
    content_hash: String,
    file: Hash,
    /// Went with the copy that was made of it.
    removed: bool,
}

fn enclosed(db: &mut Db, letter: Uuid) -> Stored<Vec<Enclosed>> {
    db.all(
        "select place, name, media, size, content_hash, file, removed_at from incoming_file where incoming = ?1 order by place",
        values![letter],
        |row| {
            let file = Hash::parse(&row.get::<String>(5)?).ok_or_else(|| Fault::data("a file's hash"))?;
            Ok(Enclosed {
                place: row.get(0)?,
                name: row.get(1)?,
                media: row.get(2)?,
                size: row.get(3)?,
                content_hash: row.get(4)?,
                file,
                removed: row.get::<Option<i64>>(6)?.is_some(),
            })
        },
    )
}

pub(crate) async fn list(visit: Visit) -> Reply {
    let letters = visit
        .read(|db| {
            db.all(
                letters!(
                    "order by case state when 'new' then 0 else 1 end, received_at desc, id desc limit 200"
                ),
                &[],
                read,
            )
        })
        .await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Почта" } @if !letters.is_empty() { (parts::sheet("/mail.xlsx")) } }
            p.muted { "Письма из ящика центра: заявления со сканами и другое. Из письма можно сделать заявление." }
            @if letters.is_empty() { (parts::empty("Писем нет. Ящик подключает администратор, в настройках сервера.", None)) } @else {
                table.tbl {
                    thead { tr { th scope="col" { "От кого" } th scope="col" { "Тема" } th scope="col" { "Состояние" } th.r scope="col" { "Когда" } } }
                    tbody { @for letter in &letters { tr {
                        th scope="row" { a.plain href={ "/mail/" (letter.id) } { @if letter.sender_name.is_empty() { (letter.sender) } @else { (letter.sender_name) } } span.blk.small.muted { (letter.sender) } }
                        td.wide data-l="Тема" { (subject(letter)) @if letter.files > 0 { span.blk.small.muted { (count(letter.files, ["файл", "файла", "файлов"])) } } }
                        td data-l="Состояние" { (tag(&letter.state)) }
                        td.r data-l="Когда" { (letter.at.shown(visit.now)) }
                    } } }
                }
            }
        }
    };
    visit.page("Почта", SECTION, body)
}

fn subject(letter: &Letter) -> &str {
    if letter.subject.is_empty() { "без темы" } else { &letter.subject }
}

/// Tone and name of a state.
fn state(code: &str) -> (Tone, &'static str) {
    match code {
        "used" => (Tone::Ok, "Заявление заведено"),
        "closed" => (Tone::Plain, "Не заявление"),
        _ => (Tone::Warn, "Новое"),
    }
}

fn tag(code: &str) -> Markup {
    let (tone, name) = state(code);
    parts::tag(tone, name)
}

/// The letters as a table, without their texts.
pub(crate) async fn sheet(visit: Visit) -> Reply {
    const COLUMNS: [(&str, u16); 6] =
        [("От кого", 40), ("Адрес", 34), ("Тема", 60), ("Файлов", 8), ("Состояние", 20), ("Получено", 12)];
    let letters = visit
        .read(|db| db.all(letters!("order by received_at desc, id desc limit 20000"), &[], read))
        .await?;
    let row = |letter: Letter| {
        let (subject, day) = (subject(&letter).to_owned(), letter.at.day().dotted());
        let state = state(&letter.state).1.to_owned();
        vec![letter.sender_name, letter.sender, subject, letter.files.to_string(), state, day]
    };
    web::table("Почта", "Почта.xlsx", &COLUMNS, letters.into_iter().map(row).collect()).await
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let (letter, files, versions) = visit
        .read(move |db| {
            let letter = db.one(letters!("where id = ?1"), values![id], read)?;
            let body: String = db.unseal(&letter.body)?;
            let letter = Letter { body, ..letter };
            Ok((letter, enclosed(db, id)?, Version::all_published(db)?))
        })
        .await?;
    let takes = visit.may(Right::TakeApplications) && letter.state == "new";
    let body = html! {
        main.dash #main {
            p.crumb { a href="/mail" { "Почта" } }
            div.dash-head { h1 { (subject(&letter)) } (tag(&letter.state)) }
            p.muted { @if !letter.sender_name.is_empty() { (letter.sender_name) ", " } a href={ "mailto:" (letter.sender) } { (letter.sender) } ", " (letter.at.shown(visit.now)) }
            div.check-pair.mt-5 {
                section { h2 { "Письмо" } div.letter { (letter.body) } @if letter.body.is_empty() { p.muted { "Текста нет." } } }
                section {
                    h2 { "Файлы" }
                    @if files.is_empty() { p.muted { "Файлов нет." } }
                    @for one in &files { (enclosure(id, one)) }
                }
            }
            @if takes {
                section.mt-5.stack {
                    h2 { "Завести заявление" }
                    p.small.muted { "Выберите программу: имя и почта подставятся, файлы приложатся к заявлению." }
                    ul.lines { @for version in &versions { li { a.plain href={ "/office/applications/" (version.content.code) "?letter=" (id) } { (version.content.title) ", " (version.content.hours_in_words()) } } } }
                    (parts::form(&format!("/mail/{id}/closure"), "mt-3", &html! { button.btn type="submit" { "Это не заявление" } }))
                }
            }
        }
    };
    visit.page("Письмо", SECTION, body)
}

fn enclosure(letter: Uuid, one: &Enclosed) -> Markup {
    let address = format!("/mail/{letter}/files/{}", one.place);
    html! {
        article.scan {
            h3 { (one.name) }
            @if one.removed { p.muted { "Сверено, копия не хранится." } } @else {
                @if one.media.starts_with("image/") { a href=(address) target="_blank" { img src=(address) alt={ "Вложение: " (one.name) } loading="lazy"; } }
                @else if one.media == "application/pdf" { object type="application/pdf" data=(address) title={ "Вложение: " (one.name) } { a href=(address) { "Открыть PDF" } } }
                p.small.muted { a href=(address) target="_blank" { (icon("download")) " Открыть" span.sr { ": " (one.name) } } ", " (one.size / 1024 + 1) "\u{a0}КБ" }
            }
        }
    }
}

/// One file of a letter. That somebody has looked at it stays in the journal.
pub(crate) async fn file(visit: Visit, Path((id, place)): Path<(Uuid, i64)>) -> Reply {
    let one = visit
        .write(move |work| {
            work.note("copy.seen", id)?;
            enclosed(work, id)?
                .into_iter()
                .find(|one| one.place == place && !one.removed)
                .ok_or(Fault::Missing)
        })
        .await?;
    if let Some(media) = LET_IN.into_iter().find(|media| *media == one.media) {
        return seen(&visit, media, &one.name, one.file).await;
    }
    let bytes = visit.house.files.load_sealed(one.file).await.map_err(Failure::broken)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, bytes).into_response())
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

pub(crate) async fn close(visit: Visit, Path(id): Path<Uuid>, Posted { .. }: Posted<Nothing>) -> Reply {
    visit
        .write(move |work| {
            work.run("update incoming set state = 'closed' where id = ?1 and state = 'new'", values![id])?;
            work.note("letter.closed", id)
        })
        .await?;
    Ok(see_other("/mail"))
}

/// What a letter tells of its sender, for the form of an application; nothing of one that is used up.
pub(crate) fn prefilled(db: &mut Db, id: Uuid) -> Stored<Form> {
    let letter = db.one(letters!("where id = ?1 and state = 'new'"), values![id], read)?;
    let words: Vec<&str> = letter.sender_name.split_whitespace().collect();
    let name = match words[..] {
        [family, given, patronymic] => FullName::parse(family, given, patronymic).ok(),
        [given, family] => FullName::parse(family, given, "").ok(),
        _ => None,
    };
    let mut form = Form { email: letter.sender, ..Form::default() };
    if let Some(name) = name {
        (form.family, form.given) = (name.family, name.given);
        form.patronymic = name.patronymic.unwrap_or_default();
    }
    Ok(form)
}

/// An application has been made of this letter: its files are the copies. A letter that is used up is not found.
pub(crate) fn used(work: &mut Work, id: Uuid, application: Uuid) -> Stored<()> {
    let marked = work.run(
        "update incoming set state = 'used', application = ?2 where id = ?1 and state = 'new'",
        values![id, application],
    )?;
    if marked == 0 {
        return Err(Fault::Missing);
    }
    for one in enclosed(work, id)? {
        let Some(media) = LET_IN.into_iter().find(|media| *media == one.media) else { continue };
        let sent = Sent {
            kind: Copy::Scan,
            name: one.name,
            media,
            size: usize::try_from(one.size).map_err(Fault::data)?,
            content_hash: one.content_hash,
            file: one.file,
        };
        attach(work, application, &sent)?;
    }
    work.note("letter.used", id)
}
