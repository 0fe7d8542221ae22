//! What people do, in the order of time: they apply, study, train and sit the attestation, through the pages.
use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use axum::http::StatusCode;
use marking::Answer;
use serde_json::json;
use trainer::Attempt;
use uuid::Uuid;
use words::{Clock, Moment};

use super::centre::PASSWORD;
use super::group;
use super::people::{Applicant, Wants, applicant};
use super::staff;
use crate::app::App;
use crate::guest::{Guest, Page};

/// How many days back the tale begins.
pub const DAYS: i64 = 84;
/// Minutes that whoever answers every question takes.
const FULL_ATTEMPT: i64 = 11;

#[derive(Clone, Debug)]
pub struct Event {
    pub at: Moment,
    pub who: usize,
    pub deed: Deed,
}

#[derive(Clone, Debug)]
pub enum Deed {
    /// Stops after this step of the application: 1 data, 2 consent, 3 agreement.
    Hesitate(Wants, usize),
    Apply(Wants),
    /// A methodist brings a customer's group.
    Gather,
    /// Studies so many materials more.
    Study(usize),
    Train {
        right: usize,
        wrong: usize,
    },
    /// Sits the attestation and gives so many wrong answers.
    Attest {
        wrong: usize,
    },
    /// Passes the intermediate attestation that the cabinet leads to.
    Module,
    /// Hands in the written work.
    HandIn,
    /// The commission accepts the work that waits longest.
    Accept,
    /// The methodist takes in printed blanks, from the first number; documents are bound to them from now on.
    TakeBlanks(&'static str),
    /// Begins the attestation, answers some and goes away.
    Leave {
        answers: usize,
    },
}

/// Twelve weeks of a small centre, growing; in the end someone stands at every point.
pub fn events(now: Moment) -> Vec<Event> {
    let mut events = Vec::new();
    let mut at = |days: i64, minutes: i64, who, deed| {
        events.push(Event { at: now.plus_days(-days).plus_minutes(minutes), who, deed });
    };
    // Those whose way is behind them: a safety course of two days each, some at the second attempt.
    for (n, days) in (0..14usize).zip((15..=80).rev().step_by(5)) {
        let who = 10 + n;
        at(days, 0, who, Deed::Apply("labour-16"));
        at(days, 30, who, Deed::Study(4));
        at(days - 1, 10, who, Deed::Study(4));
        at(days - 1, 40, who, Deed::Train { right: 7, wrong: 3 });
        let wrong = if n % 4 == 3 { 5 } else { n % 3 };
        at(days - 1, 60, who, Deed::Attest { wrong });
        if wrong > 2 {
            at(days - 3, 0, who, Deed::Attest { wrong: 1 });
        }
    }
    // Business letters: twelve days of study, a certificate at the end.
    for (n, days) in [70, 58, 46, 33, 21].into_iter().enumerate() {
        let who = 30 + n;
        at(days, 20, who, Deed::Apply("office-72"));
        at(days, 60, who, Deed::Study(4));
        at(days - 4, 0, who, Deed::Study(4));
        at(days - 12, 30, who, Deed::Attest { wrong: n % 3 });
    }
    // Fire protection: one is through, two are on the way.
    at(60, 5, 40, Deed::Apply("fire-162"));
    at(50, 0, 40, Deed::Study(20));
    at(49, 0, 40, Deed::Module);
    at(38, 0, 40, Deed::Attest { wrong: 1 });
    at(37, 0, 40, Deed::HandIn);
    at(36, 0, 0, Deed::Accept);
    // One waits for the commission.
    at(30, 5, 43, Deed::Apply("fire-162"));
    at(20, 0, 43, Deed::Study(20));
    at(19, 0, 43, Deed::Module);
    at(2, 40, 43, Deed::Attest { wrong: 0 });
    at(1, 20, 43, Deed::HandIn);
    at(25, 5, 41, Deed::Apply("fire-162"));
    at(12, 0, 41, Deed::Study(9));
    at(11, 0, 41, Deed::Module);
    // The last ten certificates are on blanks; the batch is nearly used up.
    at(40, 0, 0, Deed::TakeBlanks("000121"));
    at(8, 0, 42, Deed::Apply("fire-162"));
    at(7, 0, 42, Deed::Study(3));
    // Those on whom a visitor tries things: Вера studies, Глеб may sit the attestation.
    at(6, 0, 0, Deed::Apply("labour-16"));
    at(5, 0, 0, Deed::Study(3));
    at(5, 30, 0, Deed::Train { right: 4, wrong: 2 });
    at(5, 10, 1, Deed::Apply("labour-16"));
    at(4, 10, 1, Deed::Study(8));
    at(4, 40, 1, Deed::Train { right: 8, wrong: 2 });
    // One failed yesterday, one has left in the middle, some have stopped before the end of an application.
    at(4, 0, 2, Deed::Apply("labour-16"));
    at(3, 0, 2, Deed::Study(8));
    at(1, -FULL_ATTEMPT, 2, Deed::Attest { wrong: 6 });
    at(13, 0, 3, Deed::Apply("office-72"));
    at(9, 0, 3, Deed::Study(8));
    at(0, -12, 3, Deed::Leave { answers: 4 });
    at(2, 0, 4, Deed::Hesitate("fire-162", 1));
    at(1, 30, 5, Deed::Hesitate("office-72", 2));
    at(0, -90, 6, Deed::Hesitate("labour-16", 3));
    at(0, -40, 7, Deed::Apply("office-72"));
    // A customer's group: six have passed, two have not, so its protocol waits for them.
    at(12, 5, 0, Deed::Gather);
    for (n, who) in (0i64..).zip(group::PEOPLE) {
        at(11, n, who, Deed::Study(if n < 7 { 8 } else { 3 }));
        if n < 6 {
            at(10, n * 12, who, Deed::Attest { wrong: usize::try_from(n % 3).unwrap_or(0) });
        }
    }
    events.sort_by_key(|event| event.at);
    events
}

/// Who is signed in, by number.
#[derive(Default)]
pub struct Cast(BTreeMap<usize, Guest>);

impl Cast {
    pub async fn play(&mut self, app: &App, clock: &Clock, event: &Event) -> anyhow::Result<()> {
        if let Deed::Gather = event.deed {
            let people = group::gather(app, &event.at.day().dotted()).await?;
            self.0.extend(group::PEOPLE.zip(people));
            return Ok(());
        }
        let guest = self.0.entry(event.who).or_insert_with(|| Guest::new(&app.router)).clone();
        match &event.deed {
            Deed::Gather => Ok(()),
            Deed::Accept => staff::accept_work(app).await,
            Deed::TakeBlanks(first) => staff::take_blanks(app, first).await,
            Deed::Module => {
                let cabinet = guest.get("/cabinet").await?.ok()?;
                let is_of_module = |part: &&str| part.contains("/modules/") && part.ends_with("/attestation");
                let address =
                    cabinet.body.split('"').find(is_of_module).context("no attestation of a module")?;
                sit(app, &guest, address, 0).await.map(|_| ())
            }
            Deed::HandIn => hand_in(&guest, &applicant(event.who)).await,
            Deed::Hesitate(programme, step) => {
                begin(app, &guest, programme, &applicant(event.who), *step).await.map(|_| ())
            }
            Deed::Apply(programme) => apply(app, &guest, programme, &applicant(event.who)).await,
            Deed::Study(materials) => study(&guest, *materials).await,
            Deed::Train { right, wrong } => train(app, &guest, *right, *wrong).await,
            Deed::Attest { wrong } => {
                let attempt = begin_attestation(app, &guest).await?;
                clock.set(event.at.plus_minutes(FULL_ATTEMPT));
                answer(app, &guest, attempt, *wrong, usize::MAX).await?;
                guest.post(&format!("/attempts/{attempt}/completion"), &[("", "")]).await?.ok()?;
                Ok(())
            }
            Deed::Leave { answers } => {
                let attempt = begin_attestation(app, &guest).await?;
                answer(app, &guest, attempt, 0, *answers).await
            }
        }
    }
}

/// An application up to `step`: 1 data, 2 consent, 3 agreement. Gives the address of the page it came to.
async fn begin(
    app: &App,
    guest: &Guest,
    programme: &str,
    applicant: &Applicant,
    step: usize,
) -> anyhow::Result<Page> {
    let mut page = guest.post(&format!("/programmes/{programme}/application"), applicant).await?.ok()?;
    if step >= 2 {
        page = guest.post(&page.address, &[("consent", "yes")]).await?.ok()?;
    }
    if step >= 3 && page.address.ends_with("/copies") {
        page = attach_copies(guest, &page, applicant).await?;
    }
    if step >= 3 {
        page = guest.post(&page.address, &[("offer", "yes"), ("signature", "yes")]).await?.ok()?;
        app.jobs.drain(&app.house.store).await?;
    }
    Ok(page)
}

/// A copy of each kind that the programme asks for, and on to the contract.
async fn attach_copies(guest: &Guest, page: &Page, applicant: &Applicant) -> anyhow::Result<Page> {
    for kind in page.body.split("name=\"kind\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        let name = format!("{} {}", applicant.family, applicant.given);
        let copy = sample(kind, &name)?;
        guest.upload(&page.address, &[("kind", kind)], (&format!("{kind}.pdf"), &copy)).await?.ok()?;
    }
    guest.post(&format!("{}/end", page.address), &[("", "")]).await?.ok()
}

/// A page that says what it stands for: nobody's document is in the demonstration.
fn sample(kind: &str, name: &str) -> anyhow::Result<Vec<u8>> {
    let title =
        if kind == "passport" { "Паспорт" } else { "Документ об образовании" };
    let lines = [name.to_owned(), "Образец вместо копии документа".to_owned()];
    Ok(documents::print_memo(title, "Демонстрация", "copy", &lines, "", 0)?)
}

/// A whole application, with the code read from the letter.
pub async fn apply(app: &App, guest: &Guest, programme: &str, applicant: &Applicant) -> anyhow::Result<()> {
    let page = begin(app, guest, programme, applicant, 3).await?;
    let letters = app.house.store.read(|db| post::outbox(db, 100)).await?;
    let letter =
        letters.iter().find(|one| one.letter.to == applicant.email && one.letter.subject.contains("Код"));
    let code = letter
        .context("no letter with a code")?
        .letter
        .subject
        .rsplit(' ')
        .next()
        .unwrap_or_default()
        .to_owned();
    let page = guest.post(&page.address, &[("code", code.as_str()), ("password", PASSWORD)]).await?.ok()?;
    ensure!(page.address == "/cabinet", "the code leads to {}: {}", page.address, page.text());
    Ok(())
}

/// Studies `materials` more of the programme that goes on, accepting the licence at the first entry.
pub async fn study(guest: &Guest, materials: usize) -> anyhow::Result<()> {
    for _ in 0..materials {
        let cabinet = guest.get("/cabinet").await?.ok()?;
        let next = cabinet
            .body
            .split('"')
            .find(|part| part.contains("/materials/"))
            .context("nothing left to study")?
            .to_owned();
        let page = guest.get(&next).await?.ok()?;
        if page.address.ends_with("/licence") {
            guest.post(&page.address, &[("", "")]).await?.ok()?;
        }
        guest.post(&format!("{next}/completion"), &[("", "")]).await?.ok()?;
    }
    Ok(())
}

async fn train(app: &App, guest: &Guest, right: usize, wrong: usize) -> anyhow::Result<()> {
    let training = guest.get("/cabinet").await?.ok()?.link("/studies/").context("no study")?;
    let enrolment = training.split('/').nth(2).context("an address of a study")?.to_owned();
    let page = guest.post(&format!("/studies/{enrolment}/training"), &[("topic", "")]).await?.ok()?;
    let attempt: Uuid = page.address.split('/').nth(2).context("an address of a training")?.parse()?;
    let keys = keys(app, attempt).await?;
    for (seat, (key, other)) in keys.iter().enumerate().take(right + wrong) {
        let form = questions::form::sent(if seat < right { key } else { other }, "");
        let form: Vec<(&str, &str)> =
            form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        guest.post(&format!("/training/{attempt}/{}", seat + 1), &form).await?.ok()?;
    }
    Ok(())
}

/// Where the cabinet leads to the final attestation.
async fn at_attestation(guest: &Guest) -> anyhow::Result<String> {
    let cabinet = guest.get("/cabinet").await?.ok()?;
    let is_final = |part: &&str| part.ends_with("/attestation") && !part.contains("/modules/");
    Ok(cabinet.body.split('"').find(is_final).context("no attestation")?.to_owned())
}

async fn begin_attestation(app: &App, guest: &Guest) -> anyhow::Result<Uuid> {
    begin_at(app, guest, &at_attestation(guest).await?).await
}

/// Begins, with the code of a letter where one is asked for.
async fn begin_at(app: &App, guest: &Guest, address: &str) -> anyhow::Result<Uuid> {
    let door = guest.get(address).await?.ok()?;
    let send = format!("{address}/code");
    let mut code = String::new();
    if door.body.contains(&format!("\"{send}\"")) {
        guest.post(&send, &[("", "")]).await?.ok()?;
        let letters = app.house.store.read(|db| post::outbox(db, 10)).await?;
        let letter = letters.iter().find(|one| one.letter.subject.starts_with("Код для аттестации"));
        let subject = &letter.context("no letter with a code")?.letter.subject;
        subject.rsplit(' ').next().unwrap_or_default().clone_into(&mut code);
    }
    let page = guest.post(address, &[("code", code)]).await?.ok()?;
    let id = page.address.split('/').nth(2).context("an address of an attempt")?;
    ensure!(page.address.starts_with("/attempts/"), "not admitted: {}", page.text());
    Ok(id.parse()?)
}

/// Sits the attestation that the cabinet leads to, with so many wrong answers, and finishes it.
pub async fn attest(app: &App, guest: &Guest, wrong: usize) -> anyhow::Result<Uuid> {
    sit(app, guest, &at_attestation(guest).await?, wrong).await
}

/// The same at this address: of the final attestation, or of a module's.
pub async fn sit(app: &App, guest: &Guest, address: &str, wrong: usize) -> anyhow::Result<Uuid> {
    let attempt = begin_at(app, guest, address).await?;
    answer(app, guest, attempt, wrong, usize::MAX).await?;
    guest.post(&format!("/attempts/{attempt}/completion"), &[("", "")]).await?.ok()?;
    Ok(attempt)
}

async fn answer(app: &App, guest: &Guest, attempt: Uuid, wrong: usize, most: usize) -> anyhow::Result<()> {
    let keys = keys(app, attempt).await?;
    for (seat, (key, other)) in keys.iter().enumerate().take(most) {
        let answer = if seat < wrong { other } else { key };
        let step = json!({ "key": Uuid::new_v4(), "seat": seat, "answer": answer });
        let kept = guest.send(&format!("/attempts/{attempt}/answers"), &step).await?;
        ensure!(kept.status == StatusCode::OK, "an answer was not kept: {}", kept.status);
    }
    Ok(())
}

/// Hands in a page as the written work.
async fn hand_in(guest: &Guest, applicant: &Applicant) -> anyhow::Result<()> {
    let cabinet = guest.get("/cabinet").await?.ok()?.link("/studies/").context("no study")?;
    let enrolment = cabinet.split('/').nth(2).context("an address of a study")?.to_owned();
    let name = format!("{} {}", applicant.family, applicant.given);
    let lines = ["План обслуживания склада".to_owned(), "Образец вместо работы слушателя".to_owned()];
    let work = documents::print_memo("Практическая работа", &name, "work", &lines, "", 0)?;
    let text = "План приложен. Сигнализацию проверяем ежемесячно, огнетушители — раз в квартал, записи ведём в журнале эксплуатации.";
    guest
        .upload(&format!("/studies/{enrolment}/work"), &[("text", text)], ("plan.pdf", &work))
        .await?
        .ok()?;
    Ok(())
}

/// For each seat the right answer as it is shown, and a wrong one.
pub async fn keys(app: &App, attempt: Uuid) -> anyhow::Result<Vec<(Answer, Answer)>> {
    let keys = app
        .house
        .store
        .read(move |db| {
            let attempt = Attempt::find(db, attempt)?;
            attempt
                .ticket
                .seats
                .iter()
                .map(|seat| {
                    let question = questions::asked(db, seat.question)?.question;
                    let own = question.key().unwrap_or_default();
                    let right = own.shown(&question, &seat.order);
                    // Of options the first that is not right; of anything else what nobody would take.
                    let other = (0..seat.order.len().max(2)).find(|shown| !right.chosen().contains(shown));
                    let wrong = match &right {
                        Answer::Chosen(_) => Answer::Chosen(other.into_iter().collect()),
                        _ => Answer::Fields(vec!["не знаю".to_owned()]),
                    };
                    Ok((right, wrong))
                })
                .collect()
        })
        .await?;
    Ok(keys)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
    use words::Moment;

    use super::{Deed, FULL_ATTEMPT, events};

    #[test]
    fn whoever_failed_yesterday_may_try_again_at_any_hour_of_today() {
        for quarter in 0..96 {
            let now = Moment(1_795_338_000_000).plus_minutes(quarter * 15);
            let events = events(now);
            let failed = events.iter().find(|event| matches!(event.deed, Deed::Attest { wrong: 6 })).unwrap();
            assert!(failed.at.plus_minutes(FULL_ATTEMPT).day() < now.day(), "{}", now.time());
        }
    }
}
