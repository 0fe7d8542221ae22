//! Before the attestation: its rules, whether one is admitted, and the beginning, decided and stored in one unit.
use accounts::Visit;
use accounts::frame::Frame;
use admissions::{Enrolment, State};
use axum::extract::Path;
use learning::Plan;
use maud::{Markup, html};
use programmes::{Identification, Show};
use serde::Deserialize;
use store::{Db, Stored, Work};
use trainer::{Attempt, Mode, Ready};
use uuid::Uuid;
use web::parts::{Tone, icon};
use web::{Messages, Posted, Reply, parts, see_other};
use words::{Day, Email, Moment, count};

use crate::photo::Photo;
use crate::rule::{Facts, Refusal, admit};
use crate::standing::extra_minutes;
use crate::{Standing, camera, identify};

const FRAME: Frame = Frame::Cabinet("/cabinet");

pub(crate) async fn show(visit: Visit, Path(enrolment): Path<Uuid>) -> Reply {
    let (person, now) = (visit.person()?, visit.now);
    let (before, admission, open) = visit
        .read(move |db| {
            let before = Before::of(db, person, enrolment, now)?;
            let attempts = Attempt::all_of(db, enrolment, Mode::Attestation)?;
            let admission = admit(&facts(&before.plan, &attempts, &before.standing, now.day()));
            Ok((before, admission, open_attempt(&attempts, now)))
        })
        .await?;
    let body = page(&visit, &before, &admission, open, None, &Messages::none());
    visit.page("Итоговая аттестация", FRAME, body)
}

#[derive(Deserialize)]
pub(crate) struct Begin {
    /// Where one is asked for.
    #[serde(default)]
    code: String,
}

