//! Stories of what a package may ask for (п. 5.3.4): critical questions, difficulty, a rehearsal before, what is shown after.
use std::rc::Rc;

use ::trainer::{Attempt, Sheet, chain};
use axum::http::StatusCode;
use kafedra::demo::{attest, sit};
use kafedra::guest::Guest;
use marking::Answer;
use serde_json::{Value, json};
use stage::Stage;
use uuid::Uuid;
use words::Moment;

stage::stories![
    a_rehearsal_has_the_rules_and_no_consequence,
    no_key_is_in_sight_while_an_attestation_goes_on,
    a_mistake_in_a_critical_question_fails,
    a_cell_of_the_matrix_draws_its_own_difficulty,
    what_is_kept_for_attestations_is_not_trained,
    a_package_that_shows_the_score_alone_shows_no_key,
    a_threshold_in_items_is_said_in_items,
    what_is_due_today_comes_back_when_it_is_forgotten,
    questions_one_by_one_are_not_come_back_to,
    a_question_with_a_time_of_its_own_closes_by_it,
    attempts_begin_within_the_days_of_the_package,
];

const PERCENT: &str = r#""threshold_percent":80"#;

async fn with(stage: &Stage, more: &str) {
    stage.rewrite(PERCENT, &format!("{PERCENT},{more}")).await;
}

async fn study(learner: &Guest) -> String {
    let cabinet = learner.get("/cabinet").await.unwrap().ok().unwrap();
    let training = cabinet.body.split('"').find(|part| part.ends_with("/training")).unwrap().to_owned();
    training.trim_end_matches("/training").to_owned()
}

const RESULTS: &str = "select cast(count(*) as bigint) from result";
const LINES: &str = "select cast(count(*) as bigint) from protocol_line";

