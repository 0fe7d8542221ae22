//! Stories of keys that were found wrong after they had been used (п. 2.1, 3.5): whoever was right gets the points, nobody loses any, and
//! the chain tells it.
use std::rc::Rc;

use ::documents::archive::{self, Period, check};
use ::trainer::{Attempt, chain, outcome};
use axum::http::StatusCode;
use kafedra::demo::attest;
use kafedra::guest::Guest;
use marking::{Answer, Task};
use proof::Signer;
use serde_json::json;
use stage::Stage;
use stage::form::forms;
use store::values;
use uuid::Uuid;
use words::Day;

stage::stories![
    a_key_put_right_turns_a_result_before_its_protocol,
    a_key_put_right_after_the_protocol_brings_a_new_line,
    a_question_without_an_answer_is_counted_for_everyone,
    an_attempt_that_goes_on_is_marked_by_the_corrected_key,
    of_two_attempts_in_one_protocol_the_turned_one_is_the_outcome,
    an_attempt_turned_while_the_next_goes_on_brings_one_document,
    statistics_follow_the_attempts_and_what_was_put_right,
];

/// A question that this attempt answered wrongly: its address in the bank, its latest version, and what was chosen.
struct Missed {
    address: String,
    version: Uuid,
    /// In the question's own order.
    chosen: Vec<usize>,
}

/// The first of the choices that were missed.
async fn missed(stage: &Stage, attempt: Uuid) -> Missed {
    stage
        .store()
        .read(move |db| {
            let person = Attempt::find(db, attempt)?.person;
            let outcome = outcome(db, person, attempt)?;
            let (version, chosen) = outcome
                .marks
                .iter()
                .find_map(|(asked, marked)| match (&asked.question.task, &marked.answer) {
                    (Task::Choice { options, .. }, Answer::Chosen(chosen)) if !marked.mark.is_whole() => {
                        (!chosen.is_empty() && chosen.len() < options.len())
                            .then(|| (marked.question, chosen.clone()))
                    }
                    _ => None,
                })
                .unwrap();
            let question: Uuid =
                db.one("select question from question_version where id = ?1", values![version], |row| {
                    row.get(0)
                })?;
            Ok(Missed { address: format!("/questions/labour-16/{question}"), version, chosen })
        })
        .await
        .unwrap()
}

/// Ticks another option in the bank, as a teacher does: reads the form and sends it back.
async fn tick(teacher: &Guest, missed: &Missed) {
    let page = teacher.get(&missed.address).await.unwrap().ok().unwrap();
    let forms = forms(&page);
    let form = forms.iter().find(|form| form.takes_files).unwrap();
    let mut form: Vec<(String, String)> =
        form.fields.iter().filter(|(name, _)| !name.starts_with("right")).cloned().collect();
    form.extend(missed.chosen.iter().map(|place| (format!("right{}", place + 1), "yes".to_owned())));
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    teacher.upload(&missed.address, &form, ("", b"")).await.unwrap().ok().unwrap();
}

const REASON: &str = "Правила изменились с 1 сентября, верен другой вариант.";

/// Counts anew, by the latest key or for everyone, and does the work; the page of the correction.
async fn correct(stage: &Stage, methodist: &Guest, address: &str, by: &str) -> String {
    let address = format!("{address}/correction");
    let seen = methodist.get(&format!("{address}?what=1:{by}")).await.unwrap().ok().unwrap();
    assert!(seen.text().contains("Баллов станет больше: 1 попытка"), "{}", seen.text());
    let looked_at =
        seen.body.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let other = [("what", format!("1:{by}")), ("reason", REASON.to_owned()), ("seen", "another".to_owned())];
    let other: Vec<(&str, &str)> = other.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = methodist.post(&address, &other).await.unwrap();
    assert!(refused.text().contains("Пока вы смотрели, вопрос изменили"), "{}", refused.text());
    let form = [
        ("what", format!("1:{by}")),
        ("reason", REASON.to_owned()),
        ("seen", looked_at),
        ("form-key", Uuid::new_v4().to_string()),
    ];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let first = methodist.post(&address, &form).await.unwrap().ok().unwrap();
    let second = methodist.post(&address, &form).await.unwrap().ok().unwrap();
    assert_eq!(first.address, second.address, "the same form twice is one correction");
    stage.work().await;
    first.address
}

