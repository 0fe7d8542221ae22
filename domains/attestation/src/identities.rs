//! Photos that wait for a person: is it the one who is enrolled? The papers wait for the answer; whoever is somebody else has sat for nothing
//! (decision «identification before final attestation»).
use accounts::Visit;
use accounts::frame::Frame;
use accounts::person::Person;
use admissions::{Enrolment, State};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Fault, Stored, Work};
use trainer::Attempt;
use uuid::Uuid;
use web::parts::Tone;
use web::{Messages, Posted, Reply, parts, see_other};

use crate::photo::{Check, Photo};
use crate::{Line, Settled, annul, camera, of_enrolment, photo};

const SECTION: Frame = Frame::Office("/results");
const LONGEST: usize = 500;
/// On one page.
const MOST: i64 = 30;

struct Waiting {
    photo: Photo,
    attempt: Attempt,
    person: Person,
}

fn load(db: &mut Db, photo: Photo) -> Stored<Waiting> {
    let attempt = Attempt::find(db, photo.attempt.ok_or(Fault::Missing)?)?;
    Ok(Waiting { person: Person::find(db, attempt.person)?, attempt, photo })
}

fn all(db: &mut Db) -> Stored<Vec<Waiting>> {
    Photo::waiting(db, MOST)?.into_iter().map(|photo| load(db, photo)).collect()
}

pub(crate) async fn list(visit: Visit) -> Reply {
    let waiting = visit.read(all).await?;
    visit.page("Кто сдавал", SECTION, page(&visit, &waiting, &Form::default(), None, &Messages::none()))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    /// `confirmed`, `refused`
    who: String,
    remark: String,
}

pub(crate) async fn decide(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let by = visit.person()?;
    let photo = visit.read(move |db| Photo::find(db, id)).await?;
    let check = match form.who.as_str() {
        "confirmed" => Some(Check::Confirmed),
        "refused" => Some(Check::Refused),
        _ => None,
    };
    let mut said = Messages::none();
    if check.is_none() {
        said.say("who", "Кто на снимке: выберите");
    }
    // Without a photo, and of somebody else, it is said how one knows.
    let bare = photo.file.is_some() && check == Some(Check::Confirmed);
    let remark = if bare && form.remark.trim().is_empty() {
        Some(String::new())
    } else {
        let label = if check == Some(Check::Refused) {
            "Почему это не он"
        } else {
            "Как узнали"
        };
        said.text("remark", &form.remark, label, LONGEST)
    };
    let (Some(check), Some(remark)) = (check, remark) else {
        let waiting = visit.read(all).await?;
        return visit.again("Кто сдавал", SECTION, page(&visit, &waiting, &form, Some(id), &said));
    };
    visit.write(move |work| judge(work, id, check, &remark, by)).await?;
    Ok(see_other("/identities"))
}

/// The papers of a passed attestation follow the word; an attempt of somebody else is annulled, now or when it ends.
fn judge(work: &mut Work, id: Uuid, check: Check, remark: &str, by: Uuid) -> Stored<()> {
    let photo = Photo::find(work, id)?;
    let attempt = Attempt::find(work, photo.attempt.ok_or(Fault::Missing)?)?;
    if !photo.judge(work, check, remark, by)? || attempt.finished.is_none() {
        return Ok(());
    }
    match check {
        Check::Refused => annul::annul(work, attempt.id, &not_the_one(remark), false, by),
        _ => settle(work, &attempt),
    }
}

pub(crate) fn not_the_one(remark: &str) -> String {
    format!("Сдавал другой человек: {remark}")
}

/// What the photo has kept waiting goes on, unless another attempt has brought its papers already.
fn settle(work: &mut Work, attempt: &Attempt) -> Stored<()> {
    let ready = ready(work, attempt.enrolment)?;
    let own = ready.iter().find(|line| line.attempt == attempt.id);
    match own {
        Some(line) if ready.len() == 1 => tell(work, attempt.enrolment, line),
        _ => Ok(()),
    }
}

