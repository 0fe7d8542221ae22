//! The head's decision (п. 4.3.10, 5.2.3): what waits, what is missing, approval.
use accounts::frame::Frame;
use accounts::{Right, Visit};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::values;
use uuid::Uuid;
use web::parts::Tone;
use web::{Failure, Messages, Posted, Reply, parts, see_other};

use crate::catalogue::{Audience, whole};
use crate::draft::stamp;
use crate::edit::SUPPLY;
use crate::version::gaps_today;
use crate::{Gap, State, Version, approve};

const SECTION: Frame = Frame::Office("/office/programmes");

/// The programmes as a table.
pub(crate) async fn sheet(visit: Visit) -> Reply {
    const COLUMNS: [(&str, u16); 7] = [
        ("Код", 14),
        ("Программа", 70),
        ("Вид", 34),
        ("Часов", 8),
        ("Версия", 8),
        ("Состояние", 16),
        ("Утверждена", 12),
    ];
    let row = |version: Version| {
        let content = &version.content;
        vec![
            content.code.clone(),
            content.title.clone(),
            content.kind.russian().to_owned(),
            content.hours.to_string(),
            version.number.to_string(),
            version.state.russian().to_owned(),
            version.approved_on.map(words::Day::dotted).unwrap_or_default(),
        ]
    };
    let rows = visit.read(Version::all).await?.into_iter().map(row).collect();
    web::table("Программы", "Программы.xlsx", &COLUMNS, rows).await
}

pub(crate) async fn list(visit: Visit) -> Reply {
    let versions = visit.read(Version::all).await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Программы" } @if visit.may(Right::EditProgrammes) { a.btn href="/office/programmes/new" { "Новая программа" } } @if !versions.is_empty() { (parts::sheet("/office/programmes.xlsx")) } }
            table.tbl {
                thead { tr { th scope="col" { "Программа" } th scope="col" { "Состояние" } th.r scope="col" { "Версия" } th.r scope="col" { "Часов" } } }
                tbody {
                    @for version in &versions {
                        tr {
                            th scope="row" { a.plain href={ "/office/programmes/" (version.id) } { (version.content.title) } }
                            td data-l="Состояние" { (tag(version.state)) @if let Some(day) = version.approved_on { span.blk.small.muted { (day.dotted()) } } }
                            td.r data-l="Версия" { (version.number) }
                            td.r data-l="Часов" { (version.content.hours) }
                        }
                    }
                }
            }
        }
    };
    visit.page("Программы", SECTION, body)
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let body = load(&visit, id, &Messages::none()).await?;
    visit.page(&body.0, SECTION, body.1)
}

/// The same page with what is wrong in the head's remark.
pub(crate) async fn again(visit: Visit, id: Uuid, said: &Messages) -> Reply {
    let body = load(&visit, id, said).await?;
    visit.again(&body.0, SECTION, body.1)
}

