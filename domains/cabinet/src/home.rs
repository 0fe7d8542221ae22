//! The cabinet: the programme that goes on, its plan with the attestation at the end, the other programmes.
use accounts::Visit;
use accounts::frame::Frame;
use admissions::{Enrolment, State};
use attestation::photo_is_waited_for;
use attestation::rule::{Refusal, admit};
use attestation::{Line, Standing, WorkState, admission_facts, of_enrolment};
use learning::{Plan, PlanModule};
use maud::{Markup, html};
use meetings::{Meeting, State as Planned};
use programmes::ModuleTest;
use store::{Db, Stored};
use trainer::{Attempt, Mode};
use uuid::Uuid;
use web::guilloche::{self, Fine};
use web::parts::{Tone, icon};
use web::{Reply, parts};
use words::{Day, Moment, count};

/// One programme of the learner's with all that the page says of it.
struct Study {
    plan: Plan,
    admission: Result<i64, Refusal>,
    open: Option<Uuid>,
    results: Vec<Line>,
    standing: Standing,
    /// Lessons and consultations to come, the nearest first.
    meetings: Vec<Meeting>,
    /// A passed attestation waits until a person has seen its photo.
    photo_waits: bool,
}

impl Study {
    /// Whether the test is passed and the commission's part is still to come.
    fn owes_work(&self) -> bool {
        self.plan.version.content.attestation.written.is_some()
            && self.results.iter().any(|line| line.awaits_work)
            && self.standing.written != Some(WorkState::Passed)
    }
}

pub(crate) async fn show(visit: Visit) -> Reply {
    let (person, now) = (visit.person()?, visit.now);
    let studies = visit.read(move |db| load(db, person, now)).await?;
    visit.page("Обучение", Frame::Cabinet("/cabinet"), page(&visit, &studies))
}

fn to_come(db: &mut Db, enrolment: &Enrolment, now: Moment) -> Stored<Vec<Meeting>> {
    let mut meetings = Meeting::of_enrolment(db, enrolment)?;
    meetings.retain(|one| {
        one.state == Planned::Scheduled && one.starts.is_some_and(|at| at.plus_minutes(one.minutes) > now)
    });
    meetings.sort_by_key(|one| one.starts);
    Ok(meetings)
}

fn load(db: &mut Db, person: Uuid, now: Moment) -> Stored<Vec<Study>> {
    Enrolment::all_of(db, person)?
        .into_iter()
        .map(|enrolment| {
            let plan = Plan::load(db, enrolment)?;
            let attempts = Attempt::all_of(db, plan.enrolment.id, Mode::Attestation)?;
            let by_modules = Attempt::all_of(db, plan.enrolment.id, Mode::Intermediate)?;
            let standing = Standing::of(db, plan.enrolment.id)?;
            Ok(Study {
                admission: admit(&admission_facts(&plan, &attempts, &standing, now.day())),
                open: attempts
                    .iter()
                    .chain(&by_modules)
                    .find(|attempt| !attempt.is_over(now))
                    .map(|attempt| attempt.id),
                results: of_enrolment(db, plan.enrolment.id)?,
                meetings: to_come(db, &plan.enrolment, now)?,
                photo_waits: photo_is_waited_for(db, plan.enrolment.id)?,
                standing,
                plan,
            })
        })
        .collect()
}

fn page(visit: &Visit, studies: &[Study]) -> Markup {
    let current = studies.iter().find(|study| study.plan.enrolment.state == State::Active);
    let others: Vec<_> = studies
        .iter()
        .filter(|study| current.is_none_or(|now| now.plan.enrolment.id != study.plan.enrolment.id))
        .collect();
    html! {
        main.wrap #main {
            (parts::island("deliver.js"))
            div.page-head { h1 { "Обучение" } }
            @if studies.is_empty() { (parts::empty("Здесь появится программа, на которую вас зачислят.", Some(("/", "Выбрать программу")))) }
            div.home {
                div.gap-l.stack {
                    @if let Some(study) = current { (now(study, visit.today())) (plan(study, visit.today())) }
                    @if !others.is_empty() {
                        section aria-labelledby="other" {
                            h2 id="other" { @if current.is_some() { "Другие программы" } @else { "Ваши программы" } }
                            ul.mt-1.lines.l { @for study in others { (other(study, visit)) } }
                        }
                    }
                }
                @if let Some(study) = current { (aside(study, visit)) }
            }
        }
    }
}

