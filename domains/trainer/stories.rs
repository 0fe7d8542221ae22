//! Stories of training and of sitting the attestation (п. 2.1, 3.5, 4.6.2).
use std::rc::Rc;

use axum::http::StatusCode;
use kafedra::demo::{attest, study};
use kafedra::guest::Guest;
use serde_json::{Value, json};
use stage::Stage;
use uuid::Uuid;

stage::stories![
    training_explains_each_answer_and_offers_mistakes_again,
    attestation_opens_when_all_is_studied_and_the_calendar_allows,
    an_answer_is_kept_once_however_often_it_is_sent,
    keys_are_not_on_the_page_before_the_end,
    the_attempt_goes_on_on_another_device,
    without_javascript_the_forms_do_the_same,
    a_double_click_begins_one_attempt,
    nobody_else_sees_or_answers_an_attempt,
    an_answer_after_the_deadline_is_refused_and_time_closes_by_itself,
    a_failed_learner_waits_a_day_and_has_two_attempts,
    an_empty_ticket_is_marked_and_not_passed,
];

async fn enrolment(learner: &Guest) -> String {
    let cabinet = learner.get("/cabinet").await.unwrap().ok().unwrap();
    cabinet.link("/studies/").unwrap().split('/').nth(2).unwrap().to_owned()
}

fn step(seat: usize, chosen: &[usize]) -> Value {
    json!({ "key": Uuid::new_v4(), "seat": seat, "chosen": chosen })
}

async fn training_explains_each_answer_and_offers_mistakes_again(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    let training = format!("/studies/{}/training", enrolment(&vera).await);
    let question = vera.post(&training, &[("topic", "02")]).await.unwrap().ok().unwrap();
    assert!(!question.body.contains("verdict"));
    let empty = vera.post(&question.address, &[("", "")]).await.unwrap();
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    // All options at once are never right, so this is a mistake.
    let all = [("option", "0"), ("option", "1"), ("option", "2")];
    let verdict = vera.post(&question.address, &all).await.unwrap().ok().unwrap();
    assert!(
        verdict.text().contains("Неверно") && verdict.text().contains("См. материал"),
        "{}",
        verdict.text()
    );
    // A second answer to the same question changes nothing: the key is already in sight.
    vera.post(&question.address, &[("option", "0")]).await.unwrap().ok().unwrap();
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from attempt_step where seat is not null").await,
        1
    );
    assert!(vera.get(&training).await.unwrap().text().contains("Повторить ошибки: 1"));
    let again = vera.post(&training, &[("topic", "mistakes")]).await.unwrap().ok().unwrap();
    assert!(again.text().contains("Вопрос 1 из 1"));
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from result").await,
        0,
        "training never becomes a result"
    );
}

async fn attestation_opens_when_all_is_studied_and_the_calendar_allows(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    let address = format!("/studies/{}/attestation", enrolment(&vera).await);
    study(&vera, 7).await.unwrap();
    assert!(vera.post(&address, &[("", "")]).await.unwrap().text().contains("осталось 1"));
    study(&vera, 1).await.unwrap();
    let early = vera.post(&address, &[("", "")]).await.unwrap();
    assert!(early.text().contains("раньше не позволяет учебный график"), "{}", early.text());
    assert_eq!(stage.count("select cast(count(*) as bigint) from attempt").await, 0);
    stage.days(1);
    assert!(vera.post(&address, &[("", "")]).await.unwrap().address.ends_with("/questions/1"));
    stage.minutes(60);
}

async fn an_answer_is_kept_once_however_often_it_is_sent(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let same = step(0, &[1]);
    for _ in 0..3 {
        let kept = vera.send(&format!("{attempt}/answers"), &same).await.unwrap().ok().unwrap();
        let kept: Value = serde_json::from_str(&kept.body).unwrap();
        assert_eq!((kept["at"].as_str(), kept["left"].as_i64()), (Some("12:00"), Some(1800)));
    }
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from attempt_step where seat is not null").await,
        1
    );
    // Many at once, each its own step, none lost.
    let address = format!("{attempt}/answers");
    let steps: Vec<_> = (0..12).map(|seat| step(seat, &[0])).collect();
    let mut all = Vec::new();
    for step in steps {
        let (vera, address) = (vera.clone(), address.clone());
        all.push(tokio::spawn(async move { vera.send(&address, &step).await.unwrap().status }));
    }
    for one in all {
        assert_eq!(one.await.unwrap(), StatusCode::OK);
    }
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from attempt_step where seat is not null").await,
        13
    );
    for broken in [
        json!({}),
        json!({ "key": "x", "seat": 0 }),
        json!({ "key": Uuid::new_v4(), "seat": 12, "chosen": [0] }),
    ] {
        assert!(vera.send(&address, &broken).await.unwrap().status.is_client_error(), "{broken}");
    }
    stage.minutes(60);
}

