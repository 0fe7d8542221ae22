//! Intermediate attestation by a module (п. 4.3.5): admitted when its materials are studied, repeated until it is passed.
use accounts::Visit;
use accounts::frame::Frame;
use admissions::State;
use axum::extract::Path;
use learning::Plan;
use maud::{Markup, html};
use programmes::{Module, ModuleTest};
use serde::Deserialize;
use store::{Db, Fault, Stored};
use trainer::{Attempt, Mode, Ready};
use uuid::Uuid;
use web::parts::{Tone, icon};
use web::{Posted, Reply, parts, see_other};
use words::{Moment, count};

use crate::Standing;
use crate::rule::{ModuleFacts, Refusal, admit_to_module};

const FRAME: Frame = Frame::Cabinet("/cabinet");

struct Before {
    plan: Plan,
    module: Module,
    test: ModuleTest,
    standing: Standing,
    /// The attempt that goes on, of this module or of another.
    open: Option<Attempt>,
    made: usize,
}

fn load(db: &mut Db, person: Uuid, enrolment: Uuid, code: &str, now: Moment) -> Stored<Before> {
    let plan = Plan::of(db, person, enrolment)?;
    let module = plan.version.content.module(code).cloned().ok_or(Fault::Missing)?;
    let test = module.test.ok_or(Fault::Missing)?;
    let standing = Standing::of(db, enrolment)?;
    let attempts = Attempt::all_of(db, enrolment, Mode::Intermediate)?;
    let made = attempts.iter().filter(|one| one.module.as_deref() == Some(code)).count();
    let open = attempts.into_iter().find(|one| !one.is_over(now));
    Ok(Before { plan, module, test, standing, open, made })
}

impl Before {
    fn admission(&self, now: Moment) -> Result<(), Refusal> {
        let enrolment = &self.plan.enrolment;
        let steps = self.plan.modules.iter().find(|one| one.code == self.module.code);
        admit_to_module(&ModuleFacts {
            today: now.day(),
            starts: enrolment.starts,
            ends: enrolment.ends,
            studied: steps.map_or((0, 0), learning::PlanModule::progress),
            passed: self.standing.modules.contains_key(&self.module.code),
            expelled: enrolment.state == State::Expelled,
            held: enrolment.held,
        })
    }
}

pub(crate) async fn show(visit: Visit, Path((enrolment, module)): Path<(Uuid, String)>) -> Reply {
    let (person, now) = (visit.person()?, visit.now);
    let before = visit.read(move |db| load(db, person, enrolment, &module, now)).await?;
    visit.page("Промежуточная аттестация", FRAME, page(&visit, &before, None))
}

#[derive(Deserialize)]
pub(crate) struct Begin {}

enum Begun {
    Attempt(Uuid),
    Refused,
    Short(String),
}

pub(crate) async fn submit(
    visit: Visit,
    Path((enrolment, module)): Path<(Uuid, String)>,
    Posted { .. }: Posted<Begin>,
) -> Reply {
    let (person, seed, now, code) = (visit.person()?, trainer::seed(), visit.now, module.clone());
    let begun = visit
        .write(move |work| {
            trainer::close_overdue(work, enrolment)?;
            let now = work.now();
            let before = load(work, person, enrolment, &code, now)?;
            if let Some(open) = &before.open {
                return Ok(Begun::Attempt(open.id));
            }
            if before.admission(now).is_err() {
                return Ok(Begun::Refused);
            }
            let Before { plan, module, test, standing, .. } = before;
            let content = &plan.version.content;
            let (of, extra) = ((&module, test), standing.extra_minutes);
            Ok(match Ready::intermediate(work, &plan.enrolment, content, of, extra, seed)? {
                Ok(ready) => Begun::Attempt(ready.begin(work)?),
                Err(short) => Begun::Short(short.to_string()),
            })
        })
        .await?;
    match begun {
        Begun::Attempt(attempt) => Ok(see_other(&format!("/attempts/{attempt}/questions/1"))),
        Begun::Refused => Ok(see_other(&format!("/studies/{enrolment}/modules/{module}/attestation"))),
        Begun::Short(why) => {
            tracing::error!(%enrolment, module, why, "a ticket cannot be drawn");
            let before = visit.read(move |db| load(db, person, enrolment, &module, now)).await?;
            visit.again("Промежуточная аттестация", FRAME, page(&visit, &before, Some(crate::begin::SHORT)))
        }
    }
}

fn page(visit: &Visit, before: &Before, wrong: Option<&str>) -> Markup {
    let Before { plan, module, test, standing, open, made } = before;
    let address = format!("/studies/{}/modules/{}/attestation", plan.enrolment.id, module.code);
    html! {
        main.wrap #main {
            p.crumb { a href="/cabinet" { "Обучение" } " · " span.muted { (plan.version.content.title) } }
            div.page-head { p.label { "Промежуточная аттестация" } h1 { (module.title) } }
            div.stack {
                @if let Some(wrong) = wrong { (parts::note(Tone::Warn, "triangle-alert", &html! { p { (wrong) } })) }
                dl.key-facts {
                    dt { "Вопросов" } dd { (test.questions) }
                    dt { "Время" } dd { (count(i64::from(test.minutes + standing.extra_minutes), ["минута", "минуты", "минут"])) }
                    dt { "Нужно верных" } dd { (marking::Threshold::Percent(test.threshold_percent).needed(test.questions)) " из " (test.questions) }
                    @if *made > 0 { dt { "Попыток сделано" } dd { (made) } }
                }
                @match (open, before.admission(visit.now)) {
                    (Some(attempt), _) => {
                        (parts::note(Tone::Plain, "clock", &html! { p { (attempt.rules.title) ": аттестация идёт. Продолжите с того места, где остановились." } }))
                        p { a.btn.primary href={ "/attempts/" (attempt.id) "/questions/1" } { "Продолжить" (icon("arrow-right")) } }
                    }
                    (None, Ok(())) => {
                        p { "Сдавать можно, пока не пройдёте. Верные ответы увидите, когда сдадите." }
                        (parts::form(&address, "", &parts::submit("Начать")))
                    }
                    (None, Err(refusal)) => {
                        (parts::note(Tone::Warn, "lock", &html! { p { (refusal.sentence(visit.today())) "." } }))
                        p { a.btn href="/cabinet" { "К программе" } }
                    }
                }
            }
        }
    }
}
