//! Answers that were given in time and came when even the grace was over: a person decides whether they count, where the package leaves it to
//! people (п. 3.5). What they say nobody can change.
use accounts::Visit;
use accounts::frame::Frame;
use accounts::person::Person;
use axum::extract::Path;
use marking::Score;
use maud::{Markup, html};
use programmes::Late;
use serde::Deserialize;
use serde_json::json;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::parts::Tone;
use web::{Messages, Posted, Reply, parts, see_other};
use words::{FullName, Moment, count};

use crate::chain::{self, Kept, LateAnswer, steps};
use crate::finish::{is_passed, score_of};
use crate::remark::{Why, anew};
use crate::result::{Outcome, outcome};
use crate::{Attempt, Sheet, has_seen, replay};

const SECTION: Frame = Frame::Office("/results");
const LONGEST: usize = 1000;

/// Attempts whose late answers wait for a decision, the latest first.
pub fn waiting(db: &mut Db) -> Stored<Vec<(Attempt, FullName)>> {
    let waiting: Vec<Uuid> = db.all(
        "select id from attempt where late > 0 and passed = ?1 and annulled is null order by finished_at desc, id",
        values![false],
        |row| row.get(0),
    )?;
    waiting
        .into_iter()
        .map(|id| {
            let attempt = Attempt::find(db, id)?;
            let name = Person::find(db, attempt.person)?.name;
            Ok((attempt, name))
        })
        .filter(|found| found.as_ref().map_or(true, |(attempt, _)| attempt.rules.late != Some(Late::Never)))
        .collect()
}

struct Found {
    outcome: Outcome,
    name: FullName,
    late: Vec<Kept>,
    /// What it would come to if they were accepted.
    accepted: (Score, bool),
    /// The keys were looked at.
    seen: bool,
    refusal: Option<&'static str>,
}

fn find(db: &mut Db, id: Uuid) -> Stored<Found> {
    let attempt = Attempt::find(db, id)?;
    if !attempt.mode.counts() || attempt.finished.is_none() {
        return Err(Fault::Missing);
    }
    let refusal = refusal(&attempt);
    let late = steps(db, id)?.into_iter().filter(|step| step.kind == "late").collect();
    let name = Person::find(db, attempt.person)?.name;
    let seen = has_seen(db, id)?;
    let marks = Sheet::if_accepted(db, &attempt)?.marks(db, &attempt)?;
    let accepted = (score_of(&marks), attempt.passed == Some(true) || is_passed(&attempt, &marks));
    Ok(Found { outcome: outcome(db, attempt.person, id)?, name, late, accepted, seen, refusal })
}

/// Why they cannot be accepted.
fn refusal(attempt: &Attempt) -> Option<&'static str> {
    match () {
        () if attempt.late == 0 => Some("Опоздавших ответов, которые ждут решения, нет."),
        () if attempt.annulled.is_some() => Some("Попытка аннулирована."),
        () if attempt.passed == Some(true) => Some("Попытка сдана: засчитывать больше нечего."),
        () if attempt.rules.late == Some(Late::Never) => {
            Some("По правилам этой программы опоздавшие ответы не засчитываются.")
        }
        () => None,
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    /// `accept`, `refuse`
    act: String,
    reason: String,
}

const ACTS: [(&str, &str); 2] = [("accept", "Засчитать"), ("refuse", "Не засчитывать")];

pub(crate) async fn ask(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let found = visit.read(move |db| find(db, id)).await?;
    visit.page("Ответы с опозданием", SECTION, page(&visit, id, &found, &Form::default(), &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let mut said = Messages::none();
    if !ACTS.iter().any(|(code, _)| *code == form.act) {
        said.say("act", "Решение: выберите");
    }
    let reason = said.text("reason", &form.reason, "Причина", LONGEST);
    let (Some(reason), true) = (reason, said.is_empty()) else {
        let found = visit.read(move |db| find(db, id)).await?;
        return visit.again("Ответы с опозданием", SECTION, page(&visit, id, &found, &form, &said));
    };
    let accepts = form.act == "accept";
    visit.write(move |work| decide(work, id, accepts, &reason)).await?;
    Ok(see_other(&format!("/results/{id}")))
}

/// Accepted, the late answers count, each at the moment at which it was given; refused, they stay as they are. Deciding twice is deciding once.
fn decide(work: &mut Work, id: Uuid, accepts: bool, reason: &str) -> Stored<()> {
    let (attempt, now) = (Attempt::find(work, id)?, work.now());
    if attempt.finished.is_none() || refusal(&attempt).is_some() {
        return Ok(());
    }
    work.run("update attempt set late = null where id = ?1", values![id])?;
    chain::tell(work, id, if accepts { "accept" } else { "refuse" }, &json!({ "reason": reason }), now)?;
    if !accepts {
        return work.note_with("answer.refused", id, Some(reason));
    }
    work.note_with("answer.accepted", id, Some(reason))?;
    anew(work, &attempt, Why::Late).map(drop)
}

fn page(visit: &Visit, id: Uuid, found: &Found, form: &Form, said: &Messages) -> Markup {
    let Found { outcome, name, late, accepted: (score, passed), seen, refusal } = found;
    let attempt = &outcome.attempt;
    let deadline = attempt.deadline.unwrap_or(attempt.started);
    html! {
        main.dash #main {
            p.crumb { a href={ "/results/" (id) } { "Попытка по шагам" } }
            div.dash-head { h1 { "Ответы с опозданием" } }
            dl.key-facts.mt-5 {
                dt { "Слушатель" } dd { (name) }
                dt { "Аттестация" } dd { (attempt.rules.title) }
                dt { "Срок был" } dd { (deadline.shown(visit.now)) ", ещё " (count(i64::from(attempt.rules.grace), ["минута", "минуты", "минут"])) " на доставку" }
                dt { "Результат" } dd { (outcome.score()) }
                @if refusal.is_none() { dt { "Если засчитать" } dd { (score) @if *passed { ", сдано" } @else { ", не сдано" } } }
            }
            p.mt-5.muted { "Эти ответы пришли позже, чем правила принимают сами. Когда они даны, говорит само устройство: сервер сверил лишь, что его часы не переводили." }
            @if *seen { div.mt-3 { (parts::note(Tone::Warn, "triangle-alert", &html! { p { "Слушатель уже видел верные ответы: то, что пришло после этого, не засчитается." } })) } }
            ol.lines.mt-3 {
                @for step in late {
                    li.doc { div.body {
                        p { (replay::late(step, outcome)) }
                        p.small.muted { "Дан " (at(LateAnswer::of(step).map_or(step.at, |late| late.given))) ", пришёл " (at(step.at)) }
                    } }
                }
            }
            @match refusal {
                Some(refusal) => { div.mt-5 { (parts::note(Tone::Warn, "lock", &html! { p { (refusal) } })) } }
                None => {
                    (parts::summary(said))
                    (parts::form(&format!("/results/{id}/late"), "form mt-5", &html! {
                        (parts::choices("act", "Решение", &ACTS, &form.act, said))
                        (parts::area("reason", "Причина", &form.reason, 3).longest(LONGEST).told(said).tip("Например, «обрыв связи у оператора, справка от 20.11.2026». Останется в журнале"))
                        div { (parts::submit("Решить")) }
                    }))
                }
            }
        }
    }
}

/// `27.11.2026 14:07:31`
fn at(moment: i64) -> String {
    format!("{} {}", Moment(moment).day().dotted(), replay::seconds(moment))
}