/// Title and content of the page.
async fn load(visit: &Visit, id: Uuid, said: &Messages) -> Result<(String, Markup), Failure> {
    let today = visit.today();
    let (version, gaps, remark, seen) = visit
        .read(move |db| {
            let version = Version::find(db, id)?;
            let gaps = gaps_today(db, &version.content, today)?;
            let remark: Option<String> =
                db.one("select remark from programme_version where id = ?1", values![id], |row| row.get(0))?;
            let seen = stamp(&version.content)?;
            Ok((version, gaps, remark, seen))
        })
        .await?;
    let body = page(visit, &version, (&gaps, &seen), remark.as_deref(), said);
    Ok((version.content.title, body))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Approval {
    /// The content that the head has read.
    seen: String,
}

pub(crate) async fn submit(
    visit: Visit,
    Path(id): Path<Uuid>,
    Posted { form, .. }: Posted<Approval>,
) -> Reply {
    let refused = visit
        .write(move |work| {
            let version = Version::find(work, id)?;
            if matches!(version.state, State::Draft | State::Superseded) {
                return Ok(Some("Программу отозвали с утверждения: решать пока нечего"));
            }
            // Taken back, written anew and handed over again while the page was open.
            if version.state != State::Approved
                && !form.seen.is_empty()
                && stamp(&version.content)? != form.seen
            {
                return Ok(Some(
                    "Программа изменилась, пока была открыта страница. Прочтите её ещё раз и решите",
                ));
            }
            approve(work, id).map(|()| None)
        })
        .await?;
    match refused {
        None => Ok(see_other(&format!("/office/programmes/{id}"))),
        Some(sentence) => again(visit, id, &Messages::one("seen", sentence)).await,
    }
}

fn tag(state: State) -> Markup {
    let tone = match state {
        State::Draft | State::Superseded => Tone::Plain,
        State::Submitted => Tone::Warn,
        State::Approved => Tone::Ok,
    };
    parts::tag(tone, state.russian())
}

/// What whoever writes the programme can do with this version.
fn work_on(version: &Version, gaps: &[Gap], remark: Option<&str>) -> Markup {
    let address = format!("/office/programmes/{}", version.id);
    html! {
        @if let Some(remark) = remark {
            div.mt-5 { (parts::note(Tone::Warn, "circle-alert", &html! { "Руководитель вернул программу: " (remark) })) }
        }
        @if version.state == State::Draft {
            section.mt-5.stack {
                h2 { "Черновик" }
                div.cluster {
                    a.btn href={ (address) "/edit" } { (parts::icon("pencil")) "Программа" }
                    @for (n, module) in version.content.modules.iter().enumerate() {
                        a.btn href={ (address) "/modules/" (n + 1) } { "Модуль " (n + 1) span.sr { ": " (module.title) } }
                    }
                    a.btn href={ (address) "/modules/" (version.content.modules.len() + 1) } { "Добавить модуль" }
                    a.btn href={ (address) "/attestation" } { "Итоговая аттестация" }
                    a.btn href={ (address) "/materials" } { "Материалы" }
                    a.btn href={ (address) "/trial" } { "Пробный прогон" }
                    a.btn href={ (address) "/document" } { "Программа PDF" }
                }
                @if gaps.is_empty() { (parts::form(&format!("{address}/submission"), "", &parts::submit("Отправить на утверждение"))) }
            }
        } @else {
            (parts::form(&format!("{address}/draft"), "cluster mt-5", &html! {
                @if version.state != State::Submitted { button.btn type="submit" { "Начать новую версию" } }
                a.btn href={ (address) "/materials" } { "Материалы" }
                a.btn href={ (address) "/trial" } { "Пробный прогон" }
                a.btn href={ (address) "/document" } { "Программа PDF" }
            }))
        }
    }
}

fn page(
    visit: &Visit,
    version: &Version,
    (gaps, seen): (&[Gap], &str),
    remark: Option<&str>,
    said: &Messages,
) -> Markup {
    let content = &version.content;
    html! {
        main.dash #main {
            div.dash-head { h1 { (content.title) } (tag(version.state)) span.small.muted { "Версия " (version.number) @if let Some(day) = version.approved_on { ", утверждена " (day.dotted()) } } }
            p.mt-2.muted {
                (content.kind.russian()) ", " (content.hours_in_words()) ". " (content.study_form.russian()) " форма. "
                (content.distance.russian()) ". " (content.technology.russian()) " технология."
            }
            (parts::summary(said))
            @if !gaps.is_empty() {
                section.mt-5 {
                    h2 { "Чего не хватает" }
                    ul.mt-1.todo.lines { @for gap in gaps { li.mid { (parts::icon("circle-alert")) div { (gap.what) span.sub { "п. " (gap.clause) } } } } }
                }
            }
            @if version.state != State::Superseded && content.questions() > 0 && visit.may(Right::SeeQuestions) {
                (parts::beside(&format!("/office/programmes/{}/supply", version.id), SUPPLY))
            }
            @if version.state == State::Submitted && visit.may(Right::EditProgrammes) && !visit.may(Right::ApproveProgrammes) {
                (parts::form(&format!("/office/programmes/{}/withdrawal", version.id), "mt-3", &html! { button.as-link type="submit" { "Отозвать с утверждения" } }))
            }
            @if version.state == State::Submitted && visit.may(Right::ApproveProgrammes) {
                section.panel.mt-5.stack {
                    h2 { "Решение" }
                    @if gaps.is_empty() {
                        p { "Утверждая, вы решаете, что программа реализуется так: «" (content.distance.russian()) "», технология — «" (content.technology.russian()) "». Эта версия больше не изменится и появится в каталоге." }
                        (parts::form(&format!("/office/programmes/{}/approval", version.id), "", &html! { input type="hidden" name="seen" value=(seen); (parts::submit("Утвердить")) }))
                    }
                    (parts::form(&format!("/office/programmes/{}/return", version.id), "form", &html! {
                        (parts::area("remark", "Замечание", "", 3).told(said).tip("Что исправить: его увидит методист"))
                        div { button.btn type="submit" { "Вернуть" } }
                    }))
                }
            }
            @if visit.may(Right::EditProgrammes) { (work_on(version, gaps, remark)) }
            @if version.state == State::Approved {
                p.mt-3 { a href={ "/programmes/" (content.code) } { "Как её видят в каталоге" } }
            }
            div.mt-8.programme { div.gap-l.stack { (whole(content, Audience::Staff)) } }
        }
    }
}
