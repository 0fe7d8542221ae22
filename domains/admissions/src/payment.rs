//! A signed application that waits for its payment, and the payment marked by hand (п. 3.11.3).
use accounts::Visit;
use maud::html;
use store::{Stored, Work, values};
use uuid::Uuid;

use crate::apply::steps;
use crate::begun::{Begun, advance};
use crate::confirm::{is_somebody_else, lacks};
use crate::enrol::{WayIn, enrol};

/// Keeps what is signed until somebody marks the payment (п. 3.11.3 with a programme that asks for it).
pub(crate) fn wait_for_payment(work: &mut Work, begun: &Begun, password_hash: Option<&str>) -> Stored<()> {
    if begun.state != "agreed" {
        return Ok(());
    }
    work.run("update application set password_hash = ?2 where id = ?1", values![begun.id, password_hash])?;
    advance(work, begun.id, "agreed", "signed")?;
    let Some(to) = begun.application.address_of_letters() else { return Ok(()) };
    post::write(
        work,
        &post::Letter {
            to: to.to_owned(),
            secret: false,
            subject: format!("Заявление подписано, ждём оплату: {}", begun.version.content.title),
            body: format!(
                "Здравствуйте, {}.\n\nЗаявление на программу «{}» подписано. {} Как только оплата придёт, мы зачислим вас и откроем доступ: об этом придёт письмо.",
                begun.application.name.given,
                begun.version.content.title,
                price_sentence(begun)
            ),
        },
    )?;
    Ok(())
}

pub(crate) fn price_sentence(begun: &Begun) -> String {
    begun
        .version
        .content
        .price_roubles
        .map(|price| format!("Стоимость — {}.", words::roubles(price * 100)))
        .unwrap_or_default()
}

pub(crate) fn payment_page(visit: &Visit, begun: &Begun) -> maud::Markup {
    let brand = visit.house.brand();
    html! {
        main.wrap #main {
            div.page-head.stack { h1 { "Ждём оплату" } (steps(&begun.version.content, "Подпись")) }
            p { "Заявление подписано. " (price_sentence(begun)) " Мы зачислим вас, когда оплата придёт, и напишем на " strong { (begun.application.email) } "." }
            p.mt-3 {
                "Счёт пришлёт " @if brand.curator.is_empty() { "центр" } @else { "куратор — " (brand.curator) } ". Уже оплатили? Отправьте платёжный документ на "
                a href={ "mailto:" (brand.curator_email) } { (brand.curator_email) } @if !brand.curator_phone.is_empty() { " или позвоните: " (brand.curator_phone) } "."
            }
            p.mt-2.muted { "Пароль, который вы придумали, заработает после зачисления." }
        }
    }
}

/// Somebody has marked the payment: it is kept, and whoever has signed is enrolled. Says why not, if something has changed meanwhile.
pub(crate) fn pay(work: &mut Work, token: Uuid, note: &str, by: Uuid) -> Stored<Option<String>> {
    let begun = Begun::by(work, token)?;
    if begun.paid.is_none() {
        let now = work.now();
        work.run(
            "update application set paid_at = ?2, paid_by = ?3, paid_note = ?4 where id = ?1",
            values![begun.id, now, by, note],
        )?;
        work.note_with("application.paid", begun.id, Some(note))?;
    }
    if begun.state != "signed" {
        return Ok(None);
    }
    if lacks(work, &begun)?.is_some() {
        return Ok(Some("Оплата записана. Зачислить пока нельзя: не хватает копий документов".to_owned()));
    }
    // Whoever signed on a version goes on with it, whatever has been approved since.
    if let Some(sentence) = is_somebody_else(work, &begun)? {
        return Ok(Some(format!("Оплата записана. Зачислить нельзя: {sentence}")));
    }
    let way_in = WayIn {
        login: &begun.application.email,
        password_hash: begun.password_hash.as_deref(),
        once: false,
        invitation: None,
    };
    enrol(work, &begun, &way_in, None)?;
    work.run("update application set password_hash = null where id = ?1", values![begun.id])?;
    Ok(None)
}
