//! What the staff keep: orders and protocols, and the register of issued documents, in numeric order.
use std::collections::HashMap;

use accounts::Right;
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use maud::html;
use regulations::Centre;
use store::{Db, Fault, Stored};
use uuid::Uuid;
use web::{Reply, parts, see_other, table};
use words::count;

use crate::credential::Credential;
use crate::{awaited, listed, overtaken, protocol};

/// How many papers a page shows, and how many a table.
const SHOWN: i64 = 300;
const ALL: i64 = 50_000;

pub(crate) async fn orders(visit: Visit) -> Reply {
    let ((papers, overtaken), drafts) = visit.read(|db| Ok((papers(db, SHOWN)?, drafts(db)?))).await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Приказы и протоколы" } a.btn href="/archives" { "Архив результатов" } @if !papers.is_empty() { (parts::sheet("/orders.xlsx")) } }
            @if !drafts.is_empty() {
                section.panel.mt-5.stack {
                    h2 { "Протоколов ждут закрытия: " (drafts.len()) }
                    p.small.muted { "Закрываются по расписанию центра, протокол группы — когда сдадут все. Если комиссия не назначена, протокол ждёт её." }
                    ul.lines {
                        @for draft in &drafts {
                            li.doc {
                                div.body { p.med { (draft.programme) } p.small.muted { (count(draft.people, ["слушатель", "слушателя", "слушателей"])) @if let Some(group) = draft.group { ", " a href={ "/groups/" (group) } { "группа" } } } }
                                @if visit.may(Right::ClosePapers) { (parts::form(&format!("/orders/{}/closure", draft.id), "inline", &html! { button.btn type="submit" { "Закрыть" } })) }
                            }
                        }
                    }
                }
            }
            @if papers.is_empty() { (parts::empty("Приказы появятся с первым зачислением.", None)) } @else {
                table.tbl {
                    thead { tr { th scope="col" { "Документ" } th scope="col" { "Номер" } th.r scope="col" { "Дата" } th scope="col" { "Отпечаток" } th scope="col" { "Файл" } } }
                    tbody {
                        @for paper in &papers {
                            tr {
                                th scope="row" {
                                    (paper.title)
                                    @if let Some(words) = said_later(paper, &overtaken) { span.blk.small.muted { "После закрытия. " (words) } }
                                }
                                td data-l="Номер" { (paper.number) }
                                td.r data-l="Дата" { (paper.at.day().dotted()) }
                                td data-l="Отпечаток" { span.xs.muted { (paper.hash.as_deref().map_or("", |hash| &hash[..12])) } }
                                td data-l="Файл" {
                                    @if paper.printed.is_some() { a href={ "/papers/" (paper.id) } { "PDF" span.sr { ", " (paper.title) " № " (paper.number) } } } @else { "готовится" }
                                    @match paper.signed { Some(listed::Signed::ByFile) => { ", " a href={ "/papers/" (paper.id) "/signature" } { "подпись" span.sr { ", " (paper.title) " № " (paper.number) } } } Some(listed::Signed::ByHand) => { span.small.muted { ", подписан" } } None => {} }
                                    @if paper.kind == "safety_protocol" && visit.may(Right::ClosePapers) && let Some(protocol) = paper.protocol { span.blk.small { a href={ "/protocols/" (protocol) "/registry" } { "Номера реестра" span.sr { ", протокол № " (paper.number) } } } }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    visit.page("Приказы и протоколы", Frame::Office("/orders"), body)
}

/// The newest papers, the latest first, and what no longer holds in them.
fn papers(db: &mut Db, most: i64) -> Stored<(Vec<listed::Listed>, HashMap<Uuid, String>)> {
    let papers = listed::newest(db, most)?;
    let overtaken = papers.last().map(|first| overtaken::since(db, first.at)).transpose()?;
    Ok((papers, overtaken.unwrap_or_default()))
}

/// What was done after the protocol was closed; an order that it led to says nothing of it.
fn said_later<'a>(paper: &listed::Listed, overtaken: &'a HashMap<Uuid, String>) -> Option<&'a str> {
    let is_protocol = ["safety_protocol", "commission_protocol"].contains(&paper.kind.as_str());
    overtaken.get(&paper.protocol.filter(|_| is_protocol)?).map(String::as_str)
}

/// Asks for the protocol to be closed now; the job does it, as at the hour.
pub(crate) async fn close(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    visit.write(move |work| protocol::close_now(work, id)).await?;
    Ok(see_other("/orders"))
}

struct Draft {
    id: Uuid,
    programme: String,
    people: i64,
    group: Option<Uuid>,
}

fn drafts(db: &mut Db) -> Stored<Vec<Draft>> {
    db.all(
        "select p.id, v.title, cast(count(distinct l.enrolment) as bigint), p.study_group from protocol p
         join programme_version v on v.id = p.programme_version join protocol_line l on l.protocol = p.id
         where p.state = 'draft' group by p.id, v.title, p.study_group, p.created_at order by p.created_at",
        &[],
        |row| Ok(Draft { id: row.get(0)?, programme: row.get(1)?, people: row.get(2)?, group: row.get(3)? }),
    )
}

pub(crate) async fn credentials(visit: Visit) -> Reply {
    let (lines, waiting, with_diploma) = visit
        .read(|db| Ok((Credential::newest(db)?, awaited::everybody(db)?, Centre::load(db)?.with_diploma)))
        .await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Выданные документы" } a.btn href="/blanks" { "Бланки" } (parts::sheet("/register.xlsx")) }
            p.muted { "Книга регистрации: только дополняется, по порядку номеров." }
            @if !waiting.is_empty() {
                section.panel.mt-5.stack {
                    h2 { "Ждут диплома об образовании: " (waiting.len()) }
                    p.small.muted { "Программа завершена. Документ о ней выдаётся, когда слушатель показал диплом." }
                    ul.lines {
                        @for one in &waiting {
                            li.doc.with-deeds {
                                div.body { p.med { a.plain href={ "/learners/" (one.person) } { (one.name) } } p.small.muted { (one.programme) } }
                                div.cluster {
                                    @if visit.may(Right::MoveLearners) { a.btn href={ "/enrolments/" (one.enrolment) "/education" } { "Диплом показан" span.sr { ": " (one.name) } } }
                                    @if !with_diploma && visit.may(Right::ClosePapers) { (parts::form(&format!("/enrolments/{}/certificate", one.enrolment), "inline", &html! { button.btn type="submit" { "Выдать сейчас" span.sr { ": " (one.name) } } })) }
                                }
                            }
                        }
                    }
                }
            }
            @if lines.is_empty() { (parts::empty("Документов пока не выдано.", None)) } @else {
                table.tbl {
                    thead { tr { th scope="col" { "Кому" } th scope="col" { "Рег. номер" } th scope="col" { "Документ" } th.r scope="col" { "Выдан" } th scope="col" { "Программа" } th.r scope="col" { "Часов" } } }
                    tbody {
                        @for line in &lines {
                            tr {
                                th scope="row" { a.plain href={ "/learners/" (line.person) } { (line.full_name) } }
                                td data-l="Рег. номер" { (line.number) @if !line.blank.is_empty() { span.blk.small.muted { "бланк " (line.blank) } } }
                                td.wide data-l="Документ" {
                                    (line.title())
                                    @if let Some(end) = line.end_in_words() { span.blk.small.muted { "Не действует: " (end) } }
                                }
                                td.r data-l="Выдан" { (line.issued.dotted()) }
                                td.wide data-l="Программа" { (line.programme) }
                                td.r data-l="Часов" { (line.hours) }
                            }
                        }
                    }
                }
            }
        }
    };
    visit.page("Выданные документы", Frame::Office("/register"), body)
}

/// The centre has ceased to wait for diplomas: what waited is issued one by one.
pub(crate) async fn issue(visit: Visit, Path(enrolment): Path<Uuid>) -> Reply {
    visit
        .write(move |work| {
            if Centre::load(work)?.with_diploma {
                Err(Fault::Missing)
            } else {
                awaited::issue(work, enrolment)
            }
        })
        .await?;
    Ok(see_other("/register"))
}

/// The whole book as a table (domain reference 2.8).
pub(crate) async fn sheet(visit: Visit) -> Reply {
    const COLUMNS: [(&str, u16); 11] = [
        ("№", 6),
        ("Рег. номер", 18),
        ("Дата выдачи", 12),
        ("Серия и № бланка", 18),
        ("Кому", 40),
        ("Документ", 40),
        ("Программа", 60),
        ("Часов", 8),
        ("Протокол", 18),
        ("Приказ", 18),
        ("Примечание", 28),
    ];
    let lines = visit.read(Credential::book).await?;
    let row = |(n, (one, protocol, order)): (usize, (Credential, String, String))| {
        vec![
            (n + 1).to_string(),
            one.number.clone(),
            one.issued.dotted(),
            one.blank.clone(),
            one.full_name.clone(),
            one.title(),
            one.programme.clone(),
            one.hours.to_string(),
            protocol,
            order,
            one.end_in_words().map(|end| format!("не действует: {end}")).unwrap_or_default(),
        ]
    };
    let rows = lines.into_iter().enumerate().map(row).collect();
    table("Книга регистрации", "Книга регистрации.xlsx", &COLUMNS, rows).await
}

/// Orders and protocols as a table.
pub(crate) async fn orders_sheet(visit: Visit) -> Reply {
    const COLUMNS: [(&str, u16); 6] = [
        ("Документ", 50),
        ("Номер", 18),
        ("Дата", 12),
        ("Подписан", 24),
        ("SHA-256 файла", 68),
        ("После закрытия", 40),
    ];
    let (papers, overtaken) = visit.read(|db| papers(db, ALL)).await?;
    let row = |one: listed::Listed| {
        let later = said_later(&one, &overtaken).unwrap_or_default().to_owned();
        let signed = match one.signed {
            Some(listed::Signed::ByFile) => "электронной подписью",
            Some(listed::Signed::ByHand) => "на бумаге",
            None => "",
        };
        vec![
            one.title,
            one.number,
            one.at.day().dotted(),
            signed.to_owned(),
            one.hash.unwrap_or_default(),
            later,
        ]
    };
    table("Приказы и протоколы", "Приказы и протоколы.xlsx", &COLUMNS, papers.into_iter().map(row).collect())
        .await
}