/// What became of the wish to begin.
enum Begun {
    Attempt(Uuid),
    Refused,
    /// The code by letter is not right: which attempt it would be, and why.
    Unknown(i64, &'static str),
    /// No photo that is good yet; which attempt it would be.
    NoPhoto(i64),
    /// The bank cannot fill the ticket: said to the learner, seen in the log by the staff.
    Short(String),
}

pub(crate) async fn submit(
    visit: Visit,
    Path(enrolment): Path<Uuid>,
    Posted { form, .. }: Posted<Begin>,
) -> Reply {
    let (person, now) = (visit.person()?, visit.now);
    let again = async |number: i64, wrong: Option<&str>, said: &Messages| {
        let before = visit.read(move |db| Before::of(db, person, enrolment, now)).await?;
        let body = page(&visit, &before, &Ok(number), None, wrong, said);
        visit.again("Итоговая аттестация", FRAME, body)
    };
    let seed = trainer::seed();
    let wish = visit.read(move |db| Wish::of(db, person, enrolment, now, seed)).await?;
    let wish = if matches!(wish, Wish::Overdue) {
        // Its time is over, and it is not closed yet.
        visit.write(move |work| trainer::close_overdue(work, enrolment)).await?;
        visit.read(move |db| Wish::of(db, person, enrolment, now, seed)).await?
    } else {
        wish
    };
    let begun = match wish {
        Wish::Overdue => Begun::Refused,
        Wish::Settled(begun) => begun,
        Wish::Granted(granted) => {
            visit.write(move |work| begin(work, enrolment, &granted, &form.code)).await?
        }
    };
    match begun {
        Begun::Attempt(attempt) => Ok(see_other(&format!("/attempts/{attempt}/questions/1"))),
        Begun::Refused => Ok(see_other(&format!("/studies/{enrolment}/attestation"))),
        Begun::NoPhoto(number) => {
            again(number, None, &Messages::one("file", "Снимок: он больше не действует, сделайте новый"))
                .await
        }
        Begun::Unknown(number, why) => again(number, None, &Messages::one("code", why)).await,
        Begun::Short(why) => {
            tracing::error!(%enrolment, why, "a ticket cannot be drawn");
            again(1, Some(SHORT), &Messages::none()).await
        }
    }
}

/// A wish to begin, looked at beside the writer: on an attestation day all come in the same second.
enum Wish {
    /// An attempt is to be closed first.
    Overdue,
    /// There is nothing to write.
    Settled(Begun),
    Granted(Box<Granted>),
}

/// Admitted, with all that a beginning needs.
struct Granted {
    ready: Ready,
    person: Uuid,
    number: i64,
    /// Attempts that there were, and minutes given above the package's.
    before: usize,
    extra: u32,
    /// A code is asked for; a methodist has let in without; the photo.
    asked: bool,
    waived: bool,
    photo: Option<Photo>,
}

impl Wish {
    fn of(db: &mut Db, person: Uuid, enrolment: Uuid, now: Moment, seed: u64) -> Stored<Self> {
        let plan = Plan::of(db, person, enrolment)?;
        let attempts = Attempt::all_of(db, enrolment, Mode::Attestation)?;
        // A second tab, a double click, another device: all come to the one open attempt.
        if let Some(open) = open_attempt(&attempts, now) {
            return Ok(Self::Settled(Begun::Attempt(open)));
        }
        if attempts.iter().any(|attempt| attempt.finished.is_none()) {
            return Ok(Self::Overdue);
        }
        let standing = Standing::of(db, enrolment)?;
        let Ok(number) = admit(&facts(&plan, &attempts, &standing, now.day())) else {
            return Ok(Self::Settled(Begun::Refused));
        };
        let content = &plan.version.content;
        let waived = identify::is_waived(db, enrolment, now)?;
        let photo = if !waived && content.attestation.identification == Identification::Photo {
            let Some(photo) = Photo::fresh(db, enrolment, now)? else {
                return Ok(Self::Settled(Begun::NoPhoto(number)));
            };
            Some(photo)
        } else {
            None
        };
        let asked = !waived && identify::asked(db, person, content)?.is_some();
        Ok(match Ready::attestation(db, &plan.enrolment, content, standing.extra_minutes, seed)? {
            Ok(ready) => {
                let before = attempts.len();
                let extra = standing.extra_minutes;
                Self::Granted(Box::new(Granted {
                    ready,
                    person,
                    number,
                    before,
                    extra,
                    asked,
                    waived,
                    photo,
                }))
            }
            Err(short) => Self::Settled(Begun::Short(short.to_string())),
        })
    }
}

/// Begins, unless somebody has begun since.
fn begin(work: &mut Work, enrolment: Uuid, granted: &Granted, code: &str) -> Stored<Begun> {
    let Granted { ready, person, number, before, extra, asked, waived, photo } = granted;
    let attempts = Attempt::all_of(work, enrolment, Mode::Attestation)?;
    if let Some(open) = open_attempt(&attempts, work.now()) {
        return Ok(Begun::Attempt(open));
    }
    // What was given, or taken away, since it was looked at: the page says how it stands now.
    let now = Enrolment::of(work, *person, enrolment)?;
    let as_before = now.state == State::Active && now.is_open(work.today()) && !now.held;
    if attempts.len() != *before || !as_before || extra_minutes(work, enrolment)? != *extra {
        return Ok(Begun::Refused);
    }
    if let Some(photo) = photo
        && !photo.is_free(work)?
    {
        return Ok(Begun::NoPhoto(*number));
    }
    if *asked && let Some(why) = identify::refusal(work, enrolment, code)? {
        return Ok(Begun::Unknown(*number, why));
    }
    let attempt = ready.begin(work)?;
    if *asked || *waived {
        identify::used(work, enrolment)?;
    }
    if let Some(photo) = photo {
        photo.attach(work, attempt)?;
    }
    let how = match (asked, waived, photo.as_ref().map(|photo| photo.file.is_some())) {
        (true, ..) => "пароль и код по почте",
        (false, true, _) => "пароль, остальное снял методист",
        (false, false, Some(true)) => "пароль и снимок: его сверит методист",
        (false, false, Some(false)) => "пароль, без камеры: узнает методист",
        (false, false, None) => "пароль",
    };
    work.note_with("attempt.identified", attempt, Some(how))?;
    Ok(Begun::Attempt(attempt))
}

/// Whether this learner might begin just now.
pub(crate) fn is_admitted(db: &mut Db, person: Uuid, enrolment: Uuid, now: Moment) -> Stored<bool> {
    let plan = Plan::of(db, person, enrolment)?;
    let attempts = Attempt::all_of(db, enrolment, Mode::Attestation)?;
    let standing = Standing::of(db, enrolment)?;
    Ok(open_attempt(&attempts, now).is_none()
        && admit(&facts(&plan, &attempts, &standing, now.day())).is_ok())
}

/// The same page with what is wrong.
pub(crate) async fn again(visit: &Visit, enrolment: Uuid, said: &Messages) -> Reply {
    let (person, now) = (visit.person()?, visit.now);
    let (before, admission) = visit
        .read(move |db| {
            let before = Before::of(db, person, enrolment, now)?;
            let attempts = Attempt::all_of(db, enrolment, Mode::Attestation)?;
            let admission = admit(&facts(&before.plan, &attempts, &before.standing, now.day()));
            Ok((before, admission))
        })
        .await?;
    visit.again("Итоговая аттестация", FRAME, page(visit, &before, &admission, None, None, said))
}

pub(crate) const SHORT: &str =
    "Билет не составить: в банке не хватает вопросов. Напишите методисту, попытка не потрачена";

/// What stands before an attestation.
struct Before {
    plan: Plan,
    standing: Standing,
    /// Where a code goes, when one is asked for; and whether one is on its way.
    code_to: Option<Email>,
    code_sent: bool,
    /// A photo is asked for; and the one that is good now.
    asks_photo: bool,
    photo: Option<Photo>,
}

impl Before {
    fn of(db: &mut Db, person: Uuid, enrolment: Uuid, now: Moment) -> Stored<Self> {
        let plan = Plan::of(db, person, enrolment)?;
        Ok(Self {
            standing: Standing::of(db, enrolment)?,
            code_to: if identify::is_waived(db, enrolment, now)? {
                None
            } else {
                identify::asked(db, person, &plan.version.content)?
            },
            code_sent: identify::is_sent(db, enrolment, now)?,
            asks_photo: plan.version.content.attestation.identification == Identification::Photo
                && !identify::is_waived(db, enrolment, now)?,
            photo: Photo::fresh(db, enrolment, now)?,
            plan,
        })
    }
}

fn open_attempt(attempts: &[Attempt], now: Moment) -> Option<Uuid> {
    attempts.iter().find(|attempt| !attempt.is_over(now)).map(|attempt| attempt.id)
}

/// What the rule of admission looks at, from the plan, the attempts made so far and what was given above the rules.
pub fn facts(plan: &Plan, attempts: &[Attempt], standing: &Standing, today: Day) -> Facts {
    let content = &plan.version.content;
    let ended = |attempt: &Attempt| attempt.finished.or(attempt.deadline).unwrap_or(attempt.started).day();
    Facts {
        today,
        starts: plan.enrolment.starts,
        ends: plan.enrolment.ends,
        days: content.days(),
        studied: plan.progress(),
        attempts: attempts.iter().filter(|one| one.annulled != Some(true)).map(ended).collect(),
        attempts_allowed: content.attestation.attempts + standing.extra_attempts,
        pause_days: content.attestation.pause_days,
        passed: attempts.iter().any(|attempt| attempt.passed == Some(true)),
        expelled: plan.enrolment.state == admissions::State::Expelled,
        modules_left: standing.modules_left(content),
        rehearsal: content
            .attestation
            .rehearsal_percent
            .map(|needed| (i64::from(needed), standing.rehearsal)),
        held: plan.enrolment.held,
        window: (content.attestation.opens, content.attestation.closes),
    }
}

/// The button that begins; where a code is asked for, its field, and the button that sends one.
fn beginning(visit: &Visit, before: &Before, said: &Messages) -> Markup {
    if before.asks_photo {
        return camera::before(before.plan.enrolment.id, before.photo.as_ref(), said);
    }
    let address = format!("/studies/{}/attestation", before.plan.enrolment.id);
    let Some(to) = &before.code_to else {
        return parts::form(&address, "", &parts::submit("Начать аттестацию"));
    };
    let send = format!("{address}/code");
    html! {
        (parts::summary(said))
        @if before.code_sent {
            p { "Мы отправили код на " strong { (to.as_str()) } ". Он действует 15 минут." }
            @if visit.house.demo { p { a href="/demo/letters" target="_blank" { "Письма демонстрации" } } }
            (parts::form(&address, "form", &html! {
                (parts::field("code", "Код из письма", "").digits().autocomplete("one-time-code").longest(12).told(said))
                div { (parts::submit("Начать аттестацию")) }
            }))
            (parts::form(&send, "", &html! { p.small.muted { "Письма нет? Проверьте папку «Спам» или " button.as-link type="submit" { "получите новый код" } "." } }))
        } @else {
            p { "Чтобы убедиться, что сдаёте вы, пришлём код на " strong { (to.as_str()) } "." }
            (parts::form(&send, "", &parts::submit("Получить код")))
        }
    }
}

fn page(
    visit: &Visit,
    before: &Before,
    admission: &Result<i64, Refusal>,
    open: Option<Uuid>,
    wrong: Option<&str>,
    said: &Messages,
) -> Markup {
    let Before { plan, standing, .. } = before;
    let package = &plan.version.content.attestation;
    let total = plan.version.content.questions();
    let allowed = package.attempts + standing.extra_attempts;
    let number = |n: usize| i64::try_from(n).unwrap_or(0);
    html! {
        main.wrap #main {
            p.crumb { a href="/cabinet" { "Обучение" } " · " span.muted { (plan.version.content.title) } }
            div.page-head { h1 { "Итоговая аттестация" } }
            div.stack {
                @if let Some(wrong) = wrong { (parts::note(Tone::Warn, "triangle-alert", &html! { p { (wrong) } })) }
                dl.key-facts {
                    dt { "Вопросов" } dd { (total) }
                    dt { "Время" } dd { (count(i64::from(package.minutes + standing.extra_minutes), ["минута", "минуты", "минут"])) ", идёт и после закрытия страницы" }
                    dt { "Нужно верных" } dd { (package.threshold().needed(total)) " из " (total) }
                    dt { "Попыток" } dd { (allowed) ", между ними " (count(package.pause_days, ["день", "дня", "дней"])) }
                }
                p {
                    "Ответы сохраняются сами, " @if package.is_one_by_one() { "вопросы идут один за другим: " strong { "вернуться к прошлому нельзя" } ". " } @else { "к вопросам можно возвращаться. " }
                    @if let Some(seconds) = package.seconds_each_with(standing.extra_minutes) { "На каждый вопрос " (count(i64::from(seconds), ["секунда", "секунды", "секунд"])) ". " }
                    @match package.show { Show::Answers => "Верные ответы увидите после завершения.", Show::Passed => "Верные ответы увидите, когда сдадите.", Show::Score => "После завершения увидите баллы." }
                    @if package.critical { " Среди вопросов есть критические: ошибка в таком — не сдано." }
                }
                @match (open, admission) {
                    (Some(attempt), _) => {
                        (parts::note(Tone::Plain, "clock", &html! { p { "Аттестация идёт. Продолжите с того места, где остановились." } }))
                        p { a.btn.primary href={ "/attempts/" (attempt) "/questions/1" } { "Продолжить" (icon("arrow-right")) } }
                    }
                    (None, Ok(n)) => {
                        p.small.muted { "Попытка " (n) " из " (allowed) ". " (count(number(total), ["вопрос", "вопроса", "вопросов"])) "." }
                        (beginning(visit, before, said))
                    }
                    (None, Err(Refusal::AlreadyPassed)) if package.written.is_some() => {
                        (parts::note(Tone::Ok, "circle-check", &html! { p { "Тест сдан." } }))
                        p { a.btn.primary href={ "/studies/" (plan.enrolment.id) "/work" } { "К письменной работе" (icon("arrow-right")) } }
                    }
                    (None, Err(refusal)) => {
                        (parts::note(Tone::Warn, "lock", &html! { p { (refusal.sentence(visit.today())) "." } }))
                        p { a.btn href="/cabinet" { "К программе" } " " a.btn.quiet href={ "/studies/" (plan.enrolment.id) "/training" } { "Потренироваться" } }
                    }
                }
            }
        }
    }
}