fn now(study: &Study, today: Day) -> Markup {
    let Plan { enrolment, version, modules } = &study.plan;
    let content = &version.content;
    let done = study.plan.modules_done();
    html! {
        section.panel.now aria-labelledby="cur" {
            div.art { (guilloche::rosette(&content.code, Fine::Large)) }
            p.label { (content.kind.russian()) " · " (content.hours_in_words()) }
            h2 id="cur" { (content.title) }
            div.track role="img" aria-label={ "Пройдено модулей: " (done) " из " (modules.len()) } {
                @for module in modules { @let (read, all) = module.progress(); progress max=(all.max(1)) value=(read) {} }
            }
            p.mt-2.small.muted { (done) " из " (count(i64::try_from(modules.len()).unwrap_or(0), ["модуля", "модулей", "модулей"])) }
            @match (study.open, study.plan.next()) {
                _ if enrolment.held => {
                    p.next { span.label { "Дальше" } b { "Откроется, когда руководитель подпишет приказ" } }
                }
                _ if enrolment.starts > today => {
                    p.next { span.label { "Дальше" } b { "Обучение начнётся " (enrolment.starts.shown(today)) } }
                }
                (Some(attempt), _) => {
                    p.next { span.label { "Идёт аттестация" } b { "Вернитесь к вопросам" } }
                    div.cluster { (go(&format!("/attempts/{attempt}/questions/1"), "Продолжить")) }
                }
                (None, Some(step)) => {
                    p.next { span.label { "Дальше" } b { (step.resource.title) } }
                    div.cluster {
                        (go(&format!("/studies/{}/materials/{}", enrolment.id, step.resource.id), "Продолжить"))
                        span.small.muted { "Доступ до " (enrolment.ends.shown(today)) }
                    }
                }
                (None, None) if study.standing.modules_left(content) > 0 => {
                    @if let Some(module) = content.modules.iter().find(|one| one.test.is_some() && !study.standing.modules.contains_key(&one.code)) {
                        p.next { span.label { "Дальше" } b { "Промежуточная аттестация: " (module.title) } }
                        div.cluster { (go(&format!("/studies/{}/modules/{}/attestation", enrolment.id, module.code), "К аттестации")) }
                    }
                }
                (None, None) if study.photo_waits && !study.owes_work() => {
                    p.next { span.label { "Дальше" } b { "Методист сверяет ваш снимок с документом" } }
                    p.small.muted { "Аттестация сдана. Документ выдадим после этого." }
                }
                (None, None) if study.owes_work() => {
                    p.next { span.label { "Дальше" } b { (content.attestation.written.as_ref().map_or("", |written| written.title.as_str())) } }
                    div.cluster { (go(&format!("/studies/{}/work", enrolment.id), if study.standing.written == Some(WorkState::Waits) { "Посмотреть" } else { "Сдать работу" })) }
                }
                (None, None) => {
                    p.next { span.label { "Дальше" } b { "Итоговая аттестация" } }
                    div.cluster {
                        (go(&format!("/studies/{}/attestation", enrolment.id), "К аттестации"))
                        a.btn href={ "/studies/" (enrolment.id) "/training" } { "Потренироваться" }
                    }
                }
            }
        }
    }
}

fn go(address: &str, words: &str) -> Markup {
    html! { a.btn.primary href=(address) { (words) (icon("arrow-right")) } }
}

