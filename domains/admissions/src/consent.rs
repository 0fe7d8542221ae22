//! The second step of an application: consent to the processing of personal data, a document of its own (152-ФЗ, ст. 9).
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use maud::{PreEscaped, html};
use regulations::{Act, Centre, prose};
use serde::Deserialize;
use store::{Db, Stored};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};

use crate::application::Application;
use crate::apply::steps;
use crate::begun::{Begun, advance, sign_act};
use crate::copies::wanted;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Form {
    consent: Option<String>,
}

pub(crate) async fn show(visit: Visit, Path(token): Path<Uuid>) -> Reply {
    page(&visit, token, &Messages::none()).await
}

pub(crate) async fn submit(
    visit: Visit,
    Path(token): Path<Uuid>,
    Posted { form, .. }: Posted<Form>,
) -> Reply {
    if form.consent.is_none() {
        let said =
            Messages::one("consent", "Без этого согласия мы не можем вести обучение и выдать документ");
        return page(&visit, token, &said).await;
    }
    let (address, agent) = (visit.address.clone(), visit.agent.clone());
    let next = visit
        .write(move |work| {
            let begun = Begun::by(work, token)?;
            let (act, text) = consent_text(work, &begun.application)?;
            sign_act(work, begun.id, &act, &text, &address, &agent)?;
            advance(work, begun.id, "draft", "consented")?;
            Ok(if wanted(&begun).is_empty() { "agreement" } else { "copies" })
        })
        .await?;
    Ok(see_other(&format!("/applications/{token}/{next}")))
}

async fn page(visit: &Visit, token: Uuid, said: &Messages) -> Reply {
    let (state, content, text) = visit
        .read(move |db| {
            let begun = Begun::by(db, token)?;
            let text = consent_text(db, &begun.application)?.1;
            Ok((begun.state, begun.version.content, text))
        })
        .await?;
    // The link of a letter leads here: whoever has consented goes on from where they were.
    if state != "draft" {
        return Ok(see_other(&format!("/applications/{token}/code")));
    }
    let (title, rest) = prose::title_and_rest(&text);
    let body = html! {
        main.wrap #main {
            div.page-head.stack { h1 { (title.unwrap_or("Согласие на обработку персональных данных")) } (steps(&content, "Согласие")) }
            p.small { "Ошиблись на прошлом шаге? " a href={ "/applications/" (token) "/data" } { "Исправьте данные" } "." }
            div.prose { (PreEscaped(prose::html(rest))) }
            (parts::form(&format!("/applications/{token}/consent"), "form mt-5", &html! {
                (parts::tick("consent", false, &html! { "Согласен на обработку моих персональных данных для обучения и выдачи документа" }, said))
                div { (parts::submit("Далее")) }
            }))
        }
    };
    if said.is_empty() {
        visit.page("Согласие", Frame::Public, body)
    } else {
        visit.again("Согласие", Frame::Public, body)
    }
}

/// The consent with this person's name, passport and address in it: the text that is signed.
fn consent_text(db: &mut Db, application: &Application) -> Stored<(Act, String)> {
    let (act, centre) = (Act::current(db, "consent-training")?, Centre::load(db)?);
    let text = act
        .body
        .replace("{full_name}", &application.name.to_string())
        .replace("{passport}", &application.passport)
        .replace("{address}", &application.address)
        .replace("{centre}", &centre.full_name)
        .replace("{centre_address}", &centre.address)
        .replace("{centre_email}", &centre.email)
        .replace("{date}", "в день подписания кодом");
    Ok((act, text))
}
