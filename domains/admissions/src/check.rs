//! The methodist's check of an application: what was typed on the left, the copies on the right; a copy that will not do goes
//! back with a reason, and any verdict can be taken back.
use accounts::frame::Frame;
use accounts::{Right, Visit};
use axum::extract::Path;
use maud::{Markup, html};
use programmes::Copy;
use serde::Deserialize;
use store::{Db, Stored, Work, values};
use uuid::Uuid;
use web::parts::Tone;
use web::{Messages, Posted, Reply, nothing_done, parts, see_other};
use words::{Phone, Snils};

use crate::application::Application;
use crate::attach::{content, short};
use crate::begun::{Agreement, Begun};
use crate::copies::{Attached, OF_LETTERS, Verdict, judge, recognise, wanted};
use crate::payment::pay;

const SECTION: Frame = Frame::Office("/applications");

struct Checked {
    id: Uuid,
    begun: Begun,
    copies: Vec<Attached>,
    /// Its copies came as scans of a letter: whoever checks them says what they show.
    from_letter: bool,
    /// Title of each signed act, when and from where.
    signed: Vec<(String, words::Moment, String)>,
}

fn load(db: &mut Db, id: Uuid) -> Stored<Checked> {
    let token: Uuid = db.one("select token from application where id = ?1", values![id], |row| row.get(0))?;
    let signed = Agreement::all_of(db, id)?.into_iter().map(|one| (one.title, one.at, one.address)).collect();
    let letters = "select cast(count(*) as bigint) from incoming where application = ?1";
    let from_letter = db.count(letters, values![id])? > 0;
    Ok(Checked { from_letter, id, begun: Begun::by(db, token)?, copies: Attached::all_of(db, id)?, signed })
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let checked = visit.read(move |db| load(db, id)).await?;
    visit.page("Заявление", SECTION, page(&visit, &checked, "", &Messages::none()))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Payment {
    note: String,
}

/// The payment has come: what waited for it goes on.
pub(crate) async fn paid(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Payment>) -> Reply {
    let by = visit.person()?;
    let mut said = Messages::none();
    if let Some(note) = said.text("note", &form.note, "Платёж", 200) {
        let refused = visit
            .write(move |work| {
                let token =
                    work.one("select token from application where id = ?1", values![id], |row| row.get(0))?;
                pay(work, token, &note, by)
            })
            .await?;
        match refused {
            None => return Ok(see_other(&format!("/checks/{id}"))),
            Some(sentence) => said.say("note", sentence),
        }
    }
    let checked = visit.read(move |db| load(db, id)).await?;
    visit.again("Заявление", SECTION, page(&visit, &checked, &form.note, &said))
}

fn payment(visit: &Visit, checked: &Checked, note: &str, said: &Messages) -> Markup {
    let begun = &checked.begun;
    html! {
        @if let Some(at) = begun.paid {
            p.mt-3 { (parts::tag(Tone::Ok, "Оплачено")) " " span.small.muted { (at.shown(visit.now)) } }
            @if begun.state == "signed" && visit.may(Right::TakeApplications) {
                (parts::summary(said))
                (parts::form(&format!("/checks/{}/payment", checked.id), "mt-3", &html! { input type="hidden" name="note" value="оплата записана раньше"; button.btn.primary type="submit" { "Зачислить" } }))
            }
        }
        @else if begun.version.content.pay_first && begun.state != "enrolled" && visit.may(Right::TakeApplications) {
            section.panel.mt-5.stack {
                h2 { @if begun.state == "signed" { "Подписано, ждёт оплаты" } @else { "Зачислим после оплаты" } }
                (parts::summary(said))
                (parts::form(&format!("/checks/{}/payment", checked.id), "form", &html! {
                    (parts::field("note", "Платёж", note).longest(200).told(said).tip("Например, «платёжное поручение № 15 от 20.11.2026»"))
                    div { (parts::submit("Оплачено")) }
                }))
            }
        }
    }
}

/// Why a copy will not do.
pub(crate) async fn ask(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let copy = visit.read(move |db| Attached::find(db, id)).await?;
    visit.page("Копия не подходит", SECTION, refusal(&copy, "", &Messages::none()))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    verdict: String,
    reason: String,
    /// What a scan of a letter shows.
    kind: String,
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let copy = visit.read(move |db| Attached::find(db, id)).await?;
    let (application, by, base_url) = (copy.application, visit.person()?, visit.house.base_url.clone());
    let mut said = Messages::none();
    let verdict = said.take("verdict", Verdict::parse(&form.verdict));
    let reason = if verdict == Some(Verdict::Rejected) {
        said.text("reason", &form.reason, "Причина", 300)
    } else {
        Some(String::new())
    };
    let kind = OF_LETTERS.into_iter().find(|kind| kind.code() == form.kind);
    // Nobody else says what a scan of a letter shows, and a passport has its term.
    if copy.kind == Copy::Scan
        && copy.verdict == Verdict::New
        && verdict == Some(Verdict::Accepted)
        && kind.is_none()
    {
        said.say("kind", "Что на скане: выберите");
        return visit.again("Что на скане", SECTION, naming(&copy, &said));
    }
    let (Some(verdict), Some(reason)) = (verdict, reason) else {
        return visit.again("Копия не подходит", SECTION, refusal(&copy, &form.reason, &said));
    };
    let judged = visit
        .write(move |work| {
            let before = Attached::find(work, id)?.verdict;
            if let (Some(kind), Verdict::New, Verdict::Accepted) = (kind, before, verdict) {
                recognise(work, id, kind)?;
            }
            let copy = judge(work, id, verdict, &reason, by)?;
            if verdict == Verdict::Rejected && before != Verdict::Rejected {
                ask_again(work, &copy, &reason, &base_url)?;
            }
            Ok(copy.verdict != before)
        })
        .await?;
    let page = format!("/checks/{application}#copy-{id}");
    Ok(if judged { see_other(&page) } else { nothing_done(&page) })
}

/// Tells the applicant what is wrong and where to attach another.
fn ask_again(work: &mut Work, copy: &Attached, reason: &str, base_url: &str) -> Stored<()> {
    let (token, sealed): (Uuid, String) =
        work.one("select token, data from application where id = ?1", values![copy.application], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let data: Application = work.unseal(&sealed)?;
    let Some(to) = data.address_of_letters() else { return Ok(()) };
    post::write(
        work,
        &post::Letter {
            to: to.to_owned(),
            secret: false,
            subject: format!("Пришлите копию ещё раз: {}", short(copy.kind).to_lowercase()),
            body: format!(
                "Здравствуйте, {}.\n\nМы проверили копию «{}», она не подошла: {reason}\n\n\
                 Прикрепите другую здесь: {base_url}/applications/{token}/copies",
                data.name.given, copy.name
            ),
        },
    )?;
    Ok(())
}

/// A copy as it was attached. That somebody has looked at it stays in the journal.
pub(crate) async fn file(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let copy = visit
        .write(move |work| {
            work.note("copy.seen", id)?;
            Attached::find(work, id)
        })
        .await?;
    content(&visit, copy).await
}

fn page(visit: &Visit, checked: &Checked, note: &str, said: &Messages) -> Markup {
    let begun = &checked.begun;
    html! {
        main.dash #main {
            p.crumb { a href="/applications" { "Заявления" } }
            div.dash-head { h1 { (begun.application.name) } }
            (payment(visit, checked, note, said))
            div.check-pair {
                section aria-labelledby="typed" {
                    h2 id="typed" { "Введено" }
                    (typed(&begun.application, &begun.version.content.title))
                    h2.mt-5 { "Подписано" }
                    @if checked.signed.is_empty() { p.muted { "Пока ничего." } }
                    ul.lines { @for (title, at, address) in &checked.signed { li.doc { div.body { p { (title) } p.small.muted { (at.shown(visit.now)) @if !address.is_empty() { ", " (address) } } } } } }
                }
                section aria-labelledby="copies" {
                    div.split { h2 id="copies" { "Копии" } @if checked.copies.iter().any(|copy| copy.file.is_some() && copy.verdict != Verdict::Rejected) { a.small href={ "/checks/" (checked.id) "/copies" } { "Одним PDF" } } }
                    @if checked.copies.is_empty() { p.muted { @if wanted(begun).is_empty() { "Программа копий не просит." } @else { "Копии ещё не приложили." } } }
                    @for copy in &checked.copies { (one(visit, copy, checked.from_letter)) }
                }
            }
            @if begun.state != "enrolled" && visit.may(Right::TakeApplications) {
                div.mt-5 { (parts::caution(&format!("/checks/{}/removal", checked.id), "Удалить заявление и копии", "Введённое и приложенные копии пропадут навсегда.", &html! {})) }
            }
            p.mt-5.small.muted { "Заявление " (checked.id) }
        }
    }
}

fn typed(application: &Application, programme: &str) -> Markup {
    let snils = Snils::parse(&application.snils)
        .map_or_else(|_| application.snils.clone(), |snils| snils.to_string());
    let mut lines = vec![
        ("Программа", programme.to_owned()),
        ("Фамилия", application.name.family.clone()),
        ("Имя", application.name.given.clone()),
        ("Отчество", application.name.patronymic.clone().unwrap_or_default()),
        ("Дата рождения", application.birthday.in_words()),
        ("СНИЛС", snils),
        ("Паспорт", application.passport.clone()),
        ("Адрес", application.address.clone()),
        (
            "Телефон",
            Phone::parse(&application.phone)
                .map_or_else(|_| application.phone.clone(), |phone| phone.to_string()),
        ),
        ("Почта", application.email.clone()),
    ];
    if let Some(education) = &application.education {
        lines.push(("Образование", education.in_words()));
        if education.received {
            lines.push(("Фамилия в дипломе", education.family.clone()));
        }
    }
    if let Some(work) = &application.work {
        lines.push(("Должность", work.position.clone()));
        lines.push(("Организация", format!("{}, ИНН {}", work.employer, work.employer_inn)));
    }
    html! {
        dl.key-facts { @for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) { dt { (name) } dd { (value) } } }
    }
}