/// Passed attempts of which nothing is waited for, the first first.
fn ready(db: &mut Db, enrolment: Uuid) -> Stored<Vec<Line>> {
    let mut ready = Vec::new();
    for line in of_enrolment(db, enrolment)? {
        if line.passed && !line.annulled && !photo::waits(db, line.attempt)? {
            ready.push(line);
        }
    }
    Ok(ready)
}

fn tell(work: &mut Work, enrolment: Uuid, line: &Line) -> Stored<()> {
    if Enrolment::find(work, enrolment)?.state != State::Active {
        return Ok(());
    }
    work.tell(Settled { enrolment, attempt: line.attempt, score: line.score, passed: true })
}

/// An attempt passes nobody any more: one that was passed before it, and waited behind it, brings the papers.
pub(crate) fn settle_another(work: &mut Work, enrolment: Uuid) -> Stored<()> {
    match ready(work, enrolment)?.first() {
        Some(line) => tell(work, enrolment, line),
        None => Ok(()),
    }
}

pub(crate) async fn picture(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let photo = visit.read(move |db| Photo::find(db, id)).await?;
    camera::send(&visit, photo.file).await
}

const WHO: [(&str, &str); 2] =
    [("confirmed", "Это слушатель"), ("refused", "Это другой человек: попытку аннулировать")];

fn page(visit: &Visit, waiting: &[Waiting], form: &Form, about: Option<Uuid>, said: &Messages) -> Markup {
    let none = (Form::default(), Messages::none());
    html! {
        main.dash #main {
            p.crumb { a href="/results" { "Результаты" } }
            div.dash-head { h1 { "Кто сдавал" } }
            p.muted { "Сверьте снимок с копией документа в деле слушателя. Пока не сверено, протокол и документ ждут." }
            (parts::summary(said))
            @if waiting.is_empty() { (parts::empty("Снимков на сверку нет.", None)) }
            @for one in waiting {
                @let (form, said) = if about == Some(one.photo.id) { (form, said) } else { (&none.0, &none.1) };
                (section(visit, one, form, said))
            }
        }
    }
}

fn section(
    visit: &Visit,
    Waiting { photo, attempt, person }: &Waiting,
    form: &Form,
    said: &Messages,
) -> Markup {
    let heading = format!("who-{}", photo.id);
    html! {
        section.panel.mt-5.identity aria-labelledby=(heading) {
            @if photo.file.is_some() { img src={ "/identities/" (photo.id) "/photo" } alt={ "Снимок: " (person.name) } width="240" loading="lazy"; }
            @else { (parts::tag(Tone::Warn, "Без снимка")) }
            div.stack {
                h2 id=(heading) { a.plain href={ "/learners/" (attempt.person) } { (person.name) } }
                p.small.muted { (attempt.rules.title) ". " (photo.taken.shown(visit.now)) ", "
                    @match attempt.passed { Some(true) => { "сдано" } Some(false) => { "не сдано" } None => { "идёт" } } "." }
                (parts::form(&format!("/identities/{}", photo.id), "form", &html! {
                    (parts::choices("who", "Кто на снимке", &WHO, &form.who, said))
                    (parts::field("remark", "Как узнали или почему это не он", &form.remark).optional().longest(LONGEST).told(said).tip("Без снимка нужно: «позвонила по видеосвязи, паспорт показал»"))
                    div { (parts::submit("Решить")) }
                }))
            }
        }
    }
}

/// How many photos wait, for the page of results.
pub(crate) fn count(db: &mut Db) -> Stored<usize> {
    Ok(Photo::waiting(db, 1000)?.len())
}

/// Whose attempt this is was refused while it went on.
pub(crate) fn end_refused(work: &mut Work, enrolment: &Enrolment, attempt: Uuid) -> Stored<bool> {
    let Some(photo) = Photo::of(work, attempt)?.filter(|photo| photo.check == Check::Refused) else {
        return Ok(false);
    };
    let (remark, by) = photo.verdict(work)?;
    tracing::info!(enrolment = %enrolment.id, "an attempt of somebody else has ended");
    annul::annul(work, attempt, &not_the_one(&remark), false, by)?;
    Ok(true)
}
