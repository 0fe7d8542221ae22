//! The story of each kind of question: written in the browser, trained, sat and marked.
use std::rc::Rc;

use ::questions::form;
use ::trainer::Attempt;
use kafedra::demo::attest;
use stage::Stage;
use store::values;
use uuid::Uuid;

stage::stories![each_kind_is_written_trained_and_sat, a_bank_goes_out_and_comes_back];

/// Kind, text, lines, and further fields.
type Fields = &'static [(&'static str, &'static str)];
const KINDS: [(&str, &str, &str, Fields); 10] = [
    ("true_false", "Каска нужна всегда.", "", &[("truth", "no")]),
    ("text", "Кто отвечает за охрану труда?", "работодатель", &[("typos", "2")]),
    ("number", "Какова глубина?", "1,5 ± 0,1", &[("units", "м; см = 0,01")]),
    ("gaps", "Каска [[1]], глубина [[2]] м.", "белая | +оранжевая\n# 1,5", &[("credit", "partial")]),
    ("match", "Чем тушить?", "Бензин = пена\nБумага = вода\n= ветер", &[("credit", "partial")]),
    ("order", "Что за чем?", "Позвонить\nВыйти\nСобраться", &[]),
    ("sort", "Что горит?", "Бумага = горит\nПесок = не горит", &[]),
    ("point", "Где щит?", "прямоугольник 100 100 300 300", &[("alt", "План цеха")]),
    (
        "case",
        "На складе дым.",
        "Звонить? {TRUE}\n\nКуда? {=112 ~113}\n\nСколько минут? {#5:1}",
        &[("credit", "partial")],
    ),
    ("open", "Опишите порядок осмотра.", "полно\nверно", &[]),
];

