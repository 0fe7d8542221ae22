//! Who signs instead of the head for a time: by order, from a day to a day (п. 5.1, 5.2).
use accounts::Visit;
use accounts::frame::Frame;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Stored, Work};
use web::{Messages, Posted, Reply, parts, see_other};
use words::Day;

use crate::{Acting, Centre, Signatory};

const SECTION: Frame = Frame::Office("/settings/centre");

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    post: String,
    short_name: String,
    order: String,
    since: String,
    until: String,
}

impl Form {
    fn of(centre: &Centre) -> Self {
        centre.acting.as_ref().map_or_else(
            || Self {
                post: "Исполняющий обязанности директора".to_owned(), ..Self::default()
            },
            |acting| Self {
                post: acting.signatory.post.clone(),
                short_name: acting.signatory.short_name.clone(),
                order: acting.order.clone(),
                since: acting.since.dotted(),
                until: acting.until.dotted(),
            },
        )
    }

    fn check(&self) -> Result<Acting, Messages> {
        let mut said = Messages::none();
        let post = said.text("post", &self.post, "Должность", 120);
        let short_name = said.text("short_name", &self.short_name, "Инициалы и фамилия", 80);
        let order = said.text("order", &self.order, "Приказ", 80);
        let since = said.take("since", Day::parse(&self.since));
        let until = said.take("until", Day::parse(&self.until));
        if since.zip(until).is_some_and(|(since, until)| until < since) {
            said.say("until", "По: последний день раньше первого");
        }
        let whole = || {
            let signatory = Signatory { post: post?, short_name: short_name? };
            Some(Acting { signatory, order: order?, since: since?, until: until? })
        };
        if said.is_empty() { whole().ok_or(said) } else { Err(said) }
    }
}

pub(crate) async fn show(visit: Visit) -> Reply {
    let centre = visit.read(Centre::load).await?;
    let body = page(&visit, &centre, &Form::of(&centre), &Messages::none());
    visit.page("Кто подписывает", SECTION, body)
}

pub(crate) async fn submit(visit: Visit, Posted { form, .. }: Posted<Form>) -> Reply {
    match form.check() {
        Ok(acting) => {
            visit.write(move |work| set(work, Some(acting.clone()))).await?;
            Ok(see_other("/settings/acting"))
        }
        Err(said) => {
            let centre = visit.read(Centre::load).await?;
            let body = page(&visit, &centre, &form, &said);
            visit.again("Кто подписывает", SECTION, body)
        }
    }
}

/// The head is back before the term.
pub(crate) async fn end(visit: Visit) -> Reply {
    visit.write(|work| set(work, None)).await?;
    Ok(see_other("/settings/acting"))
}

fn set(work: &mut Work, acting: Option<Acting>) -> Stored<()> {
    let event = if acting.is_some() { "head.acted-for" } else { "head.back" };
    Centre { acting, ..Centre::load(work)? }.save(work)?;
    work.note(event, uuid::Uuid::nil())
}

fn page(visit: &Visit, centre: &Centre, form: &Form, said: &Messages) -> Markup {
    let now = centre.head_on(visit.today());
    html! {
        main.dash #main {
            p.crumb { a href="/settings/centre" { "Данные центра" } }
            div.dash-head { h1 { "Кто подписывает" } }
            p.muted { "Сегодня под документами стоит: " (now.post) ", " (now.short_name) "." }
            (parts::summary(said))
            (parts::form("/settings/acting", "form mt-5", &html! {
                (parts::field("post", "Должность", &form.post).longest(120).told(said))
                (parts::field("short_name", "Инициалы и фамилия", &form.short_name).longest(80).told(said).tip("А. С. Лаптева"))
                (parts::field("order", "Приказ", &form.order).longest(80).told(said).tip("№ 7-К от 01.11.2026"))
                div.pair {
                    (parts::field("since", "С", &form.since).longest(10).told(said))
                    (parts::field("until", "По", &form.until).longest(10).told(said))
                }
                div { (parts::submit("Сохранить")) }
            }))
            @if centre.acting.is_some() { (parts::form("/settings/acting/end", "mt-5", &html! { button.as-link type="submit" { "Подписывает снова руководитель" } })) }
        }
    }
}
