//! Written work or a defence after the test (п. 4.3.6, decisions of the specification): the learner's page, where it is handed
//! in. Each handing in is kept.
use accounts::Visit;
use accounts::frame::Frame;
use admissions::{Enrolment, State};
use axum::extract::Path;
use files::Hash;
use maud::{Markup, html};
use programmes::{Content, Written};
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::parts::Tone;
use web::{Failure, Messages, Reply, Upload, parts, see_other};

use crate::handed::{Handed, LET_IN, WorkState, content, send, tag};
use crate::of_enrolment;

const FRAME: Frame = Frame::Cabinet("/cabinet");
const LONGEST: usize = 100_000;
/// The largest file, in bytes.
const LARGEST: usize = 20 * 1024 * 1024;

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
    Ok(Own { handed: Handed::all_of(db, id)?, enrolment, content, written, attempt })
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
    let all = "select cast(count(*) as bigint) from written_work where enrolment = ?1";
    let (number, id) = (work.count(all, values![enrolment])? + 1, Uuid::now_v7());
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

pub(crate) async fn own_file(visit: Visit, Path((enrolment, id)): Path<(Uuid, Uuid)>) -> Reply {
    let person = visit.person()?;
    let handed = visit
        .read(move |db| {
            Enrolment::of(db, person, enrolment)?;
            Handed::of(db, enrolment, id)
        })
        .await?;
    send(&visit, handed).await
}
