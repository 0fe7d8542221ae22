//! One act upon many questions of a bank: where they stand, how hard they are, what they are for.
use accounts::Visit;
use axum::extract::Path;
use marking::Difficulty;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeSet;
use store::{Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};

use crate::list::{STATES, Search};

#[derive(Deserialize)]
pub(crate) struct Form {
    #[serde(default)]
    chosen: Vec<Uuid>,
    #[serde(default)]
    act: String,
    /// The list that one came from.
    #[serde(default)]
    back: String,
}

/// What may be done: `state:draft`, `difficulty:hard`, `exam_only:yes`, `critical:no`, `topic:02`, `topic:02/Знаки`.
fn acts(modules: &[(String, String)], topics: &BTreeSet<String>) -> Vec<(String, String)> {
    let pair = |code: String, words: &str| (code, words.to_owned());
    let states = [
        ("in_use", "Взять в работу"),
        ("reviewed", "Проверены"),
        ("draft", "В черновики"),
        ("withdrawn", "Убрать из банка"),
    ];
    let mut acts: Vec<_> = states.iter().map(|(code, words)| pair(format!("state:{code}"), words)).collect();
    acts.extend(Difficulty::ALL.iter().map(|one| {
        pair(format!("difficulty:{}", one.code()), &format!("Сложность: {}", one.russian().to_lowercase()))
    }));
    acts.push(pair("exam_only:yes".to_owned(), "Только для аттестации"));
    acts.push(pair("exam_only:no".to_owned(), "И для тренировок"));
    acts.push(pair("critical:yes".to_owned(), "Критические"));
    acts.push(pair("critical:no".to_owned(), "Не критические"));
    acts.extend(
        modules.iter().map(|(code, title)| pair(format!("topic:{code}"), &format!("В модуль {title}"))),
    );
    acts.extend(
        topics.iter().map(|topic| {
            pair(format!("topic:{topic}"), &format!("В тему {}", topic.replacen('/', " · ", 1)))
        }),
    );
    acts
}

/// The list within a form: what is chosen in it, and the act.
pub(crate) fn form(
    bank: &str,
    search: &Search,
    (modules, topics): (&[(String, String)], &BTreeSet<String>),
    rows: &Markup,
) -> Markup {
    let acts = acts(modules, topics);
    let acts: Vec<(&str, &str)> = acts.iter().map(|(code, words)| (code.as_str(), words.as_str())).collect();
    parts::form(
        &format!("/questions/{bank}/acts"),
        "mt-5",
        &html! {
            input type="hidden" name="back" value=(search.query());
            (rows)
            div.cluster.mt-5 {
                (parts::select("act", "Что сделать с выбранными", &acts, "", &Messages::none()))
                (parts::submit("Сделать"))
            }
        },
    )
}

pub(crate) async fn submit(
    visit: Visit,
    Path(bank): Path<String>,
    Posted { form, .. }: Posted<Form>,
) -> Reply {
    let (code, act) = (bank.clone(), form.act);
    visit
        .write(move |work| {
            for id in &form.chosen {
                if does(work, &code, *id, &act)? > 0 {
                    work.note_with("question.moved", *id, Some(&act))?;
                }
            }
            Ok(())
        })
        .await?;
    let back = if form.back.starts_with('?') { form.back } else { String::new() };
    Ok(see_other(&format!("/questions/{bank}{back}")))
}

/// How many questions it has changed: 1, or 0 where the act is none, or another bank's question was named.
fn does(work: &mut Work, bank: &str, id: Uuid, act: &str) -> Stored<u64> {
    let Some((what, how)) = act.split_once(':') else { return Ok(0) };
    let yes = how == "yes";
    match what {
        "state" => {
            let state = STATES.iter().map(|(code, _)| *code).find(|code| *code == how).ok_or(Fault::Missing)?;
            // The same question is not in use twice.
            work.run(
                "update question set state = ?3 where id = ?1 and bank = (select id from bank where code = ?2) and state <> ?3
                 and (?3 <> 'in_use' or not exists (select 1 from question o
                   where o.bank = question.bank and o.fingerprint = question.fingerprint and o.state = 'in_use' and o.id <> question.id))",
                values![id, bank, state],
            )
        }
        "difficulty" => {
            let difficulty = Difficulty::parse(how).ok_or(Fault::Missing)?;
            work.run(
                "update question set difficulty = ?3 where id = ?1 and bank = (select id from bank where code = ?2)",
                values![id, bank, difficulty.code()],
            )
        }
        "exam_only" => work.run(
            "update question set exam_only = ?3 where id = ?1 and bank = (select id from bank where code = ?2)",
            values![id, bank, yes],
        ),
        "critical" => work.run(
            "update question set critical = ?3 where id = ?1 and bank = (select id from bank where code = ?2)",
            values![id, bank, yes],
        ),
        "topic" if !how.is_empty() && how.chars().count() <= 300 => {
            let (topic, subtopic) = how.split_once('/').unwrap_or((how, ""));
            work.run(
            "update question set topic = ?3, subtopic = ?4 where id = ?1 and bank = (select id from bank where code = ?2)",
            values![id, bank, topic, subtopic],
            )
        }
        _ => Ok(0),
    }
}
