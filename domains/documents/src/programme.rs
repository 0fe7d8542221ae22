//! A programme printed whole, without keys: for anyone who reads an approved one (п. 4.3.11), for the staff who write a draft.
use accounts::Visit;
use axum::extract::Path;
use files::Hash;
use papers::{Paper, Press};
use programmes::{Content, Module, State, Version};
use regulations::Centre;
use serde_json::{Value, json};
use store::{Db, Stored, values};
use uuid::Uuid;
use web::{Failure, Reply, download};
use words::{Moment, count};

use crate::paper::{COMMON, centre_data, head};

const TEMPLATE: &str = include_str!("../templates/programme.typ");

pub(crate) async fn public(visit: Visit, Path(code): Path<String>) -> Reply {
    let version = visit.read(move |db| Version::published(db, &code)).await?;
    send(&visit, version).await
}

pub(crate) async fn staff(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let version = visit.read(move |db| Version::find(db, id)).await?;
    send(&visit, version).await
}

fn template_hash() -> String {
    Hash::of(format!("{COMMON}{TEMPLATE}").as_bytes()).to_string()
}

/// An approved version is printed once and kept; a draft is printed each time.
async fn send(visit: &Visit, version: Version) -> Reply {
    let (id, frozen) = (version.id, matches!(version.state, State::Approved | State::Superseded));
    let (kept, centre) = visit.read(move |db| Ok((kept(db, id)?, Centre::load(db)?))).await?;
    if let (Some(hash), true) = (kept, frozen) {
        let bytes = visit.house.files.load(hash).await.map_err(Failure::broken)?;
        return Ok(download("application/pdf", "programme.pdf", bytes));
    }
    let at = version.approved_on.map_or(visit.now, Moment::midnight).0;
    let printing = tokio::task::spawn_blocking(move || {
        let data = data(&centre, &version);
        let files: &[(&str, &[u8])] = &[("common.typ", COMMON.as_bytes())];
        Press::new().print(&Paper {
            template: TEMPLATE,
            data: &data,
            files,
            title: &version.content.title,
            at,
        })
    });
    let pdf = printing.await.map_err(Failure::broken)?.map_err(Failure::broken)?;
    if frozen {
        let size = i64::try_from(pdf.len()).unwrap_or(i64::MAX);
        let file = visit.house.files.store(pdf.clone()).await.map_err(Failure::broken)?;
        visit
            .write(move |work| {
                let now = work.now();
                work.run(
                    "insert into programme_paper (version, template_hash, file, size, printed_at) values (?1, ?2, ?3, ?4, ?5)
                     on conflict (version) do update set template_hash = excluded.template_hash, file = excluded.file,
                     size = excluded.size, printed_at = excluded.printed_at",
                    values![id, template_hash(), file.as_str(), size, now],
                )
            })
            .await?;
    }
    Ok(download("application/pdf", "programme.pdf", pdf))
}

/// The file printed with today's template; an older print is made anew.
fn kept(db: &mut Db, version: Uuid) -> Stored<Option<Hash>> {
    let file: Option<String> = db.maybe(
        "select file from programme_paper where version = ?1 and template_hash = ?2",
        values![version, template_hash()],
        |row| row.get(0),
    )?;
    Ok(file.as_deref().and_then(Hash::parse))
}