async fn score(stage: &Stage, attempt: Uuid) -> (i64, bool) {
    let attempt = stage.store().read(move |db| Attempt::find(db, attempt)).await.unwrap();
    (attempt.points.unwrap().0, attempt.passed.unwrap())
}

/// The chain holds, the archive repeats each mark, and the result is sealed.
async fn is_proven(stage: &Stage, attempt: Uuid) {
    stage.write(::trainer::leave_the_next).await;
    stage.days(1);
    stage.work().await;
    let steps = stage.store().read(move |db| chain::steps(db, attempt)).await.unwrap();
    assert_eq!(chain::first_broken(attempt, &steps), None);
    let (house, folder) = (&stage.app.house, tempfile::tempdir().unwrap());
    let period = Period { from: Day::parse("2020-01-01").unwrap(), until: Day::parse("2040-01-01").unwrap() };
    let signer = Signer::load(&::trainer::key_file(&house.files)).unwrap();
    let written = archive::write(&house.store, &house.files, &signer, folder.path(), period).await.unwrap();
    let checked = check(folder.path()).unwrap();
    assert_eq!((checked.attempts, checked.sealed), (written.attempts, written.attempts));
    let path = folder.path().join(format!("attempts/{attempt}.json"));
    let record: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(record["corrections"].as_object().map(serde_json::Map::len), Some(1), "{record}");
}

const LINES: &str = "select cast(count(*) as bigint) from protocol_line";
const PASSED: &str = "select cast(count(*) as bigint) from protocol_line where passed";

/// Closes the draft and prints what follows.
async fn close(stage: &Stage, methodist: &Guest) {
    let draft = "select id from protocol where state = 'draft'";
    let protocol: Uuid = stage.store().read(move |db| db.one(draft, &[], |row| row.get(0))).await.unwrap();
    methodist.post(&format!("/orders/{protocol}/closure"), &[("", "")]).await.unwrap().ok().unwrap();
    stage.work().await;
}

async fn a_key_put_right_turns_a_result_before_its_protocol(stage: Rc<Stage>) {
    stage.close_by_hand().await;
    let vera = stage.vera_ready().await;
    // Ten of twelve are needed.
    let attempt = attest(&stage.app, &vera, 3).await.unwrap();
    assert_eq!(score(&stage, attempt).await, (900, false));
    let (teacher, methodist) = (stage.staff("teacher").await, stage.staff("methodist").await);
    let missed = missed(&stage, attempt).await;
    let nothing = methodist.get(&format!("{}/correction?what=1:latest", missed.address)).await.unwrap();
    assert!(nothing.text().contains("исправьте вопрос в банке"), "{}", nothing.text());
    tick(&teacher, &missed).await;
    assert_eq!(score(&stage, attempt).await, (900, false), "an edit alone changes no result");
    let closed = teacher.get(&format!("{}/correction", missed.address)).await.unwrap();
    assert_eq!(closed.status, StatusCode::NOT_FOUND);
    let bare =
        methodist.post(&format!("{}/correction", missed.address), &[("what", "1:latest")]).await.unwrap();
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bare.text().contains("Что было неверно: заполните"), "{}", bare.text());
    let page = correct(&stage, &methodist, &missed.address, "latest").await;
    assert_eq!(score(&stage, attempt).await, (1000, true));
    let told = methodist.get(&page).await.unwrap().ok().unwrap().text();
    assert!(told.contains("10 из 12") && told.contains("Сдано") && told.contains(REASON), "{told}");
    let own = vera.get(&format!("/attempts/{attempt}")).await.unwrap().ok().unwrap().text();
    assert!(own.contains("Сдано, 10 из 12") && own.contains(REASON), "{own}");
    assert!(
        stage.letters().await.iter().any(|letter| letter.letter.subject.starts_with("Результат пересчитан"))
    );
    assert_eq!(
        (stage.count(LINES).await, stage.count(PASSED).await),
        (1, 1),
        "the line of the draft follows"
    );
    let seen = stage.store().read(move |db| ::questions::asked(db, missed.version)).await.unwrap();
    assert_eq!(seen.corrections.len(), 1);
    is_proven(&stage, attempt).await;
}

