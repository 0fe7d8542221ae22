//! What the administrator looks at: letters in the outbox, jobs that wait, jobs that were given up.
use accounts::Visit;
use accounts::frame::Frame;
use maud::{Markup, html};
use post::Written;
use web::parts::Tone;
use web::{Failure, Reply, parts};
use words::count;

pub(crate) async fn show(visit: Visit) -> Reply {
    let letters = visit.read(|db| post::outbox(db, 50)).await?;
    let (dead, waiting) = (visit.house.store.dead_jobs().await?, visit.house.store.waiting_jobs().await?);
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Письма и задания" } }
            p.muted { "Заданий в очереди: " (waiting) ". Не выполнены: " (dead.len()) "." }
            @if !dead.is_empty() {
                section.mt-5 {
                    h2 { "Не выполнены" }
                    ul.lines.mt-2 { @for job in &dead { li.doc { div.body { p { strong { (job.kind) } } p.small.muted { (job.error) } p.xs.muted { (job.id) } } } } }
                }
            }
            section.mt-5 { h2 { "Исходящие письма" } (list(&visit, &letters)) }
        }
    };
    visit.page("Письма и задания", Frame::Office("/workings"), body)
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
            (list(&visit, &letters))
        }
    };
    visit.page("Письма демонстрации", Frame::Public, body)
}

fn list(visit: &Visit, letters: &[Written]) -> Markup {
    html! {
        @if letters.is_empty() { (parts::empty("Писем пока не было.", None)) }
        p.small.muted { (count(i64::try_from(letters.len()).unwrap_or(0), ["письмо", "письма", "писем"])) ", новые сверху" }
        ul.lines.mt-2 {
            @for Written { letter, state, at, .. } in letters {
                li.doc {
                    div.body {
                        p { strong { (letter.subject) } " " @match state.as_str() {
                            "sent" => { (parts::tag(Tone::Ok, "отправлено")) }
                            "kept" => { (parts::tag(Tone::Plain, "почта не настроена")) }
                            _ => { (parts::tag(Tone::Warn, "в очереди")) }
                        } }
                        p.small.muted { (letter.to) " · " (at.shown(visit.now)) }
                        details { summary.small { "Текст" } p.small.letter { (letter.body) } }
                    }
                }
            }
        }
    }
}