fn plan(study: &Study, today: Day) -> Markup {
    let Plan { enrolment, version, modules } = &study.plan;
    let package = &version.content.attestation;
    let begun = enrolment.starts <= today && !enrolment.held;
    let next = study.plan.next().filter(|_| begun).map(|step| step.resource.module.clone());
    html! {
        section aria-labelledby="plan" {
            div.split { h2 id="plan" { "План программы" } @if begun { a.more href={ "/studies/" (enrolment.id) "/training" } { (icon("target")) "Тренировка" } } }
            ol.mt-2.mods.lines.l {
                @for module in modules {
                    (module_row(module, begun.then_some(enrolment.id), next.as_deref() == Some(&module.code), due(study, &module.code)))
                    @if let Some(test) = version.content.module(&module.code).and_then(|one| one.test) { (test_row(study, module, test)) }
                }
                li.lock[study.admission.is_err() && study.open.is_none()] {
                    span.st { @if study.admission.is_err() && study.open.is_none() { (icon("lock")) } }
                    div {
                        a href={ "/studies/" (enrolment.id) "/attestation" } { "Итоговая аттестация" }
                        span.blk.small.muted {
                            (count(i64::from(package.minutes + study.standing.extra_minutes), ["минута", "минуты", "минут"]))
                            @if study.open.is_some() { ". Идёт сейчас" } @else if let Err(refusal) = &study.admission { ". " (refusal.sentence(today)) }
                        }
                    }
                    span.small.muted.num { (count(i64::try_from(version.content.questions()).unwrap_or(0), ["вопрос", "вопроса", "вопросов"])) }
                }
            }
        }
    }
}

/// By when the calendar graph has this module studied; nothing once study is over.
fn due(study: &Study, code: &str) -> Option<Day> {
    let Plan { enrolment, version, .. } = &study.plan;
    let place = version.content.modules.iter().position(|module| module.code == code)?;
    let (_, last) = version.content.calendar().get(place).copied()?;
    Some(enrolment.starts.plus(last - 1).min(enrolment.ends))
}

/// A module with the way into it; before the first day there is none.
fn module_row(module: &PlanModule, enrolment: Option<Uuid>, current: bool, due: Option<Day>) -> Markup {
    let (read, all) = module.progress();
    let done = module.is_done();
    let first = module.steps.iter().find(|step| !step.done).or(module.steps.first());
    html! {
        li.done[done].now-li[current && !done] {
            span.st { @if done { (icon("check")) } }
            @match enrolment.zip(first) {
                Some((enrolment, step)) => {
                    a href={ "/studies/" (enrolment) "/materials/" (step.resource.id) } {
                        @if current { b { (module.title) } } @else { (module.title) }
                        span.sr { @if done { ", пройден" } @else if current { ", в работе" } @else { ", не начат" } }
                        @if let (Some(day), false) = (due, done) { span.blk.small.muted { "По графику до " (day.day()) " " (day.month_short()) } }
                    }
                }
                None => { span { (module.title) } }
            }
            span.small.muted.num { (read) " из " (all) }
        }
    }
}

/// The intermediate attestation of a module, under the module.
fn test_row(study: &Study, module: &PlanModule, test: ModuleTest) -> Markup {
    let passed = study.standing.modules.get(&module.code);
    html! {
        li.done[passed.is_some()].lock[passed.is_none() && !module.is_done()] {
            span.st { @if passed.is_some() { (icon("check")) } @else if !module.is_done() { (icon("lock")) } }
            div {
                a href={ "/studies/" (study.plan.enrolment.id) "/modules/" (module.code) "/attestation" } { "Промежуточная аттестация" span.sr { ": " (module.title) } }
                span.blk.small.muted { @match passed { Some(score) => { "Пройдена, " (score) } None => { (count(i64::from(test.minutes + study.standing.extra_minutes), ["минута", "минуты", "минут"])) } } }
            }
            span.small.muted.num { (count(i64::try_from(test.questions).unwrap_or(0), ["вопрос", "вопроса", "вопросов"])) }
        }
    }
}