async fn a_rehearsal_has_the_rules_and_no_consequence(stage: Rc<Stage>) {
    with(&stage, r#""rehearsal_percent":80"#).await;
    let vera = stage.vera_ready().await;
    let study = study(&vera).await;
    let closed = vera.get(&format!("{study}/attestation")).await.unwrap().ok().unwrap().text();
    assert!(closed.contains("Откроется после репетиции не хуже 80 %."), "{closed}");
    // Badly, then well; a failed one counts for nothing.
    let rehearsal = format!("{study}/rehearsal");
    let bad = sit(&stage.app, &vera, &rehearsal, 12).await.unwrap();
    let page = vera.get(&format!("/attempts/{bad}")).await.unwrap().ok().unwrap();
    let text = page.text();
    assert!(text.contains("Не сдано, 0 из 12") && text.contains("Репетиция ни на что не влияет"), "{text}");
    assert!(!page.body.contains("/sheet.pdf") && !page.body.contains("/appeal"), "{}", page.body);
    let closed = vera.get(&format!("{study}/attestation")).await.unwrap().ok().unwrap().text();
    assert!(closed.contains("Лучшая пока 0"), "{closed}");
    assert_eq!(vera.post(&format!("{study}/attestation"), &[("", "")]).await.unwrap().text(), closed);
    let good = sit(&stage.app, &vera, &rehearsal, 1).await.unwrap();
    for address in ["sheet.pdf", "appeal"] {
        let page = vera.get(&format!("/attempts/{good}/{address}")).await.unwrap();
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{address}");
    }
    assert_eq!((stage.count(RESULTS).await, stage.count(LINES).await), (0, 0));
    let training = vera.get(&format!("{study}/training")).await.unwrap().ok().unwrap().text();
    assert!(training.contains("11 из 12") && training.contains("Начать репетицию"), "{training}");
    // A second tab comes to the same one; nobody on duty sees it; at its deadline it ends by itself.
    let first = vera.post(&rehearsal, &[("", "")]).await.unwrap().ok().unwrap().address;
    assert_eq!(vera.post(&rehearsal, &[("", "")]).await.unwrap().address, first);
    let duty = stage.staff("methodist").await.get("/duty").await.unwrap().ok().unwrap().text();
    assert!(!duty.contains("Вера"), "{duty}");
    stage.minutes(31);
    stage.work().await;
    let open = "select cast(count(*) as bigint) from attempt where finished_at is null";
    assert_eq!(stage.count(open).await, 0);
    attest(&stage.app, &vera, 0).await.unwrap();
    assert_eq!(stage.count(RESULTS).await, 1);
    // The day seals the attestation alone.
    stage.write(::trainer::leave_the_next).await;
    stage.days(1);
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from proof_leaf").await, 1);
    assert_eq!(stage.noted("attempt.begun").await, 1);
}

async fn no_key_is_in_sight_while_an_attestation_goes_on(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let study = study(&vera).await;
    let rehearsal = sit(&stage.app, &vera, &format!("{study}/rehearsal"), 1).await.unwrap();
    let seen = async || vera.get(&format!("/attempts/{rehearsal}")).await.unwrap().ok().unwrap().text();
    assert!(seen().await.contains("Верный ответ"), "{}", seen().await);
    let training =
        vera.post(&format!("{study}/training"), &[("topic", "")]).await.unwrap().ok().unwrap().address;
    let attempt = stage.begin(&vera).await;
    let hidden = seen().await;
    assert!(hidden.contains("Не сдано") || hidden.contains("Сдано, 11 из 12"), "{hidden}");
    assert!(!hidden.contains("Верный ответ") && hidden.contains("когда она закончится"), "{hidden}");
    // Training comes back to the ticket, whichever way it is asked for.
    assert_eq!(vera.get(&training).await.unwrap().address, format!("{attempt}/questions/1"));
    let begun = vera.post(&format!("{study}/training"), &[("topic", "")]).await.unwrap();
    assert_eq!(begun.address, format!("{attempt}/questions/1"));
    // The time is over, and what was given in time may still come: so long the keys wait too.
    stage.minutes(41);
    assert!(!seen().await.contains("Верный ответ"));
    stage.minutes(10);
    stage.work().await;
    assert!(seen().await.contains("Верный ответ"));
}

async fn set(stage: &Stage, sql: &'static str) {
    stage.write(move |work| work.run(sql, &[])).await;
}

async fn a_mistake_in_a_critical_question_fails(stage: Rc<Stage>) {
    with(&stage, r#""critical":true"#).await;
    set(&stage, "update question set critical = true").await;
    let vera = stage.vera_ready().await;
    let study = study(&vera).await;
    let before = vera.get(&format!("{study}/attestation")).await.unwrap().ok().unwrap().text();
    assert!(before.contains("ошибка в таком — не сдано"), "{before}");
    let attempt = attest(&stage.app, &vera, 1).await.unwrap();
    let page = vera.get(&format!("/attempts/{attempt}")).await.unwrap().ok().unwrap().text();
    assert!(page.contains("Не сдано, 11 из 12") && page.contains("ошибка в критическом вопросе"), "{page}");
    // Without the package's word a critical question is as any other.
    stage.rewrite(r#""critical":true"#, r#""critical":false"#).await;
    stage.days(2);
    let attempt = attest(&stage.app, &vera, 1).await.unwrap();
    let page = vera.get(&format!("/attempts/{attempt}")).await.unwrap().ok().unwrap().text();
    assert!(page.contains("Сдано, 11 из 12"), "{page}");
}

async fn a_cell_of_the_matrix_draws_its_own_difficulty(stage: Rc<Stage>) {
    let row = r#""module":"01","questions":3"#;
    stage.rewrite(row, &format!("{row},\"hard\":2")).await;
    set(&stage, "update question set difficulty = 'hard' where id = (select id from question where topic = '01' order by id limit 1)").await;
    let vera = stage.vera_ready().await;
    let study = study(&vera).await;
    let short = vera.post(&format!("{study}/attestation"), &[("", "")]).await.unwrap().text();
    assert!(!short.contains("Вопрос 1 из 12"), "{short}");
    let teacher = stage.staff("teacher").await;
    let bank = teacher.get("/questions/labour-16").await.unwrap().ok().unwrap();
    let trial = bank.body.split('"').find(|part| part.ends_with("/trial")).unwrap().to_owned();
    let trial = teacher.get(&trial).await.unwrap().text();
    assert!(trial.contains("тема «01», сложный: нужно 2, в банке 1"), "{trial}");
    set(&stage, "update question set difficulty = 'hard' where topic = '01'").await;
    let attempt = stage.begin(&vera).await;
    let id: Uuid = attempt.rsplit('/').next().unwrap().parse().unwrap();
    let ticket = stage.store().read(move |db| Attempt::find(db, id)).await.unwrap().ticket;
    assert_eq!(ticket.seats.iter().filter(|seat| seat.topic == "01").count(), 3);
    vera.post(&format!("{attempt}/completion"), &[("", "")]).await.unwrap().ok().unwrap();
}

async fn what_is_kept_for_attestations_is_not_trained(stage: Rc<Stage>) {
    set(&stage, "update question set exam_only = true where topic = '01'").await;
    let vera = stage.vera_ready().await;
    let study = study(&vera).await;
    let training = vera.get(&format!("{study}/training")).await.unwrap().ok().unwrap();
    assert!(!training.body.contains("value=\"01\"") && training.body.contains("value=\"02\""));
    let begun = vera.post(&format!("{study}/training"), &[("topic", "01")]).await.unwrap();
    assert!(!begun.address.starts_with("/training/"), "{}", begun.address);
    let rehearsal = vera.post(&format!("{study}/rehearsal"), &[("", "")]).await.unwrap().text();
    assert!(
        rehearsal.contains("Для репетиции пока не хватает вопросов (тема «01»: нужно 3, в банке 0)"),
        "{rehearsal}"
    );
    attest(&stage.app, &vera, 0).await.unwrap();
}

async fn a_package_that_shows_the_score_alone_shows_no_key(stage: Rc<Stage>) {
    with(&stage, r#""show":"score""#).await;
    let vera = stage.vera_ready().await;
    let attempt = attest(&stage.app, &vera, 1).await.unwrap();
    let page = vera.get(&format!("/attempts/{attempt}")).await.unwrap().ok().unwrap().text();
    assert!(page.contains("Сдано, 11 из 12") && !page.contains("Ваш ответ"), "{page}");
}

async fn a_threshold_in_items_is_said_in_items(stage: Rc<Stage>) {
    with(&stage, r#""threshold_items":12"#).await;
    let vera = stage.vera_ready().await;
    let attempt = attest(&stage.app, &vera, 1).await.unwrap();
    let page = vera.get(&format!("/attempts/{attempt}")).await.unwrap().ok().unwrap().text();
    assert!(page.contains("Не сдано, 11 из 12") && page.contains("Нужно не меньше 12"), "{page}");
    let public = stage.guest().get("/programmes/labour-16").await.unwrap().ok().unwrap().text();
    assert!(public.contains("не менее 12 верных ответов"), "{public}");
}

async fn what_is_due_today_comes_back_when_it_is_forgotten(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let training = format!("{}/training", study(&vera).await);
    let page = vera.get(&training).await.unwrap().ok().unwrap().text();
    assert!(page.contains("Новых вопросов: 15"), "{page}");
    let first = vera.post(&training, &[("topic", "today")]).await.unwrap().ok().unwrap();
    assert!(first.text().contains("Вопрос 1 из 15"), "{}", first.text());
    // Whatever is chosen, it is remembered: what was wrong comes back within the hour, what was right later.
    let attempt = first.address.trim_end_matches("/1").to_owned();
    for n in 1..=15 {
        let address = format!("{attempt}/{n}");
        let question = vera.get(&address).await.unwrap().ok().unwrap();
        let named = question.body.contains("name=\"option\"");
        let answer = if named { ("option", "0") } else { ("f0", "0") };
        vera.post(&address, &[answer]).await.unwrap().ok().unwrap();
        // The first answer counts: sending another changes nothing.
        vera.post(&address, &[("option", "1")]).await.unwrap().ok().unwrap();
    }
    assert_eq!(stage.count("select cast(count(*) as bigint) from recall").await, 15);
    let soon = "select cast(count(*) as bigint) from recall where due_at <= 1";
    assert_eq!(stage.count(soon).await, 0);
    stage.minutes(60);
    let page = vera.get(&training).await.unwrap().ok().unwrap().text();
    let again: usize =
        page.split("Пора повторить: ").nth(1).unwrap().split([',', '.']).next().unwrap().parse().unwrap();
    assert!((1..=15).contains(&again) && page.contains("Слабые места"), "{page}");
    let weak = vera.post(&training, &[("topic", "weak")]).await.unwrap().ok().unwrap();
    assert!(weak.address.starts_with("/training/"), "{}", weak.address);
    // Nothing of it is in official papers.
    assert_eq!((stage.count(RESULTS).await, stage.count(LINES).await), (0, 0));
}

fn seconds(stage: &Stage, seconds: i64) {
    let clock = stage.app.house.store.clock();
    clock.set(Moment(clock.now().0 + seconds * 1000));
}

/// The right key of nothing: any choice will do.
fn choice(seat: usize, option: usize) -> Value {
    json!({ "key": Uuid::new_v4(), "seat": seat, "answer": [option] })
}

async fn answers(stage: &Stage, attempt: &str) -> Vec<Answer> {
    let id: Uuid = attempt.rsplit('/').next().unwrap().parse().unwrap();
    let sheet = stage.store().read(move |db| {
        let attempt = Attempt::find(db, id)?;
        assert_eq!(chain::first_broken(id, &chain::steps(db, id)?), None);
        Sheet::of(db, &attempt)
    });
    sheet.await.unwrap().answers
}

async fn questions_one_by_one_are_not_come_back_to(stage: Rc<Stage>) {
    with(&stage, r#""one_by_one":true,"offline":true"#).await;
    let vera = stage.vera_ready().await;
    let before = vera.get(&format!("{}/attestation", study(&vera).await)).await.unwrap().ok().unwrap().text();
    assert!(before.contains("вернуться к прошлому нельзя"), "{before}");
    let attempt = stage.begin(&vera).await;
    let at = |n: usize| format!("{attempt}/questions/{n}");
    let keep = format!("{attempt}/answers");
    // Neither forward nor back, by the page, by the map, or by a step sent by hand; and the whole ticket is not on the device.
    let page = vera.get(&at(5)).await.unwrap().ok().unwrap();
    assert_eq!(page.address, at(1));
    for none in ["Вернуться позже", "data-pages", "<li><a href"] {
        assert!(!page.body.contains(none), "{none}");
    }
    assert_eq!(vera.send(&keep, &choice(1, 0)).await.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(vera.send(&keep, &choice(0, 1)).await.unwrap().status, StatusCode::OK);
    let next = vera.post(&at(1), &[("go", "next"), ("option", "2")]).await.unwrap().ok().unwrap();
    assert_eq!(next.address, at(2));
    let given = answers(&stage, &attempt).await;
    // The form of the first page again, as a browser's «back» sends it: nothing turns, nothing changes.
    let again = vera.post(&at(1), &[("go", "next"), ("option", "3")]).await.unwrap().ok().unwrap();
    assert_eq!(again.address, at(2));
    assert_eq!(vera.send(&keep, &choice(0, 3)).await.unwrap().status, StatusCode::CONFLICT);
    assert_eq!(answers(&stage, &attempt).await, given);
    for n in 2..=12 {
        vera.post(&at(n), &[("go", "next"), ("option", "1")]).await.unwrap().ok().unwrap();
    }
    let asked = vera.get(&format!("{attempt}/completion")).await.unwrap().ok().unwrap().text();
    assert!(asked.contains("Вернуться к вопросу"), "{asked}");
    vera.post(&format!("{attempt}/completion"), &[("", "")]).await.unwrap().ok().unwrap();
    let turns = "select cast(count(*) as bigint) from attempt_step where kind = 'open'";
    assert_eq!(stage.count(turns).await, 11);
    let steps =
        stage.staff("head").await.get(&attempt.replace("attempts", "results")).await.unwrap().ok().unwrap();
    assert!(
        steps.text().contains("Открыт вопрос 12") && steps.text().contains("Совпадает"),
        "{}",
        steps.text()
    );
}

async fn a_question_with_a_time_of_its_own_closes_by_it(stage: Rc<Stage>) {
    with(&stage, r#""seconds_each":120"#).await;
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let at = |n: usize| format!("{attempt}/questions/{n}");
    let keep = format!("{attempt}/answers");
    let page = vera.get(&at(1)).await.unwrap().ok().unwrap();
    assert!(page.text().contains("на него 02:00"), "{}", page.text());
    let token = page.body.split("data-token=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(vera.send(&keep, &choice(0, 1)).await.unwrap().status, StatusCode::OK);
    seconds(&stage, 130);
    let page = vera.get(&at(1)).await.unwrap().ok().unwrap().text();
    assert!(page.contains("Время на этот вопрос вышло") && !page.contains("Один верный ответ"), "{page}");
    assert_eq!(vera.send(&keep, &choice(0, 0)).await.unwrap().status, StatusCode::CONFLICT);
    // What a device can show to have been given in time comes in still, after the turn too; what was given later does not.
    let waited = |seat: usize, option: usize, given: i64, sent: i64| {
        let clocks = [[given * 1000, sent * 1000]];
        json!({ "key": Uuid::new_v4(), "seat": seat, "answer": [option], "given": { "token": token, "clocks": clocks } })
    };
    assert_eq!(vera.send(&keep, &waited(0, 2, 119, 130)).await.unwrap().status, StatusCode::OK);
    assert_eq!(vera.post(&at(1), &[("go", "next"), ("option", "3")]).await.unwrap().address, at(2));
    assert_eq!(vera.send(&keep, &waited(0, 1, 121, 130)).await.unwrap().status, StatusCode::CONFLICT);
    assert_eq!(vera.send(&keep, &waited(0, 1, 119, 130)).await.unwrap().status, StatusCode::OK);
    assert_eq!(answers(&stage, &attempt).await[0], Answer::Chosen(vec![1]));
    // Soon after its end nothing of it comes in, whatever a device says of the time.
    seconds(&stage, 50);
    assert_eq!(vera.send(&keep, &waited(0, 2, 119, 180)).await.unwrap().status, StatusCode::CONFLICT);
    assert_eq!(answers(&stage, &attempt).await[0], Answer::Chosen(vec![1]));
    // More time for the whole is more for each question, the open one too; a pause gives it its time back.
    let methodist = stage.staff("methodist").await;
    let duty = attempt.replace("attempts", "duty");
    methodist
        .post(&duty, &[("act", "minutes"), ("minutes", "15"), ("text", "Руки в гипсе")])
        .await
        .unwrap()
        .ok()
        .unwrap();
    let page = vera.get(&at(2)).await.unwrap().ok().unwrap().text();
    assert!(page.contains("на него 02:10"), "{page}");
    seconds(&stage, 70);
    methodist.post(&duty, &[("act", "pause"), ("text", "Пожарная тревога")]).await.unwrap().ok().unwrap();
    stage.minutes(20);
    methodist.post(&duty, &[("act", "resume")]).await.unwrap().ok().unwrap();
    let page = vera.get(&at(2)).await.unwrap().ok().unwrap().text();
    assert!(page.contains("на него 01:00"), "{page}");
    assert_eq!(vera.send(&keep, &choice(1, 1)).await.unwrap().status, StatusCode::OK);
}

async fn attempts_begin_within_the_days_of_the_package(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let door = format!("{}/attestation", study(&vera).await);
    let today = stage.app.house.store.clock().now().day();
    with(&stage, &format!(r#""opens":"{}","closes":"{}""#, today.plus(1), today.plus(2))).await;
    let early = vera.get(&door).await.unwrap().ok().unwrap().text();
    assert!(early.contains("Аттестация откроется"), "{early}");
    stage.days(3);
    let late = vera.get(&door).await.unwrap().ok().unwrap().text();
    assert!(late.contains("Аттестация была открыта до"), "{late}");
    assert_eq!(vera.post(&door, &[("", "")]).await.unwrap().address, door);
    stage
        .rewrite(&format!(r#""closes":"{}""#, today.plus(2)), &format!(r#""closes":"{}""#, today.plus(3)))
        .await;
    stage.begin(&vera).await;
}