async fn each_kind_is_written_trained_and_sat(stage: Rc<Stage>) {
    let teacher = stage.staff("teacher").await;
    for (kind, text, lines, more) in KINDS {
        let page = teacher.get(&format!("/questions/labour-16/new?kind={kind}")).await.unwrap().ok().unwrap();
        assert!(page.body.contains(&format!("name=\"kind\" value=\"{kind}\"")), "{kind}");
        let fields: Vec<_> = [("kind", kind), ("topic", "77"), ("text", text), ("lines", lines), ("alt", "")]
            .into_iter()
            .filter(|(name, _)| !more.iter().any(|(other, _)| name == other))
            .chain(more.iter().copied())
            .collect();
        let picture: (&str, &[u8]) =
            if kind == "point" { ("plan.png", b"\x89PNG\r\n\x1a\n0000") } else { ("", b"") };
        let saved = teacher.upload("/questions/labour-16/new", &fields, picture).await.unwrap();
        assert!(saved.address.ends_with("/questions/labour-16"), "{kind}: {}", saved.text());
        let words =
            text.replace(['.', '?', '[', ']', ','], "").split_whitespace().collect::<Vec<_>>().join("+");
        let list =
            teacher.get(&format!("/questions/labour-16?topic=77&q={words}")).await.unwrap().ok().unwrap();
        let address =
            list.link("/questions/labour-16/0").unwrap_or_else(|| panic!("{kind}: {}", list.text()));
        // What nobody changed is saved as it was: a new edition of the same.
        let page = teacher.get(&address).await.unwrap().ok().unwrap();
        assert!(page.text().contains("Верный ответ"), "{}", page.text());
        let again: Vec<_> = fields.iter().copied().chain([("seen", "1")]).collect();
        let again: Vec<_> =
            again.into_iter().filter(|(name, _)| *name != "alt").chain([("alt", "")]).collect();
        let saved = teacher.upload(&address, &again, ("", b"")).await.unwrap();
        assert!(saved.address.ends_with("/questions/labour-16"), "{kind}: {}", saved.text());
    }

    // Training shows each of them but the written one, which the program does not mark.
    let vera = stage.vera_ready().await;
    let enrolment =
        vera.get("/cabinet").await.unwrap().link("/studies/").unwrap().split('/').nth(2).unwrap().to_owned();
    let first =
        vera.post(&format!("/studies/{enrolment}/training"), &[("topic", "77")]).await.unwrap().ok().unwrap();
    assert!(first.text().contains("Вопрос 1 из 9"), "{}", first.text());
    let training: Uuid = first.address.split('/').nth(2).unwrap().parse().unwrap();
    let attempt = stage.store().read(move |db| Attempt::find(db, training)).await.unwrap();
    for (n, seat) in attempt.ticket.seats.iter().enumerate() {
        let version = seat.question;
        let question = stage.store().read(move |db| ::questions::asked(db, version)).await.unwrap().question;
        let page = vera.get(&format!("/training/{training}/{}", n + 1)).await.unwrap().ok().unwrap();
        assert!(!page.body.contains("class=\"area\"") && !page.body.contains("data-key"), "no key in sight");
        let right = form::sent(&question.key().unwrap().shown(&question, &seat.order), "");
        for (name, _) in &right {
            assert!(page.body.contains(&format!("name=\"{name}\"")), "{name}: {}", page.body);
        }
        let right: Vec<_> = right.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let verdict =
            vera.post(&format!("/training/{training}/{}", n + 1), &right).await.unwrap().ok().unwrap();
        assert!(verdict.body.contains("verdict right"), "{}", verdict.text());
    }

    // The attestation draws from them alone.
    let wanted: Vec<(String, usize)> = stage
        .write(|work| {
            let content: String = work.one(
                "select content from programme_version where content like '%\"labour-16\"%' and state = 'approved'",
                &[],
                |row| row.get(0),
            )?;
            let content: serde_json::Value = serde_json::from_str(&content).map_err(store::Fault::data)?;
            let topics = content["attestation"]["topics"].as_array().unwrap().clone();
            let quota = |one: &serde_json::Value| (one["module"].as_str().unwrap().to_owned(), usize::try_from(one["questions"].as_u64().unwrap()).unwrap());
            Ok(topics.iter().map(quota).collect())
        })
        .await;
    stage
        .write(move |work| {
            work.run("update question set state = 'withdrawn' where topic <> '77'", &[])?;
            let ids = work.all(
                "select q.id from question q where q.topic = '77'
                   and exists (select 1 from question_version v where v.question = q.id and v.kind <> 'open') order by q.id",
                &[],
                |row| row.get::<Uuid>(0),
            )?;
            let topics = wanted.iter().flat_map(|(module, count)| vec![module.clone(); *count]);
            let mut ids = ids.into_iter();
            let mut short = Vec::new();
            for topic in topics {
                match ids.next() {
                    Some(id) => drop(work.run("update question set topic = ?2 where id = ?1", values![id, &topic])?),
                    None => short.push(topic),
                }
            }
            // Nine are marked, the ticket wants more: just so many are of before.
            for topic in short {
                work.run(
                    "update question set state = 'in_use' where id = (select id from question where topic = ?1 and state = 'withdrawn' order by id limit 1)",
                    values![&topic],
                )?;
            }
            Ok(())
        })
        .await;
    let attempt = attest(&stage.app, &vera, 0).await.unwrap();
    let result = vera.get(&format!("/attempts/{attempt}")).await.unwrap().ok().unwrap();
    assert!(result.text().contains("Сдано, 12 из 12"), "{}", result.text());
    for words in ["Ваш ответ, верно", "1,5 м", "оранжевая", "2-е место", "Верная область обведена"]
    {
        assert!(result.text().contains(words), "{words}: {}", result.text());
    }
    stage.days(1);
    stage.work().await;
    let credential = vera.get("/papers").await.unwrap().ok().unwrap();
    assert!(credential.text().contains("Протокол"), "{}", credential.text());
}

/// Which questions of a bank: their fingerprints.
async fn prints(stage: &Stage, bank: &'static str) -> std::collections::BTreeSet<String> {
    stage
        .write(move |work| {
            let sql = "select q.fingerprint from question q join bank b on b.id = q.bank where b.code = ?1 and q.state = 'in_use'";
            Ok(work.all(sql, values![bank], |row| row.get::<String>(0))?.into_iter().collect())
        })
        .await
}

