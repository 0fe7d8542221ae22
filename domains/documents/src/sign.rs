//! The head's signature under papers: marked when it was put by hand, or taken as detached electronic signatures in bulk and kept beside
//! each file (decisions of the specification). An order of enrolment that is signed opens access where the programme waits for it.
use std::io::{Cursor, Write};

use accounts::frame::Frame;
use accounts::{Right, Visit};
use admissions::release;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use files::{Files, Hash};
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Failure, Messages, Posted, Reply, Upload, download, nothing_done, parts, see_other};
use words::{FullName, count};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::listed::{Listed, count_unsigned, unsigned};

const SECTION: Frame = Frame::Office("/signing");
/// Papers on the page and in one archive.
const MOST: i64 = 300;
/// Digits of a file's hash that stand in its name in the archive, so that a signature finds its paper.
const MARK: usize = 12;
/// The largest signature, in bytes.
const LARGEST: usize = 256 * 1024;

/// The papers that a page shows, each with whom or what it is about, and how many there are in all.
fn waiting(db: &mut Db) -> Stored<(Vec<(Listed, String)>, i64)> {
    let papers = unsigned(db, MOST)?;
    let mut named = Vec::with_capacity(papers.len());
    for paper in papers {
        let about = about(db, paper.id)?;
        named.push((paper, about));
    }
    Ok((named, count_unsigned(db)?))
}

/// The learner of the paper, else its group, else nothing.
fn about(db: &mut Db, paper: Uuid) -> Stored<String> {
    db.one(
        "select f.family, f.given, f.patronymic, g.name
         from paper p left join enrolment e on e.id = p.enrolment
           left join person f on f.id = coalesce(e.person, p.person) left join study_group g on g.id = p.study_group
         where p.id = ?1",
        values![paper],
        |row| {
            let (family, given, patronymic, group): (Option<String>, Option<String>, Option<String>, Option<String>) =
                (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            let name = family.zip(given).map(|(family, given)| FullName { family, given, patronymic }.to_string());
            Ok(group.map(|group| format!("группа {group}")).or(name).unwrap_or_default())
        },
    )
}

pub(crate) async fn list(visit: Visit) -> Reply {
    let waiting = visit.read(waiting).await?;
    visit.page("На подпись", SECTION, page(&visit, &waiting, &Messages::none()))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    paper: Vec<Uuid>,
    /// All that stood on the page, with `all`.
    shown: Vec<Uuid>,
    all: bool,
}

/// The chosen papers are signed by hand.
pub(crate) async fn by_hand(visit: Visit, Posted { form, .. }: Posted<Form>) -> Reply {
    let chosen = if form.all { form.shown } else { form.paper };
    if chosen.is_empty() {
        let waiting = visit.read(waiting).await?;
        let said = Messages::one("paper", "Документы: отметьте те, которые подписали");
        return visit.again("На подпись", SECTION, page(&visit, &waiting, &said));
    }
    let by = visit.person()?;
    let signed = visit
        .write(move |work| {
            let mut signed = false;
            for paper in &chosen {
                signed |= record(work, *paper, by, None)?;
            }
            Ok(signed)
        })
        .await?;
    Ok(if signed { see_other("/signing") } else { nothing_done("/signing") })
}

/// Keeps a signature: by hand, or the stored file with its name. Signing twice is signing once.
fn record(work: &mut Work, paper: Uuid, by: Uuid, file: Option<(&Hash, &str)>) -> Stored<bool> {
    let now = work.now();
    let (kind, number, enrolment, group, ended): (String, String, Option<Uuid>, Option<Uuid>, Option<i64>) = work.one(
        "select kind, number, enrolment, study_group, ended_at from paper where id = ?1 and file is not null",
        values![paper],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)),
    )?;
    // Printed anew since the page was opened: the other one waits for its signature.
    if ended.is_some() {
        return Ok(false);
    }
    let kept = work.run(
        "insert into signature (paper, kind, file, file_name, recorded_by, recorded_at) values (?1, ?2, ?3, ?4, ?5, ?6)
         on conflict (paper) do nothing",
        values![
            paper,
            if file.is_some() { "file" } else { "hand" },
            file.map(|(hash, _)| hash.as_str()),
            file.map(|(_, name)| name),
            by,
            now
        ],
    )?;
    if kept == 0 {
        return Ok(false);
    }
    work.note_with("paper.signed", paper, Some(if file.is_some() { "file" } else { "hand" }))?;
    if kind == "enrolment_order" {
        let whom: Vec<Uuid> = match (enrolment, group) {
            (Some(enrolment), _) => vec![enrolment],
            // Those whom the order named, wherever they study now: each has an extract of it.
            (None, Some(group)) => work.all(
                "select enrolment from paper
                 where kind = 'enrolment_extract' and study_group = ?1 and number = ?2 and enrolment is not null",
                values![group, &number],
                |row| row.get(0),
            )?,
            (None, None) => Vec::new(),
        };
        for enrolment in whom {
            release(work, enrolment)?;
        }
    }
    Ok(true)
}