async fn a_key_put_right_after_the_protocol_brings_a_new_line(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = attest(&stage.app, &vera, 3).await.unwrap();
    stage.write(::trainer::leave_the_next).await;
    stage.days(1);
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol where state = 'closed'").await, 1);
    assert_eq!(stage.count("select cast(count(*) as bigint) from proof_leaf").await, 1);
    let (teacher, methodist) = (stage.staff("teacher").await, stage.staff("methodist").await);
    let missed = missed(&stage, attempt).await;
    tick(&teacher, &missed).await;
    correct(&stage, &methodist, &missed.address, "latest").await;
    assert_eq!(score(&stage, attempt).await, (1000, true));
    assert_eq!((stage.count(LINES).await, stage.count(PASSED).await), (2, 1), "what was printed stays");
    is_proven(&stage, attempt).await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from proof_leaf").await, 2, "sealed again");
    // The document follows by itself.
    let papers = vera.get("/papers").await.unwrap().ok().unwrap().text();
    assert!(papers.contains("Протокол проверки знания"), "{papers}");
}

async fn a_question_without_an_answer_is_counted_for_everyone(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = attest(&stage.app, &vera, 4).await.unwrap();
    let methodist = stage.staff("methodist").await;
    let missed = missed(&stage, attempt).await;
    correct(&stage, &methodist, &missed.address, "everyone").await;
    assert_eq!(score(&stage, attempt).await, (900, false), "more points, and still not enough");
    let page = vera.get(&format!("/attempts/{attempt}")).await.unwrap().ok().unwrap().text();
    assert!(page.contains("вопрос засчитан всем") && page.contains("Не сдано, 9 из 12"), "{page}");
    let protocols =
        stage.count("select cast(count(*) as bigint) from remark where passed_before = passed_after").await;
    assert_eq!(protocols, 1);
    is_proven(&stage, attempt).await;
}