async fn a_bank_goes_out_and_comes_back(stage: Rc<Stage>) {
    let teacher = stage.staff("teacher").await;
    for (kind, text, lines, more) in KINDS {
        let fields: Vec<_> = [("kind", kind), ("topic", "01"), ("text", text), ("lines", lines), ("alt", "")]
            .into_iter()
            .filter(|(name, _)| !more.iter().any(|(other, _)| name == other))
            .chain(more.iter().copied())
            .collect();
        let picture: (&str, &[u8]) =
            if kind == "point" { ("plan.png", b"\x89PNG\r\n\x1a\n0000") } else { ("", b"") };
        teacher.upload("/questions/labour-16/new", &fields, picture).await.unwrap().ok().unwrap();
    }
    let all = prints(&stage, "labour-16").await;
    let page = teacher.get("/questions/labour-16/export").await.unwrap().ok().unwrap();
    assert!(page.text().replace('\u{a0}', " ").contains("Не войдёт: 6 вопросов"), "{}", page.text());
    // How many of the ten kinds each format holds, besides the choices that were there before: GIFT has no gaps, orders, groups, places and
    // cases, nor units, typos and parts of a mark; a table choices only; Moodle no groups, places and cases, nor typos and parts of a mark.
    for (format, file, copy, lost) in [
        ("jsonl", "bank.jsonl", "copy-jsonl", 0),
        ("xml", "bank.xml", "copy-xml", 6),
        ("gift", "bank.gift", "copy-gift", 8),
        ("xlsx", "bank.xlsx", "copy-xlsx", 10),
    ] {
        let sent = teacher
            .get(&format!("/questions/labour-16/export/file?format={format}"))
            .await
            .unwrap()
            .ok()
            .unwrap();
        let house = &stage.app.house;
        let taken = ::questions::import(
            &house.store,
            &house.files,
            store::Who::system(),
            (copy, copy),
            None,
            (file, sent.bytes.clone()),
            |_, _| (),
        )
        .await
        .unwrap();
        assert_eq!(
            (taken.taken, taken.refused.len()),
            (all.len() - lost, 0),
            "{format}: {:?}",
            taken.refused
        );
        let back = prints(&stage, copy).await;
        // An essay comes back with its criteria only where the format has room for them.
        let strange: Vec<_> = back.difference(&all).collect();
        assert!(strange.len() <= usize::from(format != "jsonl"), "{format}: {strange:?}");
    }
    for other in ["learner", "x"] {
        let none = teacher.get(&format!("/questions/labour-16/export/file?format={other}")).await.unwrap();
        assert_eq!(none.status, axum::http::StatusCode::NOT_FOUND);
    }
    // The page shows what a file holds and takes nothing until it is told.
    let before = stage.count("select cast(count(*) as bigint) from question").await;
    let gift = "::Один::Новый вопрос?{=да ~нет}\n\n::Два::Плохой?{~да ~нет}\n";
    let fields = [("bank", "labour-16"), ("topic", "")];
    let seen = teacher
        .upload("/questions/import", &fields, ("new.gift", gift.as_bytes()))
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert!(
        seen.text().contains("Прочитано: 1") && seen.text().contains("нет верного ответа"),
        "{}",
        seen.text()
    );
    assert_eq!(stage.count("select cast(count(*) as bigint) from question").await, before);
    let hash =
        seen.body.split("name=\"file\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let confirmed = [("bank", "labour-16"), ("topic", ""), ("file", hash.as_str()), ("name", "new.gift")];
    for _ in 0..2 {
        teacher.post("/questions/import/confirmation", &confirmed).await.unwrap().ok().unwrap();
    }
    assert_eq!(stage.count("select cast(count(*) as bigint) from question").await, before + 1);
    for wrong in [
        [("bank", "none"), ("file", hash.as_str()), ("name", "x")],
        [("bank", "labour-16"), ("file", "00"), ("name", "x")],
    ] {
        let none = teacher.post("/questions/import/confirmation", &wrong).await.unwrap();
        assert_eq!(none.status, axum::http::StatusCode::NOT_FOUND);
    }
}
