//! What the staff keep: orders and protocols, and the register of issued documents, in numeric order.
use accounts::Visit;
use accounts::frame::Frame;
use maud::html;
use store::{Db, Stored};
use web::{Reply, parts};
use words::Day;

use crate::paper;

pub(crate) async fn orders(visit: Visit) -> Reply {
    let (papers, drafts) = visit.read(|db| Ok((paper::newest(db)?, drafts(db)?))).await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Приказы и протоколы" } }
            @if drafts > 0 { (parts::note(parts::Tone::Warn, "clock", &html! { p { "Протоколов ждут закрытия: " (drafts) ". Если комиссия не назначена, они ждут её." } })) }
            @if papers.is_empty() { (parts::empty("Приказы появятся с первым зачислением.", None)) } @else {
                table.tbl {
                    thead { tr { th scope="col" { "Документ" } th scope="col" { "Номер" } th.r scope="col" { "Дата" } th scope="col" { "Отпечаток" } th scope="col" { "Файл" } } }
                    tbody {
                        @for paper in &papers {
                            tr {
                                th scope="row" { (paper.title) }
                                td data-l="Номер" { (paper.number) }
                                td.r data-l="Дата" { (paper.at.day().dotted()) }
                                td data-l="Отпечаток" { span.xs.muted { (paper.hash.as_deref().map_or("", |hash| &hash[..12])) } }
                                td data-l="Файл" { @if paper.printed.is_some() { a href={ "/papers/" (paper.id) } { "PDF" span.sr { ", " (paper.title) " № " (paper.number) } } } @else { "готовится" } }
                            }
                        }
                    }
                }
            }
        }
    };
    visit.page("Приказы и протоколы", Frame::Office("/orders"), body)
}

fn drafts(db: &mut Db) -> Stored<i64> {
    db.count("select cast(count(*) as bigint) from protocol where state = 'draft'", &[])
}

struct Line {
    number: String,
    issued: Day,
    full_name: String,
    programme: String,
    hours: i64,
    protocol: String,
    order: String,
}

pub(crate) async fn credentials(visit: Visit) -> Reply {
    let lines = visit.read(register).await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Выданные документы" } }
            p.muted { "Книга регистрации: только дополняется, по порядку номеров." }
            @if lines.is_empty() { (parts::empty("Документов пока не выдано.", None)) } @else {
                table.tbl {
                    thead { tr { th scope="col" { "Кому" } th scope="col" { "Рег. номер" } th.r scope="col" { "Выдан" } th scope="col" { "Программа" } th.r scope="col" { "Часов" } th scope="col" { "Основание" } } }
                    tbody {
                        @for line in &lines {
                            tr {
                                th scope="row" { (line.full_name) }
                                td data-l="Рег. номер" { (line.number) }
                                td.r data-l="Выдан" { (line.issued.dotted()) }
                                td data-l="Программа" { (line.programme) }
                                td.r data-l="Часов" { (line.hours) }
                                td data-l="Основание" { span.small { "протокол " (line.protocol) ", приказ " (line.order) } }
                            }
                        }
                    }
                }
            }
        }
    };
    visit.page("Выданные документы", Frame::Office("/register"), body)
}

fn register(db: &mut Db) -> Stored<Vec<Line>> {
    db.all(
        "select c.register_number, c.issued_on, c.full_name, c.programme_title, c.hours, coalesce(p.number, ''), o.number
         from credential c join protocol p on p.id = c.protocol join official_order o on o.id = c.completion_order
         order by c.year desc, c.seq desc limit 500",
        &[],
        |row| {
            Ok(Line {
                number: row.get(0)?,
                issued: row.parsed(1, Day::parse)?,
                full_name: row.get(2)?,
                programme: row.get(3)?,
                hours: row.get(4)?,
                protocol: row.get(5)?,
                order: row.get(6)?,
            })
        },
    )
}