fn other(study: &Study, visit: &Visit) -> Markup {
    let content = &study.plan.version.content;
    html! {
        li.doc {
            (guilloche::tile(&content.code))
            div.body {
                p { strong { (content.title) } }
                p.small.muted {
                    @if study.plan.enrolment.state == State::Expelled { "Обучение прекращено" }
                    @else { @match (study.plan.enrolment.completed, study.results.iter().rfind(|line| line.passed)) {
                        (_, Some(line)) => { "Сдано " (line.at.shown(visit.now)) " · " a href={ "/attempts/" (line.attempt) } { (line.score) } }
                        (Some(day), None) => { "Завершено " (day.shown(visit.today())) }
                        (None, None) => { "Доступ до " (study.plan.enrolment.ends.shown(visit.today())) " · " (content.hours_in_words()) }
                    } }
                }
                @if let (State::Completed, true, Some(step)) = (study.plan.enrolment.state, study.plan.enrolment.is_open(visit.today()), study.plan.modules.iter().find_map(|module| module.steps.first())) {
                    p.small { a href={ "/studies/" (study.plan.enrolment.id) "/materials/" (step.resource.id) } { "Материалы, до " (study.plan.enrolment.ends.shown(visit.today())) } }
                }
            }
            @if study.plan.enrolment.state != State::Active { a.btn href="/papers" { (icon("file-badge")) span { "Документы" } } }
            @else if let Some(step) = study.plan.next() { a.btn href={ "/studies/" (study.plan.enrolment.id) "/materials/" (step.resource.id) } { "Продолжить" } }
            @else { a.btn href={ "/studies/" (study.plan.enrolment.id) "/attestation" } { "К аттестации" } }
        }
    }
}

fn aside(study: &Study, visit: &Visit) -> Markup {
    let (ends, today) = (study.plan.enrolment.ends, visit.today());
    html! {
        aside.side aria-label="Ближайшее" {
            section aria-labelledby="soon" {
                h2.h-s id="soon" { "Ближайшее" }
                ul.lines.l {
                    @for (at, one) in study.meetings.iter().filter_map(|one| Some((one.starts?, one))) { (event(at.day(), one.title(), &format!("{}, {}", at.time(), one.place))) }
                    @if study.plan.enrolment.starts > today { (event(study.plan.enrolment.starts, "Начало обучения", "")) }
                    @if let (None, Err(Refusal::TooEarly(day) | Refusal::Pause(day) | Refusal::NotOpen(day))) = (study.open, &study.admission) { (event(*day, "Откроется аттестация", "")) }
                    (event(ends, "Последний день доступа", &format!("Осталось {}", count(today.until(ends), ["день", "дня", "дней"]))))
                }
            }
            @for line in study.results.iter().rev().take(1).filter(|line| !line.passed && !line.awaits_work && !line.annulled) {
                (parts::note(Tone::Warn, "history", &html! { p { a href={ "/attempts/" (line.attempt) } { "Прошлая попытка: " (line.score) } ". Повторите ошибки в тренировке." } }))
            }
            div.stack {
                p { a.more href={ "/studies/" (study.plan.enrolment.id) "/meetings" } { (icon("calendar")) "Занятия и консультации" } }
                p { a.more href={ "/studies/" (study.plan.enrolment.id) "/mailing" } { (icon("mail")) "Материалы на почту" } }
            }
        }
    }
}

fn event(day: Day, what: &str, more: &str) -> Markup {
    html! {
        li.ev {
            p.d { b.num { (day.day()) } span { (day.month_short()) } }
            div { p.med { (what) } @if !more.is_empty() { p.small.muted { (more) } } }
        }
    }
}
