//! Final attestation: admission, result, commission (п. 3.5, 4.3.6).
mod allow;
mod annul;
mod appeal;
mod appointment;
mod begin;
mod camera;
mod commission;
mod duty;
mod handed;
mod identify;
mod identities;
mod module;
mod photo;
mod reopen;
mod results;
pub mod rule;
mod standing;
mod works;
mod written;

pub use begin::facts as admission_facts;
pub use commission::{Commission, Official, appoint, in_office};
pub use handed::WorkState;
pub use photo::{is_waited_for as photo_is_waited_for, jobs};
pub use results::{Line, of_enrolment};
pub use standing::Standing;

use accounts::person::Person;
use accounts::{Door, Doors, Right};
use admissions::{Enrolment, Erased, State};
use marking::Score;
use store::{Listeners, Stored, Work, values};
use trainer::{Finished, Remarked, Why};
use uuid::Uuid;

/// The result of the final attestation is recorded, with the commission's part where there is one: a line of the protocol follows. Told
/// again when the same attempt was marked anew.
pub struct Settled {
    pub enrolment: Uuid,
    pub attempt: Uuid,
    pub score: Score,
    pub passed: bool,
}

/// A result stands no more, as its attempt is annulled or goes on: its line in a draft protocol goes.
pub struct Annulled {
    pub attempt: Uuid,
}

pub fn routes() -> Doors {
    Doors::new()
        .get("/studies/{enrolment}/attestation", Door::With(Right::Study), begin::show)
        .post("/studies/{enrolment}/attestation", Door::With(Right::Study), begin::submit)
        .post("/studies/{enrolment}/attestation/code", Door::With(Right::Study), identify::send)
        .upload("/studies/{enrolment}/attestation/photo", Door::With(Right::Study), camera::submit)
        .get("/studies/{enrolment}/attestation/photo", Door::With(Right::Study), camera::seen)
        .post("/studies/{enrolment}/attestation/without-camera", Door::With(Right::Study), camera::without)
        .get("/identities", Door::With(Right::MoveLearners), identities::list)
        .post("/identities/{id}", Door::With(Right::MoveLearners), identities::decide)
        .get("/identities/{id}/photo", Door::With(Right::MoveLearners), identities::picture)
        .get("/studies/{enrolment}/modules/{module}/attestation", Door::With(Right::Study), module::show)
        .post("/studies/{enrolment}/modules/{module}/attestation", Door::With(Right::Study), module::submit)
        .get("/studies/{enrolment}/work", Door::With(Right::Study), written::show)
        .upload("/studies/{enrolment}/work", Door::With(Right::Study), written::submit)
        .get("/studies/{enrolment}/work/{id}/file", Door::With(Right::Study), written::own_file)
        .get("/works", Door::With(Right::SeeWorks), works::list)
        .get("/works.xlsx", Door::With(Right::SeeWorks), works::sheet)
        .get("/works/{id}", Door::With(Right::SeeWorks), works::open)
        .post("/works/{id}", Door::With(Right::MarkWorks), works::decide)
        .get("/works/{id}/file", Door::With(Right::SeeWorks), works::file)
        .get("/attempts/{attempt}/appeal", Door::With(Right::Study), appeal::ask)
        .post("/attempts/{attempt}/appeal", Door::With(Right::Study), appeal::submit)
        .get("/appeals/{id}", Door::With(Right::SeeResults), appeal::show)
        .post("/appeals/{id}", Door::With(Right::MoveLearners), appeal::decide)
        .get("/enrolments/{id}/attestation", Door::With(Right::MoveLearners), allow::show)
        .post("/enrolments/{id}/attestation", Door::With(Right::MoveLearners), allow::submit)
        .get("/duty", Door::With(Right::SeeResults), duty::show)
        .get("/duty/events", Door::With(Right::SeeResults), duty::events)
        .get("/duty/{attempt}", Door::With(Right::MoveLearners), duty::open)
        .post("/duty/{attempt}", Door::With(Right::MoveLearners), duty::act)
        .get("/results/{attempt}/reopening", Door::With(Right::MoveLearners), reopen::ask)
        .post("/results/{attempt}/reopening", Door::With(Right::MoveLearners), reopen::submit)
        .get("/results/{attempt}/annulment", Door::With(Right::MoveLearners), annul::ask)
        .post("/results/{attempt}/annulment", Door::With(Right::MoveLearners), annul::submit)
        .get("/results", Door::With(Right::SeeResults), results::list)
        .get("/results.xlsx", Door::With(Right::SeeResults), results::sheet)
        .get("/settings/commission", Door::With(Right::ChangeCentre), appointment::show)
        .post("/settings/commission", Door::With(Right::ChangeCentre), appointment::submit)
}