async fn an_attempt_that_goes_on_is_marked_by_the_corrected_key(stage: Rc<Stage>) {
    // Each ticket asks the whole of the topic, so both attempts meet the same questions.
    let all = stage.count("select cast(count(*) as bigint) from question where topic = '01'").await;
    stage.rewrite(r#""module":"01","questions":3"#, &format!(r#""module":"01","questions":{all}"#)).await;
    for topic in ["02", "03", "04"] {
        let row = |questions: u8| format!(r#""module":"{topic}","questions":{questions}"#);
        stage.rewrite(&row(3), &row(0)).await;
    }
    let vera = stage.vera_ready().await;
    let first = attest(&stage.app, &vera, usize::try_from(all).unwrap()).await.unwrap();
    let missed = missed(&stage, first).await;
    stage.days(2);
    let attempt = stage.begin(&vera).await;
    let id: Uuid = attempt.rsplit('/').next().unwrap().parse().unwrap();
    let (teacher, methodist) = (stage.staff("teacher").await, stage.staff("methodist").await);
    tick(&teacher, &missed).await;
    correct(&stage, &methodist, &missed.address, "latest").await;
    assert_eq!(score(&stage, first).await, (100, false));
    // Here the same is chosen as there; nothing else is.
    let seat = stage
        .store()
        .read(move |db| {
            let ticket = Attempt::find(db, id)?.ticket;
            let seat = ticket.seats.iter().position(|seat| seat.question == missed.version).unwrap();
            let shown = |own: &usize| ticket.seats[seat].order.iter().position(|place| place == own).unwrap();
            let answer: Vec<usize> = missed.chosen.iter().map(shown).collect();
            Ok(json!({ "key": Uuid::new_v4(), "seat": seat, "answer": answer }))
        })
        .await
        .unwrap();
    assert_eq!(vera.send(&format!("{attempt}/answers"), &seat).await.unwrap().status, StatusCode::OK);
    vera.post(&format!("{attempt}/completion"), &[("", "")]).await.unwrap().ok().unwrap();
    assert_eq!(score(&stage, id).await, (100, false));
    is_proven(&stage, id).await;
}

async fn statistics_follow_the_attempts_and_what_was_put_right(stage: Rc<Stage>) {
    let teacher = stage.staff("teacher").await;
    let page = teacher.get("/questions/labour-16/statistics").await.unwrap().ok().unwrap().text();
    assert!(page.contains("Аттестаций с этими вопросами ещё не было"), "{page}");
    let vera = stage.vera_ready().await;
    let attempt = attest(&stage.app, &vera, 3).await.unwrap();
    // An attempt of before the marks were kept is counted by the job.
    stage.write(|work| work.run("update attempt set marks = null", &[])).await;
    let page = teacher.get("/questions/labour-16/statistics").await.unwrap().text();
    assert!(page.contains("ещё не было"), "{page}");
    stage.write(::trainer::leave_marks).await;
    stage.minutes(2);
    stage.work().await;
    let page = teacher.get("/questions/labour-16/statistics").await.unwrap().ok().unwrap().text();
    assert!(page.contains("Аттестаций 1, сдано 0 Средний результат 75 %"), "{page}");
    assert!(page.contains("пока мало попыток") && page.contains("мало, чтобы судить"), "{page}");
    let methodist = stage.staff("methodist").await;
    let missed = missed(&stage, attempt).await;
    correct(&stage, &methodist, &missed.address, "everyone").await;
    let page = teacher.get("/questions/labour-16/statistics").await.unwrap().ok().unwrap().text();
    assert!(page.contains("Аттестаций 1, сдано 1 Средний результат 83 %"), "{page}");
}

async fn of_two_attempts_in_one_protocol_the_turned_one_is_the_outcome(stage: Rc<Stage>) {
    stage.close_by_hand().await;
    let vera = stage.vera_ready().await;
    let first = attest(&stage.app, &vera, 3).await.unwrap();
    let (teacher, methodist) = (stage.staff("teacher").await, stage.staff("methodist").await);
    let missed = missed(&stage, first).await;
    stage.days(2);
    let second = attest(&stage.app, &vera, 12).await.unwrap();
    tick(&teacher, &missed).await;
    let address = format!("{}/correction", missed.address);
    let seen = methodist.get(&format!("{address}?what=1:latest")).await.unwrap().ok().unwrap();
    let seen =
        seen.body.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let form = [("what", "1:latest"), ("reason", REASON), ("seen", seen.as_str())];
    methodist.post(&address, &form).await.unwrap().ok().unwrap();
    stage.work().await;
    assert_eq!(score(&stage, first).await, (1000, true));
    assert!(!score(&stage, second).await.1);
    close(&stage, &methodist).await;
    let said = stage.said_by("safety_protocol").await;
    let lines = said[0]["lines"].as_array().unwrap();
    assert_eq!((lines.len(), lines[0]["result"].as_str()), (1, Some("удовлетворительно")), "{}", said[0]);
}

async fn an_attempt_turned_while_the_next_goes_on_brings_one_document(stage: Rc<Stage>) {
    stage.close_by_hand().await;
    let vera = stage.vera_ready().await;
    let first = attest(&stage.app, &vera, 3).await.unwrap();
    let missed = missed(&stage, first).await;
    stage.days(2);
    let attempt = stage.begin(&vera).await;
    // Nobody trains on the same bank meanwhile.
    let study = vera.get("/cabinet").await.unwrap();
    let training = study.body.split('"').find(|part| part.ends_with("/training")).unwrap().to_owned();
    for address in [training.clone(), training.replace("/training", "/rehearsal")] {
        let refused = vera.post(&address, &[("topic", "")]).await.unwrap();
        assert_eq!(refused.address, format!("{attempt}/questions/1"));
    }
    let (teacher, methodist) = (stage.staff("teacher").await, stage.staff("methodist").await);
    tick(&teacher, &missed).await;
    correct(&stage, &methodist, &missed.address, "latest").await;
    let id: Uuid = attempt.rsplit('/').next().unwrap().parse().unwrap();
    let right = stage
        .store()
        .read(move |db| {
            let attempt = Attempt::find(db, id)?;
            let key = |seat: &marking::Seat| {
                let question = ::questions::asked(db, seat.question)?.right().clone();
                Ok(question.key().unwrap_or_default().shown(&question, &seat.order))
            };
            attempt.ticket.seats.iter().map(key).collect::<store::Stored<Vec<_>>>()
        })
        .await
        .unwrap();
    for (seat, answer) in right.iter().enumerate() {
        let step = json!({ "key": Uuid::new_v4(), "seat": seat, "answer": answer });
        assert_eq!(vera.send(&format!("{attempt}/answers"), &step).await.unwrap().status, StatusCode::OK);
    }
    vera.post(&format!("{attempt}/completion"), &[("", "")]).await.unwrap().ok().unwrap();
    assert_eq!(score(&stage, id).await, (1200, true));
    close(&stage, &methodist).await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol where state = 'closed'").await, 1);
    assert_eq!(stage.said_by("completion_order").await.len(), 1);
    assert_eq!(stage.said_by("safety_protocol").await[0]["lines"].as_array().map(Vec::len), Some(1));
}