fn data(centre: &Centre, version: &Version) -> Value {
    let content = &version.content;
    let days = count(content.days(), ["учебный день", "учебных дня", "учебных дней"]);
    let approved = version.approved_on.map(words::Day::in_words);
    let heading = content.kind.in_orders();
    let heading = heading
        .chars()
        .take(1)
        .flat_map(char::to_uppercase)
        .chain(heading.chars().skip(1))
        .collect::<String>();
    json!({
        "centre": centre_data(centre), "city": centre.city, "place": centre.place,
        "year": version.approved_on.map(|day| day.to_string()[..4].to_owned()).unwrap_or_default(),
        "version": match version.approved_on {
            Some(day) => format!("{}, утверждена {}", version.number, day.dotted()),
            None => version.number.to_string(),
        },
        "approved": approved, "draft": approved.is_none(),
        "signatory": version.approved_on.map_or(Value::Null, |day| head(centre, day)),
        "programme": {
            "title": content.title, "heading": heading, "kind": content.kind.russian(), "hours_in_words": content.hours_in_words(),
            "form": content.study_form.russian(), "distance": content.distance.russian(), "technology": content.technology.russian(),
            "term": format!("{days}, по {} в день", count(content.hours_a_day, ["часу", "часа", "часов"])), "document": content.kind.document(),
        },
        "qualification": content.qualification, "activity": content.activity,
        "relevance": content.relevance, "goal": content.goal, "tasks": content.tasks, "audience": content.audience,
        "entry": content.entry, "outcomes": content.outcomes, "standards": content.standards, "conditions": content.conditions,
        "plan": plan(content),
        "calendar_note": format!("Занятия по {} ч в день. Дни считаются от начала обучения слушателя.", content.hours_a_day),
        "calendar": calendar(content),
        "modules": content.modules.iter().enumerate().map(|(n, module)| in_full(n, module)).collect::<Vec<_>>(),
        "attestation": attestation(content),
        "literature": content.literature.iter().map(|book| &book.citation).collect::<Vec<_>>(),
    })
}

fn plan(content: &Content) -> Vec<Value> {
    let row = |n: String, title: &str, hours: [i64; 5], check: &str| {
        let [all, lecture, practice, self_study, control] = hours.map(|hours| hours.to_string());
        json!({ "n": n, "title": title, "all": all, "lecture": lecture, "practice": practice, "self_study": self_study,
                "control": control, "check": check })
    };
    let hours = |one: &Module| [one.hours(), one.lecture, one.practice, one.self_study, one.control];
    let mut sum = [content.attestation.hours, 0, 0, 0, content.attestation.hours];
    let mut rows = Vec::new();
    for (n, module) in content.modules.iter().enumerate() {
        for (total, part) in sum.iter_mut().zip(hours(module)) {
            *total += part;
        }
        let check = if module.test.is_some() { "зачёт" } else { "" };
        rows.push(row((n + 1).to_string(), &module.title, hours(module), check));
    }
    let last = content.attestation.hours;
    rows.push(row(String::new(), "Итоговая аттестация", [last, 0, 0, 0, last], &content.attestation.form));
    rows.push(row(String::new(), "Всего", sum, ""));
    rows
}

fn calendar(content: &Content) -> Vec<Value> {
    let titles = content.modules.iter().map(|module| (module.title.as_str(), module.hours()));
    let rows = titles.chain([("Итоговая аттестация", content.attestation.hours)]).zip(content.calendar());
    rows.enumerate()
        .map(|(n, ((title, hours), (first, last)))| {
            let days = if first == last { first.to_string() } else { format!("{first}–{last}") };
            json!({ "n": (n + 1).to_string(), "title": title, "days": days, "hours": hours.to_string() })
        })
        .collect()
}

fn in_full(n: usize, module: &Module) -> Value {
    let topics: Vec<_> = module
        .topics
        .iter()
        .map(|topic| json!({ "title": topic.title, "hours": topic.hours.to_string() }))
        .collect();
    let check = module.test.map(|test| {
        let questions = count(i64::try_from(test.questions).unwrap_or(0), ["вопрос", "вопроса", "вопросов"]);
        format!("{questions}, верных не меньше {} %", test.threshold_percent)
    });
    json!({ "n": (n + 1).to_string(), "title": module.title, "goal": module.goal, "topics": topics, "content": module.content,
            "check": check.unwrap_or_default() })
}

/// The procedure and the numbers; no key and no question.
fn attestation(content: &Content) -> Value {
    let one = &content.attestation;
    let mut rules = vec![
        ("Вопросов в билете", content.questions().to_string()),
        ("Время", count(i64::from(one.minutes), ["минута", "минуты", "минут"])),
        ("Порог", one.threshold_in_words()),
        ("Попыток", one.attempts.to_string()),
        ("Кто сдаёт, узнаём", one.identification.russian().to_owned()),
    ];
    if one.pause_days > 0 {
        rules.push(("Перерыв между попытками", count(one.pause_days, ["день", "дня", "дней"])));
    }
    if let Some(marks) = one.marks {
        rules.push(("Отметки", format!("«хорошо» от {} %, «отлично» от {} %", marks.good, marks.excellent)));
    }
    json!({ "form": one.form, "procedure": one.procedure, "rules": rules, "written": one.written })
}