pub fn listeners(on: &mut Listeners) {
    on.on(|work, fact: &Finished| {
        let (score, now) = (fact.score, work.now());
        let content = Enrolment::find(work, fact.enrolment)?.programme(work)?.content;
        // A passed test waits for the commission's part, where there is one.
        let awaits_work = fact.module.is_none() && fact.passed && content.attestation.written.is_some();
        work.run(
            "insert into result (id, enrolment, attempt, points, total, passed, decided_at, module, awaits_work)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            values![
                Uuid::now_v7(),
                fact.enrolment,
                fact.attempt,
                score.points.0,
                score.of_questions(),
                fact.passed,
                now,
                fact.module.as_deref(),
                awaits_work
            ],
        )?;
        work.note("result.recorded", fact.enrolment)?;
        // A module's result stands by itself. A key put right meanwhile may have passed an attempt before this one: its papers follow.
        let passed_before = of_enrolment(work, fact.enrolment)?
            .iter()
            .any(|line| line.attempt != fact.attempt && (line.passed || line.awaits_work));
        let enrolment = Enrolment::find(work, fact.enrolment)?;
        if identities::end_refused(work, &enrolment, fact.attempt)? {
            return Ok(());
        }
        let unseen = fact.passed && photo::waits(work, fact.attempt)?;
        if fact.module.is_some() || awaits_work || passed_before || unseen {
            return Ok(());
        }
        work.tell(Settled { enrolment: fact.enrolment, attempt: fact.attempt, score, passed: fact.passed })
    });
    on.on(remarked);
    on.on(|work, fact: &Erased| photo::erase(work, fact.person));
}

/// The result follows the attempt; a new verdict is told to the learner and, where nothing else is waited for, to the papers.
fn remarked(work: &mut Work, fact: &Remarked) -> Stored<()> {
    let enrolment = Enrolment::find(work, fact.enrolment)?;
    let content = enrolment.programme(work)?.content;
    let passed_already =
        of_enrolment(work, fact.enrolment)?.iter().any(|line| line.passed || line.awaits_work);
    let awaits_work = fact.module.is_none() && fact.passed && content.attestation.written.is_some();
    work.run(
        "update result set points = ?2, passed = ?3, awaits_work = ?4 where attempt = ?1",
        values![fact.attempt, fact.score.points.0, fact.passed, awaits_work],
    )?;
    if fact.turned {
        let person = Person::find(work, enrolment.person)?;
        let what = if fact.module.is_some() {
            "Промежуточная аттестация"
        } else {
            "Итоговая аттестация"
        };
        let next = match enrolment.state {
            State::Expelled => {
                "\n\nОбучение уже прекращено. Ответьте на это письмо: мы восстановим вас и выдадим документ."
            }
            _ if awaits_work => "\n\nТеперь можно сдать письменную работу: она в вашем кабинете.",
            _ => "",
        };
        let why = match fact.why {
            Why::Key => "В одном из вопросов был неверный ключ. Мы исправили его",
            Why::Late => "Мы засчитали ответы, которые пришли с опозданием,",
        };
        let words = format!(
            "{why} и пересчитали результат: {}, сдано. {what} по программе «{}».{next}",
            fact.score, content.title
        );
        person.write(work, format!("Результат пересчитан: {}", content.title), &words)?;
    }
    // A line that is there follows by itself (`documents`). Whoever has passed by another attempt has, or will have, the papers of that one.
    let unseen = photo::waits(work, fact.attempt)?;
    if !fact.turned || fact.module.is_some() || awaits_work || passed_already || unseen {
        return Ok(());
    }
    let (attempt, score) = (fact.attempt, fact.score);
    work.tell(Settled { enrolment: fact.enrolment, attempt, score, passed: fact.passed })
}
