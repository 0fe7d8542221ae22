//! The public check of a document: by the QR's token, or by number together with the date or the surname. Shows only
//! what a third party needs.
use accounts::frame::Frame;
use accounts::{Limits, Visit};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;
use web::parts::Tone;
use web::{Failure, Messages, Reply, parts};

use crate::credential::Credential;

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(crate) struct Question {
    number: String,
    proof: String,
}

fn limited(visit: &Visit) -> Result<(), Failure> {
    if Limits::checks().lets(&visit.address) {
        Ok(())
    } else {
        Err(Failure::new(StatusCode::TOO_MANY_REQUESTS, "public checks"))
    }
}

/// `GET /check`: the form, and with a number and a proof the answer.
pub(crate) async fn ask(visit: Visit, Query(question): Query<Question>) -> Reply {
    if question.number.trim().is_empty() {
        return visit.page("Проверка документа", Frame::Public, form(&question, None));
    }
    limited(&visit)?;
    let (number, proof) = (question.number.trim().to_owned(), question.proof.clone());
    let found = visit.read(move |db| Credential::by_number(db, &number, &proof)).await?;
    let body = match &found {
        Some(found) => answer(found),
        None => form(&question, Some("Такого документа нет. Проверьте номер, дату выдачи или фамилию")),
    };
    visit.page("Проверка документа", Frame::Public, body)
}

pub(crate) async fn by_token(visit: Visit, Path(token): Path<Uuid>) -> Reply {
    limited(&visit)?;
    let found = visit.read(move |db| Credential::by_token(db, token)).await?;
    visit.page("Проверка документа", Frame::Public, answer(&found))
}

/// «Соколова В. А.»: a third party compares it with the document in hand.
fn shortened(full_name: &str) -> String {
    let mut parts = full_name.split(' ');
    let family = parts.next().unwrap_or_default();
    let initials: String =
        parts.filter_map(|part| part.chars().next()).map(|letter| format!("\u{a0}{letter}.")).collect();
    format!("{family}{initials}")
}

fn answer(found: &Credential) -> Markup {
    html! {
        main.wrap #main {
            @match found.end_in_words() {
                None => { div.page-head.stack { h1 { "Документ выдан" } (parts::tag(Tone::Ok, "Есть в книге регистрации")) } }
                Some(end) => { div.page-head.stack { h1 { "Документ не действует" } (parts::tag(Tone::Bad, &end)) } }
            }
            dl.key-facts {
                dt { "Документ" } dd { (found.title()) }
                dt { "Рег. номер" } dd { (found.number) }
                dt { "Выдан" } dd { (found.issued.in_words()) }
                dt { "Кому" } dd { (shortened(&found.full_name)) }
                dt { "Программа" } dd { (found.programme) }
                dt { "Объём" } dd { (words::count(found.hours, ["час", "часа", "часов"])) }
            }
            p.mt-5 { a.btn href="/check" { "Проверить другой" } }
        }
    }
}

fn form(question: &Question, wrong: Option<&'static str>) -> Markup {
    let said = wrong.map_or_else(Messages::none, |wrong| Messages::one("number", wrong));
    html! {
        main.wrap #main {
            div.page-head { h1 { "Проверка документа" } p.muted { "По номеру и дате выдачи или фамилии. По QR-коду документ откроется сразу." } }
            form.form action="/check" {
                (parts::field("number", "Регистрационный номер", &question.number).told(&said).longest(40))
                (parts::field("proof", "Дата выдачи или фамилия", &question.proof).longest(60))
                div { (parts::submit("Проверить")) }
            }
        }
    }
}
