//! A draft's way: begun, handed to the head, given back with a remark, begun anew from a version that is in force
//! (п. 4.3.10, 5.2.3).
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Messages, Posted, Reply, nothing_done, parts, see_other};

use crate::{
    Attestation, Content, Distance, Identification, Kind, Late, Marks, Show, State, StudyForm, Technology,
    Version, add_draft, submit,
};

const SECTION: Frame = Frame::Office("/office/programmes");

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    title: String,
    code: String,
    kind: String,
}

pub(crate) async fn ask(visit: Visit) -> Reply {
    visit.page("Новая программа", SECTION, page(&Form::default(), &Messages::none()))
}

pub(crate) async fn begin(visit: Visit, Posted { form, key }: Posted<Form>) -> Reply {
    let mut said = Messages::none();
    let title = said.text("title", &form.title, "Название", 255);
    let code = said.take("code", code(&form.code));
    let kind = Kind::parse(&form.kind).map_err(|_| said.say("kind", "Вид: выберите")).ok();
    let (Some(title), Some(code), Some(kind)) = (title, code, kind) else {
        return visit.again("Новая программа", SECTION, page(&form, &said));
    };
    let content = empty(code, title, kind);
    let begun = visit
        .write(move |work| {
            work.once(key, |work| {
                let known = "select cast(count(*) as bigint) from programme where code = ?1";
                if work.count(known, values![&content.code])? > 0 {
                    return Ok(None);
                }
                add_draft(work, &content).map(Some)
            })
        })
        .await?;
    if let Some(id) = begun {
        return Ok(see_other(&format!("/office/programmes/{id}/edit")));
    }
    let said = Messages::one("code", "Код: такая программа уже есть. Откройте её и начните новую версию");
    visit.again("Новая программа", SECTION, page(&form, &said))
}

/// Latin letters, digits and hyphens: it stands in addresses.
fn code(text: &str) -> Result<String, words::Wrong> {
    let code = text.trim().to_lowercase();
    let fits = code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !fits || !(2..=40).contains(&code.len()) || code.starts_with('-') || code.ends_with('-') {
        return Err(words::Wrong::new("Код: от 2 до 40 латинских букв, цифр и дефисов, например labour-16"));
    }
    Ok(code)
}

/// What most programmes begin with; the rest is written in the editor.
fn empty(code: String, title: String, kind: Kind) -> Content {
    let none = String::new;
    Content {
        code,
        title,
        kind,
        hours: if kind == Kind::Retraining { 250 } else { 16 },
        study_form: StudyForm::Extramural,
        distance: Distance::Exclusively,
        technology: Technology::Program,
        hours_a_day: 8,
        price_roubles: None,
        summary: none(),
        relevance: none(),
        goal: none(),
        tasks: Vec::new(),
        audience: none(),
        entry: none(),
        outcomes: Vec::new(),
        conditions: none(),
        standards: Vec::new(),
        qualification: none(),
        activity: none(),
        pay_first: false,
        sign_first: false,
        copies: Vec::new(),
        modules: Vec::new(),
        last_module: 0,
        attestation: Attestation {
            form: "Тестирование".to_owned(),
            hours: 1,
            procedure: none(),
            minutes: 60,
            threshold_percent: 80,
            threshold_items: None,
            critical: false,
            rehearsal_percent: None,
            show: Show::Answers,
            // A diploma's supplement wants marks.
            marks: (kind == Kind::Retraining).then_some(Marks { good: 87, excellent: 94 }),
            attempts: 2,
            pause_days: 1,
            identification: Identification::Code,
            grace_minutes: None,
            offline: false,
            late: Late::Decide,
            one_by_one: false,
            seconds_each: None,
            opens: None,
            closes: None,
            written: None,
            bank: None,
            topics: Vec::new(),
        },
        literature: Vec::new(),
    }
}

fn page(form: &Form, said: &Messages) -> Markup {
    let kinds: Vec<_> = Kind::ALL.iter().map(|kind| (kind.code(), kind.russian())).collect();
    html! {
        main.dash #main {
            p.crumb { a href="/office/programmes" { "Программы" } }
            div.dash-head { h1 { "Новая программа" } }
            (parts::summary(said))
            (parts::form("/office/programmes", "form", &html! {
                (parts::field("title", "Название", &form.title).longest(255).told(said))
                (parts::choices("kind", "Вид", &kinds, &form.kind, said))
                (parts::field("code", "Код", &form.code).longest(40).told(said).tip("Стоит в адресе страницы и потом не меняется: labour-16"))
                div { (parts::submit("Начать")) }
            }))
        }
    }
}