fn one(visit: &Visit, copy: &Attached, from_letter: bool) -> Markup {
    let address = format!("/checks/copies/{}/file", copy.id);
    html! {
        article.scan id={ "copy-" (copy.id) } {
            div.split {
                h3 { (short(copy.kind)) }
                @match copy.verdict {
                    Verdict::New => { (parts::tag(Tone::Warn, "Не проверена")) }
                    Verdict::Accepted => { (parts::tag(Tone::Ok, "Верно")) }
                    Verdict::Rejected => { (parts::tag(Tone::Bad, "Не подошла")) }
                }
            }
            @if copy.file.is_none() { p.muted { "Сверено, копия не хранится." } }
            @else {
                @if copy.media.starts_with("image/") { a href=(address) target="_blank" { img src=(address) alt={ "Копия: " (short(copy.kind)) } loading="lazy"; } }
                @else { object type="application/pdf" data=(address) title={ "Копия: " (short(copy.kind)) } { a href=(address) { "Открыть PDF" } } }
                p.small.muted { a href=(address) target="_blank" { (copy.name) } @if let Some(reason) = &copy.reason { ". Причина: " (reason) } }
            }
            @if visit.may(Right::TakeApplications) && copy.file.is_some() { (verdicts(copy, from_letter)) }
        }
    }
}