/// Signatures made elsewhere: each file's name holds the mark of its paper, as the archive gave it.
pub(crate) async fn by_files(visit: Visit, upload: Upload) -> Reply {
    let by = visit.person()?;
    let papers = visit.read(|db| unsigned(db, 100_000)).await?;
    let mut said = Messages::none();
    if upload.files.is_empty() {
        said.say("signatures", "Файлы подписей: выберите");
    }
    for (name, bytes) in upload.files {
        let paper = papers.iter().find(|paper| mark(paper).is_some_and(|mark| name.contains(mark)));
        let Some(paper) = paper else {
            said.say(
                "signatures",
                format!("«{name}»: не нашли документ. Не меняйте имя файла из архива, добавьте только .sig"),
            );
            continue;
        };
        if !is_signature(&bytes) || bytes.len() > LARGEST {
            said.say(
                "signatures",
                format!("«{name}»: это не отсоединённая подпись. Подойдёт файл .sig или .p7s"),
            );
            continue;
        }
        let (id, name) = (paper.id, name.chars().take(200).collect::<String>());
        let hash = visit.house.files.store(bytes).await.map_err(Failure::broken)?;
        visit.write(move |work| record(work, id, by, Some((&hash, &name)))).await?;
    }
    if said.is_empty() {
        return Ok(see_other("/signing"));
    }
    let waiting = visit.read(waiting).await?;
    visit.again("На подпись", SECTION, page(&visit, &waiting, &said))
}

fn mark(paper: &Listed) -> Option<&str> {
    paper.hash.as_deref().map(|hash| &hash[..MARK])
}

/// Whether the bytes are a CMS message with signed data (RFC 5652, 5.1), as DER or in PEM. Whose it is and whether it holds is checked by
/// the means that the law names for qualified signatures.
fn is_signature(bytes: &[u8]) -> bool {
    /// 1.2.840.113549.1.7.2
    const SIGNED_DATA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    let begins = |bytes: &[u8]| {
        bytes.first() == Some(&0x30)
            && bytes.iter().take(32).copied().collect::<Vec<_>>().windows(11).any(|one| one == SIGNED_DATA)
    };
    let text = String::from_utf8_lossy(bytes);
    let inner: String = text.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    begins(bytes) || files::from_base64(&inner).is_some_and(|bytes| begins(&bytes))
}

/// All that waits, as one archive: to be signed by a program of signatures, or printed.
pub(crate) async fn archive(visit: Visit) -> Reply {
    let papers = visit.read(|db| unsigned(db, MOST)).await?;
    if papers.is_empty() {
        return Ok(see_other("/signing"));
    }
    let files = visit.house.files.clone();
    let packing = tokio::task::spawn_blocking(move || pack(&files, &papers));
    let bytes = packing.await.map_err(Failure::broken)?.map_err(Failure::broken)?;
    Ok(download("application/zip", "na-podpis.zip", bytes))
}

