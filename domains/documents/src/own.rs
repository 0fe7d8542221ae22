//! A learner's own papers.
use accounts::Visit;
use accounts::frame::Frame;
use maud::html;
use web::parts::icon;
use web::{Reply, parts};

use crate::listed::{self, Listed};

pub(crate) async fn list(visit: Visit) -> Reply {
    let person = visit.person()?;
    let papers = visit.read(move |db| listed::in_force(db, person)).await?;
    let body = html! {
        main.wrap #main {
            div.page-head { h1 { "Документы" } }
            @if papers.is_empty() { (parts::empty("Документы появятся после зачисления: сначала приказ, после аттестации — протокол и документ об обучении.", Some(("/cabinet", "К обучению")))) }
            ul.lines { @for paper in &papers { (row(&visit, paper)) } }
        }
    };
    visit.page("Документы", Frame::Cabinet("/papers"), body)
}

fn row(visit: &Visit, paper: &Listed) -> maud::Markup {
    html! {
        li.doc {
            (icon(if matches!(paper.kind.as_str(), "certificate" | "diploma") { "graduation-cap" } else { "file-text" }))
            div.body {
                p { strong { (paper.title) } }
                p.small.muted { @if !paper.number.is_empty() { "№\u{a0}" (paper.number) " · " } (paper.at.day().shown(visit.today())) }
            }
            @if paper.signed == Some(listed::Signed::ByFile) { a href={ "/papers/" (paper.id) "/signature" } { "Подпись" span.sr { ", " (paper.title) } } }
            @if paper.printed.is_some() { a.btn href={ "/papers/" (paper.id) } { (icon("download")) span { "PDF" } } }
            @else { p.small.muted { "Готовится, обновите через минуту" } }
        }
    }
}
