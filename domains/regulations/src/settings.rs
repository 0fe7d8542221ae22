//! The centre's data and its local acts, changed by those who answer for them (п. 3.2, 3.11.2, 6.1).
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Stored};
use web::{Messages, Posted, Reply, parts, see_other};
use words::{Day, FullName, Moment};

use crate::centre_form::Form;
use crate::instructions::readers;
use crate::{Act, Centre, prose};

const CENTRE: Frame = Frame::Office("/settings/centre");
const ACTS: Frame = Frame::Office("/settings/acts");

pub(crate) async fn centre(visit: Visit) -> Reply {
    let form = Form::of(&visit.read(Centre::load).await?);
    visit.page("Данные центра", CENTRE, centre_page(&form, &Messages::none()))
}

pub(crate) async fn change_centre(visit: Visit, Posted { form, .. }: Posted<Form>) -> Reply {
    let centre = match form.check() {
        Ok(centre) => centre,
        Err(said) => return visit.again("Данные центра", CENTRE, centre_page(&form, &said)),
    };
    let brand = visit
        .write(move |work| {
            // Who acts for the head, how the site looks and whether blanks are counted is set on pages of their own.
            let Centre { acting, accent, logo, blanks, .. } = Centre::load(work)?;
            let centre = Centre { acting, accent, logo, blanks, ..centre.clone() };
            centre.save(work)?;
            Ok(centre.brand())
        })
        .await?;
    visit.house.rename(brand);
    Ok(see_other("/settings/centre"))
}

fn centre_page(form: &Form, said: &Messages) -> Markup {
    html! {
        main.dash #main {
            div.dash-head { h1 { "Данные центра" } a.btn href="/settings/acting" { "Кто подписывает" } a.btn href="/settings/look" { "Вид сайта" } span.small.muted { "Стоят в документах и в подвале сайта" } }
            (parts::summary(said))
            (parts::form("/settings/centre", "form", &html! { (form.fields(said)) div { (parts::submit("Сохранить")) } }))
        }
    }
}

struct Line {
    code: String,
    title: String,
    number: i64,
    since: Day,
}

fn in_force(db: &mut Db) -> Stored<Vec<Line>> {
    db.all(
        "select code, title, number, in_force_since from act where cancelled_on is null order by code",
        &[],
        |row| {
            Ok(Line {
                code: row.get(0)?,
                title: row.get(1)?,
                number: row.get(2)?,
                since: row.parsed(3, Day::parse)?,
            })
        },
    )
}

pub(crate) async fn acts(visit: Visit) -> Reply {
    let acts = visit.read(in_force).await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Локальные акты" } span.small.muted { "Новая редакция отменяет прежнюю, прежняя хранится" } }
            table.tbl {
                thead { tr { th scope="col" { "Акт" } th.r scope="col" { "Редакция" } th scope="col" { "Действует с" } } }
                tbody {
                    @for act in &acts {
                        tr {
                            th scope="row" { a.plain href={ "/settings/acts/" (act.code) } { (act.title) } }
                            td.r data-l="Редакция" { (act.number) }
                            td data-l="Действует с" { (act.since.in_words()) }
                        }
                    }
                }
            }
        }
    };
    visit.page("Локальные акты", ACTS, body)
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ActForm {
    title: String,
    body: String,
    /// The version that the form was opened on: two people do not undo each other unseen.
    number: i64,
}

pub(crate) async fn act(visit: Visit, Path(code): Path<String>) -> Reply {
    let (act, readers) = visit
        .read(move |db| {
            let act = Act::current(db, &code)?;
            let readers = readers(db, act.id)?;
            Ok((act, readers))
        })
        .await?;
    let form = ActForm { title: act.title.clone(), body: act.body.clone(), number: act.number };
    visit.page(&act.title, ACTS, act_page(&visit, &act, &form, &readers, &Messages::none()))
}

pub(crate) async fn change_act(
    visit: Visit,
    Path(code): Path<String>,
    Posted { form, .. }: Posted<ActForm>,
) -> Reply {
    let act = visit.read(move |db| Act::current(db, &code)).await?;
    let mut said = Messages::none();
    let title = said.text("title", &form.title, "Название", 200);
    let body = said.text("body", &form.body, "Текст", 100_000);
    if prose::title_and_rest(&form.body).0.is_none() {
        said.say("body", "Текст: первая строка — заголовок, с решёткой и пробелом в начале: «# Название»");
    }
    let (Some(title), Some(body), true) = (title, body, said.is_empty()) else {
        return visit.again(&act.title, ACTS, act_page(&visit, &act, &form, &[], &said));
    };
    let (code, number) = (act.code.clone(), form.number);
    let enacted = visit
        .write(move |work| {
            let current = Act::current(work, &code)?;
            if current.number != number {
                return Ok(false);
            }
            if current.body.trim() != body || current.title != title {
                Act::enact(work, &code, &title, &body)?;
            }
            Ok(true)
        })
        .await?;
    if enacted {
        return Ok(see_other("/settings/acts"));
    }
    let said = Messages::one(
        "body",
        "Пока вы писали, вышла другая редакция. Скопируйте свой текст и откройте акт заново",
    );
    visit.again(&act.title, ACTS, act_page(&visit, &act, &form, &[], &said))
}

fn act_page(
    visit: &Visit,
    act: &Act,
    form: &ActForm,
    readers: &[(FullName, Moment)],
    said: &Messages,
) -> Markup {
    html! {
        main.dash #main {
            p.crumb { a href="/settings/acts" { "Локальные акты" } }
            div.dash-head { h1 { (act.title) } span.small.muted { "Редакция " (act.number) ", с " (act.since.in_words()) } }
            (parts::summary(said))
            (parts::form(&format!("/settings/acts/{}", act.code), "form", &html! {
                input type="hidden" name="number" value=(form.number);
                (parts::field("title", "Название", &form.title).told(said))
                (parts::area("body", "Текст", &form.body, 24).longest(100_000).told(said)
                    .tip("Разметка Markdown. Слова в фигурных скобках, например {full_name}, заполняются для каждого человека: не переводите и не удаляйте их"))
                div { (parts::submit("Ввести новую редакцию")) }
            }))
            @if !readers.is_empty() {
                section.mt-5 {
                    h2 { "Ознакомлены с этой редакцией" }
                    ul.lines.mt-2 { @for (name, at) in readers { li.doc { div.body { p { (name) } p.small.muted { (at.shown(visit.now)) } } } } }
                }
            }
        }
    }
}
