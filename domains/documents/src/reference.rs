//! Справка об обучении: what was studied by whoever did not come to the end (domain reference 2.8).
use accounts::person::Person;
use admissions::{Enrolment, Expelled};
use attestation::Standing;
use learning::Plan;
use programmes::{Content, Module};
use regulations::Centre;
use serde_json::json;
use store::{Stored, Work};
use uuid::Uuid;

use crate::credential::{Entry, print, register};
use crate::paper::{centre_data, head, programme_data};

/// Issues the reference by the order of expulsion.
pub(crate) fn issue(
    work: &mut Work,
    enrolment: &Enrolment,
    person: &Person,
    content: &Content,
    fact: &Expelled,
    (order, order_number): (Uuid, &str),
) -> Stored<()> {
    let (centre, today) = (Centre::load(work)?, work.today());
    let plan = Plan::load(work, enrolment.clone())?;
    // Where nothing is obligatory, nothing shows that it was studied.
    let studied: Vec<bool> =
        plan.modules.iter().map(|module| module.is_done() && module.progress().1 > 0).collect();
    let standing = Standing::of(work, enrolment.id)?;
    let rows: Vec<_> = content
        .modules
        .iter()
        .zip(&studied)
        .enumerate()
        .map(|(n, (module, done))| {
            let grade = match standing.module_mark(content, &module.code) {
                Some(mark) => mark,
                // Where there is an intermediate attestation, materials alone are not the module.
                None if module.test.is_some() && *done => "не аттестован",
                None if *done => "освоен",
                None => "не освоен",
            };
            json!({ "n": n + 1, "title": module.title, "hours": module.hours().to_string(), "grade": grade })
        })
        .collect();
    // Where there is an intermediate attestation, hours count once it is passed.
    let counts = |module: &Module, done: bool| {
        done && (module.test.is_none() || standing.modules.contains_key(&module.code))
    };
    let hours: i64 = content
        .modules
        .iter()
        .zip(&studied)
        .filter(|(module, done)| counts(module, **done))
        .map(|(m, _)| m.hours())
        .sum();
    let registered = register(
        work,
        &Entry {
            kind: "reference",
            enrolment,
            person,
            content,
            protocol: None,
            grounds: order,
            hours,
            instead_of: None,
            duplicate: false,
        },
    )?;
    let mut results = attestation::of_enrolment(work, enrolment.id)?;
    results.retain(|line| !line.annulled);
    let attestation = if results.is_empty() {
        "Итоговая аттестация не проводилась.".to_owned()
    } else {
        let scores: Vec<_> = results.iter().map(|line| line.score.to_string()).collect();
        let passed = results.iter().any(|line| line.passed);
        let tested = results.iter().any(|line| line.awaits_work);
        let verdict = if passed { "пройдена" } else { "не пройдена" };
        let test = if tested { "тест сдан, " } else { "" };
        format!("Итоговая аттестация {verdict}, {test}верных ответов: {}.", scores.join(", "))
    };
    let data = json!({
        "centre": centre_data(&centre), "city": centre.city, "register_number": registered.number, "issued": today.in_words(),
        "full_name": person.name.to_string(), "studied": person.sex.agree("обучалась", "обучался"),
        "starts": enrolment.starts.in_words(), "ends": fact.on.in_words(), "programme": programme_data(content),
        "study_form": content.study_form.russian().to_lowercase(), "technology": content.distance.in_orders(),
        "rows": rows, "total_hours": hours.to_string(), "attestation": attestation,
        "reason": format!("{} {}", person.sex.agree("Отчислена", "Отчислен"), fact.why.russian()),
        "order": { "number": order_number, "date": today.in_words() },
        "director": head(&centre, today), "token": registered.token,
    });
    print(work, "reference", enrolment, &registered, &data)
}