/// Blocks.
fn pack(files: &Files, papers: &[Listed]) -> anyhow::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default();
    for paper in papers {
        let Some((content, mark)) = paper.content(files).zip(mark(paper)) else { continue };
        let number = paper.number.replace(['/', '\\'], "-");
        zip.start_file(format!("{} {number} {mark}.pdf", paper.title), plain)?;
        zip.write_all(&content?)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The detached signature of a paper: to its person, and to the staff who keep papers.
pub(crate) async fn signature(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let (person, staff) = (visit.person()?, visit.may(Right::SeePapers));
    let hash = visit
        .read(move |db| {
            let (hash, owner): (String, Option<Uuid>) = db.one(
                "select s.file, p.person from signature s join paper p on p.id = s.paper where p.id = ?1 and s.file is not null",
                values![id],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            if staff || owner == Some(person) { Ok(hash) } else { Err(Fault::Missing) }
        })
        .await?;
    let hash = Hash::parse(&hash).ok_or_else(Failure::missing)?;
    let bytes = visit.house.files.load(hash).await.map_err(Failure::broken)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pkcs7-signature")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"document.pdf.sig\"")),
    ];
    Ok((headers, bytes).into_response())
}

fn page(visit: &Visit, (papers, total): &(Vec<(Listed, String)>, i64), said: &Messages) -> Markup {
    let total = *total;
    html! {
        main.dash #main {
            div.dash-head { h1 { "На подпись" } @if total > 0 { a.btn href="/signing/papers.zip" { (parts::icon("download")) span { "Всё архивом" } } } }
            (parts::summary(said))
            @if papers.is_empty() { (parts::empty("Все документы подписаны.", Some(("/orders", "Приказы и протоколы")))) } @else {
                p.muted { (count(total, ["документ ждёт", "документа ждут", "документов ждут"])) " подписи. Электронную подпись поставьте вне системы и загрузите файлы .sig, или распечатайте, подпишите и отметьте." @if total > MOST { " Здесь первые " (MOST) "." } }
                section.panel.mt-5.stack {
                    h2 { "Файлы электронных подписей" }
                    (parts::upload("/signing/files", "form", &html! {
                        (parts::files("signatures", "Отсоединённые подписи", ".sig,.p7s,.sgn", said))
                        div { button.btn type="submit" { "Загрузить" } }
                    }))
                }
                @if papers.len() > 1 {
                    div.mt-5 { (parts::caution("/signing", &format!("Подписаны все {}", papers.len()), "Отметку не снять. Если подписи ждёт доступ к материалам, он откроется.", &html! {
                        input type="hidden" name="all" value="true";
                        @for (paper, _) in papers { input type="hidden" name="shown" value=(paper.id); }
                    })) }
                }
                (parts::form("/signing", "mt-5", &html! {
                    fieldset.entry #paper {
                        legend { "Подписаны на бумаге" }
                        ul.lines.l {
                            @for (paper, about) in papers {
                                li.doc {
                                    div.body {
                                        label.check { input type="checkbox" name="paper" value=(paper.id); span { (paper.title) @if !paper.number.is_empty() { " №\u{a0}" (paper.number) } } }
                                        p.small.muted { @if !about.is_empty() { (about) ", " } (paper.at.day().shown(visit.today())) }
                                    }
                                    a href={ "/papers/" (paper.id) } target="_blank" { "PDF" span.sr { ", " (paper.title) " № " (paper.number) } }
                                }
                            }
                        }
                    }
                    div { (parts::submit("Отметить подписанными")) }
                }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_signature;

    #[test]
    fn a_signature_is_told_by_its_content() {
        let mut der =
            vec![0x30, 0x82, 0x01, 0x00, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
        der.resize(260, 0);
        assert!(is_signature(&der));
        assert!(is_signature(b"-----BEGIN CMS-----\nMIIBAAYJKoZIhvcNAQcCoIIB\n-----END CMS-----\n"));
        for other in [&b"%PDF-1.7"[..], b"", b"0", b"MZ", b"hello"] {
            assert!(!is_signature(other));
        }
    }
}
