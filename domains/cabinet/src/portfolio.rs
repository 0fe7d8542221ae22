//! The digital portfolio of a learner: programmes, results, documents (rules of e-learning, domain reference 1.2).
use accounts::Visit;
use accounts::frame::Frame;
use admissions::{Enrolment, State};
use attestation::{Line, Standing, of_enrolment};
use documents::Credential;
use maud::{Markup, html};
use programmes::Version;
use regulations::Centre;
use store::{Db, Stored};
use uuid::Uuid;
use web::parts::icon;
use web::{Reply, parts};

/// One programme with what came of it.
struct Entry {
    enrolment: Enrolment,
    version: Version,
    results: Vec<Line>,
    standing: Standing,
    credentials: Vec<Credential>,
    /// Passed, and the document comes together with a diploma.
    awaits_diploma: bool,
}

/// Whether the document of this programme waits for the learner's diploma, or will.
pub(crate) fn awaits_diploma(db: &mut Db, enrolment: &Enrolment) -> Stored<bool> {
    if documents::awaits_diploma(db, enrolment.id)? {
        return Ok(true);
    }
    let studies = enrolment.education(db)?.is_some_and(|one| !one.received);
    Ok(studies && enrolment.state == State::Active && Centre::load(db)?.with_diploma)
}

fn load(db: &mut Db, person: Uuid) -> Stored<Vec<Entry>> {
    let credentials = Credential::all_of(db, person)?;
    Enrolment::all_of(db, person)?
        .into_iter()
        .map(|enrolment| {
            Ok(Entry {
                version: enrolment.programme(db)?,
                awaits_diploma: awaits_diploma(db, &enrolment)?,
                results: of_enrolment(db, enrolment.id)?,
                standing: Standing::of(db, enrolment.id)?,
                credentials: credentials
                    .iter()
                    .filter(|one| one.enrolment == enrolment.id)
                    .cloned()
                    .collect(),
                enrolment,
            })
        })
        .collect()
}

pub(crate) async fn show(visit: Visit) -> Reply {
    let person = visit.person()?;
    let entries = visit.read(move |db| load(db, person)).await?;
    let name = visit.actor.as_ref().map(|actor| actor.name.to_string()).unwrap_or_default();
    let hours: i64 = entries
        .iter()
        .filter(|one| one.enrolment.state == State::Completed)
        .map(|one| one.version.content.hours)
        .sum();
    let body = html! {
        main.wrap #main {
            div.page-head { h1 { "Портфолио" } p.muted { (name) @if hours > 0 { ". Завершено программ на " (words::count(hours, ["час", "часа", "часов"])) } } }
            @if entries.is_empty() { (parts::empty("Здесь соберутся ваши программы, результаты и документы.", Some(("/", "Выбрать программу")))) }
            ul.lines.l { @for entry in &entries { (row(&visit, entry)) } }
            @if !entries.is_empty() { p.mt-5.cluster { a.btn href="/own-data" { (icon("download")) span { "Мои данные и документы" } } a href="/consents" { "Согласия" } } }
        }
    };
    visit.page("Портфолио", Frame::Cabinet("/portfolio"), body)
}

fn row(visit: &Visit, entry: &Entry) -> Markup {
    let (enrolment, content) = (&entry.enrolment, &entry.version.content);
    let ended = enrolment.completed.or(enrolment.expelled);
    html! {
        li.doc {
            (web::guilloche::tile(&content.code))
            div.body {
                p { strong { (content.title) } }
                p.small.muted { (content.kind.russian()) ", " (content.hours_in_words()) ". " (enrolment.starts.dotted()) " – " @match ended { Some(day) => { (day.dotted()) } None => { "сейчас" } } }
                @for line in &entry.results { p.small { "Итоговая аттестация " (line.at.shown(visit.now)) ": " (line.score) ", " @if line.annulled { "аннулировано" } @else if line.awaits_work { "тест сдан" } @else { (content.attestation.mark(line.passed, line.score.percent())) } } }
                @for module in &content.modules {
                    @if let Some(score) = entry.standing.modules.get(&module.code) { p.small { (module.title) ": " (score) } }
                }
                @if entry.awaits_diploma { p.small { (content.kind.document()) " выдадим вместе с вашим дипломом об образовании: когда получите его, покажите в центре или пришлите копию куратору." } }
                @for one in &entry.credentials {
                    p.small.cluster { (icon("graduation-cap")) span { (one.title()) " № " (one.number) ", " (one.issued.dotted()) @if let Some(end) = one.end_in_words() { ". Не действует: " (end) } } }
                }
            }
        }
    }
}