/// The next version begins as a copy of this one.
pub(crate) async fn renew(visit: Visit, Path(id): Path<Uuid>, Posted { key, .. }: Posted<Nothing>) -> Reply {
    let draft = visit
        .write(move |work| {
            work.once(key, |work| {
                let version = Version::find(work, id)?;
                let open = "select id from programme_version where programme = ?1 and state in ('draft', 'submitted')";
                match work.maybe(open, values![version.programme], |row| row.get(0))? {
                    // Somebody has begun already: two drafts of one programme would only get in each other's way.
                    Some(open) => Ok(open),
                    None => add_draft(work, &version.content),
                }
            })
        })
        .await?;
    Ok(see_other(&format!("/office/programmes/{draft}")))
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

/// To the head; the version's page says what is missing, if anything is.
pub(crate) async fn hand_over(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let handed = visit
        .write(move |work| {
            let handed = submit(work, id)?.is_ok();
            if handed {
                work.run(
                    "update programme_version set remark = null where id = ?1 and state = 'submitted'",
                    values![id],
                )?;
            }
            Ok(handed)
        })
        .await?;
    let page = format!("/office/programmes/{id}");
    Ok(if handed { see_other(&page) } else { nothing_done(&page) })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Remark {
    remark: String,
}

/// Back to whoever writes it, with a reason.
pub(crate) async fn give_back(
    visit: Visit,
    Path(id): Path<Uuid>,
    Posted { form, .. }: Posted<Remark>,
) -> Reply {
    let mut said = Messages::none();
    let Some(remark) = said.text("remark", &form.remark, "Замечание", 2000) else {
        return crate::approve::again(visit, id, &said).await;
    };
    visit.write(move |work| give_back_with(work, id, &remark)).await?;
    Ok(see_other(&format!("/office/programmes/{id}")))
}

fn give_back_with(work: &mut Work, id: Uuid, remark: &str) -> Stored<()> {
    let given_back = work.run(
        "update programme_version set state = 'draft', remark = ?2 where id = ?1 and state = 'submitted'",
        values![id, remark],
    )?;
    if given_back == 0 {
        return Err(Fault::Missing);
    }
    work.note_with("programme.given_back", id, Some(remark))
}

/// Back to the writing before the head has decided.
pub(crate) async fn withdraw(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let withdrawn = visit
        .write(move |work| {
            let withdrawn = work.run(
                "update programme_version set state = 'draft' where id = ?1 and state = 'submitted'",
                values![id],
            )?;
            if withdrawn > 0 {
                work.note("programme.withdrawn", id)?;
            }
            Ok(withdrawn > 0)
        })
        .await?;
    let page = format!("/office/programmes/{id}");
    Ok(if withdrawn { see_other(&page) } else { nothing_done(&page) })
}

/// Stores a changed draft. False when it has changed since `seen` was shown, or is a draft no more: nothing is overwritten
/// unseen.
pub(crate) fn save(work: &mut Work, id: Uuid, seen: &str, content: &Content) -> Stored<bool> {
    let version = Version::find(work, id)?;
    if version.state != State::Draft || stamp(&version.content)? != seen {
        return Ok(false);
    }
    let text = serde_json::to_string(content).map_err(Fault::data)?;
    work.run(
        "update programme_version set content = ?2, title = ?3, title_folded = ?4, kind = ?5, hours = ?6
         where id = ?1 and state = 'draft'",
        values![id, text, &content.title, words::folded(&content.title), content.kind.code(), content.hours],
    )?;
    work.note("programme.changed", id)?;
    Ok(true)
}

/// By which a form knows whether the draft is still the one that it was opened on.
pub(crate) fn stamp(content: &Content) -> Stored<String> {
    let text = serde_json::to_string(content).map_err(Fault::data)?;
    Ok(files::Hash::of(text.as_bytes()).as_str().to_owned())
}
