//! The examination sheet: an attempt from its first to its last step on paper (п. 2.1, 3.5). What it says never changes once the attempt
//! is finished but by an act that the chain tells, so it is printed whenever it is wanted.
use accounts::Visit;
use accounts::person::Person;
use admissions::Enrolment;
use axum::extract::Path;
use papers::{Paper, Press, Unprintable};
use regulations::Centre;
use serde_json::{Value, json};
use store::{Db, Fault, Stored, values};
use trainer::{Attempt, chain, outcome, see};
use uuid::Uuid;
use web::{Failure, Reply, download};
use words::{Moment, Zone, count};

use crate::paper::{COMMON, centre_data, programme_data};

const TEMPLATE: &str = include_str!("../templates/examination-sheet.typ");

/// For the learner: with the keys only where the page of the result shows them.
pub(crate) async fn own(visit: Visit, Path(attempt): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    let (found, sits) = visit
        .read(move |db| Ok((Attempt::of(db, person, attempt)?, Attempt::being_sat(db, person)?)))
        .await?;
    let with_keys = found.mode.counts() && found.shows_keys() && sits.is_none();
    // Told by the chain, as on the page of the result.
    if with_keys && !visit.write(move |work| see(work, attempt)).await? {
        return Err(Failure::missing());
    }
    let data = visit
        .read(move |db| {
            let attempt = Attempt::of(db, person, attempt)?;
            data(db, &attempt, with_keys && attempt.shows_keys())
        })
        .await?;
    send(&visit, data).await
}

/// For the staff: with the keys.
pub(crate) async fn staff(visit: Visit, Path(attempt): Path<Uuid>) -> Reply {
    let data = visit
        .read(move |db| {
            let attempt = Attempt::find(db, attempt)?;
            data(db, &attempt, true)
        })
        .await?;
    send(&visit, data).await
}

async fn send(visit: &Visit, data: Value) -> Reply {
    let at = visit.now.0;
    let printing = tokio::task::spawn_blocking(move || print(&data, at));
    let pdf = printing.await.map_err(Failure::broken)?.map_err(Failure::broken)?;
    Ok(download("application/pdf", "examination-sheet.pdf", pdf))
}

/// Blocks: call from a blocking thread.
pub(crate) fn print(data: &Value, at: i64) -> Result<Vec<u8>, Unprintable> {
    let files: &[(&str, &[u8])] = &[("common.typ", COMMON.as_bytes())];
    Press::new().print(&Paper {
        template: TEMPLATE, data, files, title: "Экзаменационный лист", at
    })
}

/// What the sheet of a finished attempt says; one that goes on, or a training, has none.
pub(crate) fn data(db: &mut Db, attempt: &Attempt, with_keys: bool) -> Stored<Value> {
    let (Some(finished), true) = (attempt.finished, attempt.mode.counts()) else {
        return Err(Fault::Missing);
    };
    let enrolment = Enrolment::find(db, attempt.enrolment)?;
    let content = enrolment.programme(db)?.content;
    let outcome = outcome(db, attempt.person, attempt.id)?;
    let steps = chain::steps(db, attempt.id)?;
    let score = outcome.score();
    let time = |at: Moment| format!("{} {}", at.day().dotted(), at.time());
    let rows: Vec<_> = outcome
        .marks
        .iter()
        .enumerate()
        .map(|(seat, (asked, marked))| {
            let (question, own, mark) = (asked.right(), &marked.answer, marked.mark);
            let last = chain::answered(&steps, seat);
            let answer = questions::in_words(question, own);
            json!({
                "n": seat + 1,
                "question": questions::text_in_words(question),
                "answer": if own.is_empty() { "нет".to_owned() } else { answer },
                "key": if with_keys && !mark.is_whole() { question.key().map(|key| questions::in_words(question, &key)).unwrap_or_default() } else { String::new() },
                "mark": count_points(mark),
                "corrected": asked.corrections.iter().map(|one| format!("{}: {}", one.at.day().dotted(), one.reason)).collect::<Vec<_>>(),
                "at": last.map(|at| Moment(at).time()).unwrap_or_default(),
            })
        })
        .collect();
    let threshold = attempt.rules.threshold;
    let module =
        attempt.module.as_deref().and_then(|code| content.module(code)).map(|module| module.title.clone());
    Ok(json!({
        "centre": centre_data(&Centre::load(db)?),
        "learner": Person::find(db, attempt.person)?.name.to_string(),
        "programme": programme_data(&content),
        "attestation": match module { Some(module) => format!("{}: {module}", attempt.title()), None => attempt.title().to_owned() },
        "number": attempt.place(db)?.to_string(),
        "started": time(attempt.started), "finished": time(finished),
        "minutes": attempt.rules.minutes.map(|minutes| count(i64::from(minutes), ["минута", "минуты", "минут"])),
        "needed": format!("не меньше {} из {}", threshold.needed(score.total), score.total),
        "score": score.to_string(),
        "verdict": match (attempt.annulled, attempt.passed) {
            (Some(_), _) => "аннулировано",
            (None, Some(true)) => "сдано",
            _ => "не сдано",
        },
        "seed": attempt.ticket.seed.to_string(), "zone": Zone::ours().shown(),
        // Whoever may not see the keys sees no marks of single questions either: of «верно или нет» they are the key.
        "answers": if with_keys { rows } else { Vec::new() }, "steps": steps.len(),
        "hash": steps.last().and_then(|step| step.hash.clone()),
        "day": sealed(db, attempt.id)?,
    }))
}

fn count_points(mark: marking::Mark) -> String {
    match marking::Score::of([mark]).points {
        points if mark.is_whole() => format!("{points} балл"),
        points if points.0 == 0 => format!("{points} баллов"),
        points => format!("{points} балла"),
    }
}

/// «Закрыто днём № 12 от 26.11.2026»
fn sealed(db: &mut Db, attempt: Uuid) -> Stored<Option<String>> {
    db.maybe(
        "select d.number, d.date from proof_leaf l join proof_day d on d.number = l.day where l.attempt = ?1
         order by d.number desc limit 1",
        values![attempt],
        |row| {
            let date = words::Day::parse(&row.get::<String>(1)?).map_err(Fault::data)?;
            Ok(format!("Закрыто вместе с днём № {} от {}.", row.get::<i64>(0)?, date.dotted()))
        },
    )
}