async fn keys_are_not_on_the_page_before_the_end(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    for n in 1..=12 {
        let page = vera.get(&format!("{attempt}/questions/{n}")).await.unwrap().ok().unwrap();
        assert!(!page.body.contains("См. материал") && !page.body.contains("верный"), "question {n}");
    }
    assert_eq!(vera.get(&format!("{attempt}/questions/13")).await.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(
        vera.get(&attempt).await.unwrap().address,
        format!("{attempt}/questions/1"),
        "no result before the end"
    );
    stage.minutes(60);
}

async fn the_attempt_goes_on_on_another_device(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    vera.send(&format!("{attempt}/answers"), &step(3, &[2])).await.unwrap().ok().unwrap();
    stage.minutes(10);
    let phone = stage.guest();
    phone.sign_in("vera@example.ru", kafedra::demo::PASSWORD).await.unwrap();
    assert_eq!(stage.begin(&phone).await, attempt);
    let page = phone.get(&format!("{attempt}/questions/4")).await.unwrap();
    assert!(page.body.contains("value=\"2\" checked"), "the answer is there");
    assert!(page.body.contains("data-left=\"1200\""), "twenty of thirty minutes are left");
    stage.minutes(60);
}

async fn without_javascript_the_forms_do_the_same(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let next =
        vera.post(&format!("{attempt}/questions/1"), &[("option", "1"), ("go", "next")]).await.unwrap();
    assert_eq!(next.address, format!("{attempt}/questions/2"));
    let flagged = vera.post(&next.address, &[("option", "0"), ("go", "flag")]).await.unwrap();
    assert!(
        flagged.text().contains("Ответов: 2 из 12") && flagged.body.contains("отмечен"),
        "{}",
        flagged.text()
    );
    let back = vera.post(&next.address, &[("option", "0"), ("go", "back")]).await.unwrap();
    assert_eq!(back.address, format!("{attempt}/questions/1"));
    // Going on with the same choice is no new step.
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from attempt_step where seat is not null").await,
        3
    );
    let ask =
        vera.post(&format!("{attempt}/questions/12"), &[("option", "0"), ("go", "next")]).await.unwrap();
    assert!(ask.text().replace('\u{a0}', " ").contains("9 вопросов без ответа"), "{}", ask.text());
    let result = vera.post(&ask.address, &[("", "")]).await.unwrap().ok().unwrap();
    assert!(result.text().contains("из 12"));
}

async fn a_double_click_begins_one_attempt(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let address = format!("/studies/{}/attestation", enrolment(&vera).await);
    let (one, two) = tokio::join!(vera.post(&address, &[("", "")]), vera.post(&address, &[("", "")]));
    assert_eq!(one.unwrap().address, two.unwrap().address);
    assert_eq!(stage.count("select cast(count(*) as bigint) from attempt").await, 1);
    stage.minutes(60);
}

async fn nobody_else_sees_or_answers_an_attempt(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    for other in [stage.gleb().await, stage.staff("head").await] {
        for address in [attempt.clone(), format!("{attempt}/questions/1"), format!("{attempt}/completion")] {
            assert_eq!(other.get(&address).await.unwrap().status, StatusCode::NOT_FOUND, "{address}");
        }
        assert_eq!(
            other.send(&format!("{attempt}/answers"), &step(0, &[0])).await.unwrap().status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            other.post(&format!("{attempt}/completion"), &[("", "")]).await.unwrap().status,
            StatusCode::NOT_FOUND
        );
    }
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from attempt_step where seat is not null").await,
        0
    );
    stage.minutes(60);
}

async fn an_answer_after_the_deadline_is_refused_and_time_closes_by_itself(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let before = step(0, &[0]);
    stage.minutes(29);
    vera.send(&format!("{attempt}/answers"), &before).await.unwrap().ok().unwrap();
    stage.minutes(1);
    assert_eq!(
        vera.send(&format!("{attempt}/answers"), &step(1, &[0])).await.unwrap().status,
        StatusCode::CONFLICT
    );
    // A repeat of what was kept in time is acknowledged still.
    vera.send(&format!("{attempt}/answers"), &before).await.unwrap().ok().unwrap();
    stage.minutes(600);
    stage.work().await;
    let closed = "select cast(count(*) as bigint) from attempt where ended_by = 'time' and finished_at = deadline_at and passed is not null";
    assert_eq!(stage.count(closed).await, 1);
    assert_eq!(stage.count("select cast(count(*) as bigint) from result").await, 1);
    assert!(vera.get(&attempt).await.unwrap().text().contains("Не сдано"));
}

async fn a_failed_learner_waits_a_day_and_has_two_attempts(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    attest(&stage.app, &vera, 5).await.unwrap();
    let address = format!("/studies/{}/attestation", enrolment(&vera).await);
    assert!(vera.post(&address, &[("", "")]).await.unwrap().text().contains("Следующая попытка"));
    stage.days(1);
    attest(&stage.app, &vera, 5).await.unwrap();
    stage.days(2);
    assert!(vera.post(&address, &[("", "")]).await.unwrap().text().contains("Попытки кончились"));
    assert_eq!(stage.count("select cast(count(*) as bigint) from result where passed").await, 0);
}

async fn an_empty_ticket_is_marked_and_not_passed(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let result = vera.post(&format!("{attempt}/completion"), &[("", "")]).await.unwrap();
    assert!(result.text().contains("Не сдано, 0 из 12"), "{}", result.text());
    // Finishing twice marks once.
    vera.post(&format!("{attempt}/completion"), &[("", "")]).await.unwrap().ok().unwrap();
    assert_eq!((stage.noted("attempt.finished").await, stage.noted("result.recorded").await), (1, 1));
}
