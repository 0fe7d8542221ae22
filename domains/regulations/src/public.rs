//! The public page of a local act (п. 3.11.2).
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use maud::{PreEscaped, html};
use web::Reply;

use crate::{Act, prose};

pub(crate) async fn show(visit: Visit, Path(code): Path<String>) -> Reply {
    let act = visit.read(move |db| Act::current(db, &code)).await?;
    // An act with places to fill in (the consent) is shown with lines in them.
    let form: String = act
        .body
        .split('{')
        .map(|part| part.split_once('}').map_or(part.to_owned(), |(_, rest)| format!("________{rest}")))
        .collect();
    let (_, rest) = prose::title_and_rest(&form);
    let body = html! {
        main.wrap #main {
            div.page-head { h1 { (act.title) } p.small.muted { "Версия " (act.number) ", действует с " (act.since.in_words()) } }
            div.prose { (PreEscaped(prose::html(rest))) }
        }
    };
    visit.page(&act.title, Frame::Public, body)
}