fn verdicts(copy: &Attached, from_letter: bool) -> Markup {
    let action = format!("/checks/copies/{}", copy.id);
    let verdict = |verdict: Verdict| html! { input type="hidden" name="verdict" value=(verdict.code()); };
    html! {
        div.cluster {
            @if copy.verdict == Verdict::New {
                (parts::form(&action, "inline", &html! { (verdict(Verdict::Accepted)) (recognition(copy, from_letter)) button.btn.primary type="submit" { "Верно" } }))
                a.btn href=(action) { "Не подходит" }
            } @else {
                (parts::form(&action, "inline", &html! { (verdict(Verdict::New)) button.as-link type="submit" { "Отменить решение" } }))
            }
        }
    }
}

/// A scan of a letter says nothing of itself: whoever looks at it does.
fn recognition(copy: &Attached, from_letter: bool) -> Markup {
    let id = format!("kind-{}", copy.id);
    html! {
        @if from_letter {
            label.sr for=(id) { "Что на скане" }
            select id=(id) name="kind" {
                option value="" { "Что на скане" }
                // Named once, it keeps its name until it gets another.
                @for (kind, name) in shown() { option value=(kind.code()) selected[copy.kind != Copy::Scan && kind == copy.kind] { (name) } }
            }
        }
    }
}

/// What a scan may be, as it is offered.
fn shown() -> [(Copy, &'static str); 6] {
    OF_LETTERS.map(|kind| (kind, if kind == Copy::Scan { "Другое" } else { short(kind) }))
}

/// «Верно» was pressed, and nobody has said what the scan shows.
fn naming(copy: &Attached, said: &Messages) -> Markup {
    let options = shown().map(|(kind, name)| (kind.code(), name));
    html! {
        main.dash #main {
            p.crumb { a href={ "/checks/" (copy.application) } { "Заявление" } }
            div.dash-head { h1 { "Что на скане" } }
            p.muted { (copy.name) }
            (parts::summary(said))
            (parts::form(&format!("/checks/copies/{}", copy.id), "form mt-5", &html! {
                input type="hidden" name="verdict" value=(Verdict::Accepted.code());
                (parts::choices("kind", "На нём", &options, "", said))
                div { (parts::submit("Верно")) }
            }))
        }
    }
}

fn refusal(copy: &Attached, reason: &str, said: &Messages) -> Markup {
    html! {
        main.dash #main {
            p.crumb { a href={ "/checks/" (copy.application) } { "Заявление" } }
            div.dash-head { h1 { "Копия не подходит" } }
            p.muted { (short(copy.kind)) ", " (copy.name) }
            (parts::summary(said))
            (parts::form(&format!("/checks/copies/{}", copy.id), "form mt-5", &html! {
                input type="hidden" name="verdict" value=(Verdict::Rejected.code());
                (parts::field("reason", "Причина", reason).longest(300).told(said).tip("Её получит заявитель: «не видно номера», «нет страницы с регистрацией»"))
                div { (parts::submit("Вернуть заявителю")) }
            }))
        }
    }
}
