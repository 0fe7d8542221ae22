//! What the administrator looks at: letters in the outbox, jobs that wait, jobs that were given up.
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use maud::{Markup, html};
use post::Written;
use serde::Deserialize;
use store::{DeadJob, Who};
use uuid::Uuid;
use web::parts::Tone;
use web::{Failure, Messages, Posted, Reply, parts, see_other};
use words::{Email, count};

use crate::backups;

const SECTION: Frame = Frame::Office("/workings");

pub(crate) async fn show(visit: Visit) -> Reply {
    let body = page(&visit, &Trial::default(), &Messages::none()).await?;
    visit.page("Письма и задания", SECTION, body)
}

async fn page(visit: &Visit, trial: &Trial, said: &Messages) -> Result<Markup, Failure> {
    let letters = visit.read(|db| post::outbox(db, 50)).await?;
    let (dead, waiting) = (visit.house.store.dead_jobs().await?, visit.house.store.waiting_jobs().await?);
    let copies = backups::made(visit);
    let making = visit.read(backups::is_asked).await?;
    Ok(html! {
        main.dash #main {
            div.dash-head { h1 { "Письма и задания" } }
            p.muted { "Заданий в очереди: " (waiting) ". Не выполнены: " (dead.len()) "." }
            @if !dead.is_empty() {
                section.mt-5 {
                    h2 { "Не выполнены" }
                    ul.lines.mt-2 { @for job in &dead { li.doc { div.body { p { strong { (what(job, &letters)) } } p.small.muted { (job.error) } p.xs.muted { (job.id) } } (parts::form(&format!("/workings/jobs/{}/retry", job.id), "inline", &html! { button.btn type="submit" { "Повторить" } })) } } }
                }
            }
            (backups::section(visit, &copies, making))
            section.mt-5 {
                h2 { "Проверить почту" }
                (parts::form("/workings/letters", "form mt-2", &html! {
                    (parts::field("email", "Кому отправить пробное письмо", &trial.email).kind("email").longest(200).told(said))
                    div { button.btn type="submit" { "Отправить" } }
                }))
            }
            section.mt-5 { h2 { "Исходящие письма" } (list(visit, &letters, &dead)) }
        }
    })
}

/// Gives a job its tries back.
pub(crate) async fn retry(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let who = Who { person: Some(visit.person()?), request: Some(visit.number.clone()) };
    visit.house.store.revive(who, id).await?;
    Ok(see_other("/workings"))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Trial {
    email: String,
}

/// A letter to see whether the mail works: it goes the way of all others.
pub(crate) async fn try_letter(visit: Visit, Posted { form, .. }: Posted<Trial>) -> Reply {
    let email = match Email::parse(&form.email) {
        Ok(email) => email,
        Err(wrong) => {
            let said = Messages::one("email", wrong.to_string());
            let body = page(&visit, &form, &said).await?;
            return visit.again("Письма и задания", SECTION, body);
        }
    };
    visit
        .write(move |work| {
            let letter = post::Letter {
                to: email.as_str().to_owned(),
                secret: false,
                subject: "Пробное письмо".to_owned(),
                body: "Почта работает: это письмо отправила система дистанционного обучения.".to_owned(),
            };
            post::write(work, &letter).map(|_| ())
        })
        .await?;
    Ok(see_other("/workings"))
}

/// A demonstration has no mail: its letters lie here for everyone.
pub(crate) async fn demo_letters(visit: Visit) -> Reply {
    if !visit.house.demo {
        return Err(Failure::missing());
    }
    let letters = visit.read(|db| post::outbox(db, 20)).await?;
    let body = html! {
        main.wrap #main {
            div.page-head { h1 { "Письма демонстрации" } p.muted { "В настоящем центре они уходят по почте." } }
            (list(&visit, &letters, &[]))
        }
    };
    visit.page("Письма демонстрации", Frame::Public, body)
}

/// A letter is named by whom it is for; another job by its kind.
fn what(job: &DeadJob, letters: &[Written]) -> String {
    match letters.iter().find(|written| is_of(job, written)) {
        Some(written) => format!("Письмо: {}", written.letter.to),
        None => {
            JOBS.iter().find(|(kind, _)| *kind == job.kind).map_or(&*job.kind, |(_, name)| name).to_owned()
        }
    }
}

/// What a job does, in words.
const JOBS: &[(&str, &str)] = &[
    ("attempt.close", "Завершение попытки в срок"),
    ("backup.make", "Копия по просьбе"),
    ("backup.nightly", "Ночная копия"),
    ("copy.remove", "Удаление копии документа"),
    ("group.start", "Начало группы"),
    ("letter.send", "Отправка письма"),
    ("mail.fetch", "Чтение почты заявлений"),
    ("materials.due", "Материалы на почту в день начала"),
    ("materials.mail", "Материалы на почту"),
    ("paper.print", "Печать документа"),
    ("protocol.close", "Закрытие протокола"),
    ("term.remind", "Напоминание о сроке"),
];

fn is_of(job: &DeadJob, written: &Written) -> bool {
    job.data.contains(&written.id.to_string())
}

fn list(visit: &Visit, letters: &[Written], dead: &[DeadJob]) -> Markup {
    html! {
        @if letters.is_empty() { (parts::empty("Писем пока не было.", None)) }
        p.small.muted { (count(i64::try_from(letters.len()).unwrap_or(0), ["письмо", "письма", "писем"])) ", новые сверху" }
        ul.lines.mt-2 {
            @for written in letters {
                @let Written { letter, state, at, .. } = written;
                li.doc {
                    div.body {
                        p { strong { @if letter.secret && !visit.house.demo { "Личное письмо" } @else { (letter.subject) } } " " @match state.as_str() {
                            "sent" => { (parts::tag(Tone::Ok, "отправлено")) }
                            "kept" => { (parts::tag(Tone::Plain, "почта не настроена")) }
                            _ if dead.iter().any(|job| is_of(job, written)) => { (parts::tag(Tone::Bad, "не доставлено")) }
                            _ => { (parts::tag(Tone::Warn, "в очереди")) }
                        } }
                        p.small.muted { (letter.to) " · " (at.shown(visit.now)) }
                        @if letter.secret && !visit.house.demo { p.xs.muted { "В нём код, пароль или личная ссылка: текст не показываем." } }
                        @else { details { summary.small { "Текст" } p.small.letter { (letter.body) } } }
                    }
                }
            }
        }
    }
}
