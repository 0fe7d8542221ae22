//! Stories of answers that had to wait for a connection (п. 3.5): what was given in time counts, a moved clock gains nothing.
use std::rc::Rc;

use ::trainer::{Attempt, Sheet, chain};
use axum::http::StatusCode;
use kafedra::demo::keys;
use kafedra::guest::Guest;
use marking::Answer;
use serde_json::{Value, json};
use stage::Stage;
use uuid::Uuid;

stage::stories![
    what_was_given_in_time_comes_in_within_the_grace,
    a_moved_clock_and_a_foreign_token_gain_nothing,
    what_comes_after_the_grace_is_kept_and_does_not_count,
    the_last_given_counts_and_not_the_last_arrived,
    whoever_has_nothing_waiting_sees_the_result_at_once,
    a_package_without_grace_closes_at_its_deadline,
    what_came_too_late_counts_by_an_act_alone,
    late_answers_that_take_points_say_so_before,
    what_came_after_the_end_was_seen_never_counts,
];

const MINUTE: i64 = 60_000;

/// What the page of a question gives the device.
async fn token(learner: &Guest, attempt: &str) -> String {
    let page = learner.get(&format!("{attempt}/questions/1")).await.unwrap().ok().unwrap();
    page.body.split("data-token=\"").nth(1).expect("a token").split('"').next().unwrap().to_owned()
}

/// An answer given so many minutes after the token and sent after so many.
fn waited(seat: usize, chosen: usize, token: &str, given: i64, sent: i64) -> Value {
    json!({
        "key": Uuid::new_v4(), "seat": seat, "answer": [chosen],
        "given": { "token": token, "clocks": [[given * MINUTE, sent * MINUTE]] },
    })
}

async fn sent(learner: &Guest, attempt: &str, step: &Value) -> (StatusCode, String) {
    let answer = learner.send(&format!("{attempt}/answers"), step).await.unwrap();
    (answer.status, answer.body)
}

async fn answers(stage: &Stage, attempt: &str) -> Vec<Answer> {
    let id: Uuid = attempt.rsplit('/').next().unwrap().parse().unwrap();
    stage
        .store()
        .read(move |db| {
            let attempt = Attempt::find(db, id)?;
            assert_eq!(chain::first_broken(id, &chain::steps(db, id)?), None);
            Ok(Sheet::of(db, &attempt)?.answers)
        })
        .await
        .unwrap()
}

const CLOSED: &str = "select cast(count(*) as bigint) from attempt where finished_at is not null";

async fn what_was_given_in_time_comes_in_within_the_grace(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let token = token(&vera, &attempt).await;
    stage.minutes(35);
    stage.work().await;
    assert_eq!(stage.count(CLOSED).await, 0, "the grace is not over");
    let page = vera.get(&attempt).await.unwrap().ok().unwrap();
    assert!(page.text().contains("Время вышло") && page.body.contains("data-over"), "{}", page.text());
    // Given at the twentieth minute of thirty; a lost acknowledgement is asked for again.
    let in_time = waited(3, 1, &token, 20, 35);
    for _ in 0..2 {
        let (status, body) = sent(&vera, &attempt, &in_time).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert!(body.contains("\"left\":0"), "{body}");
    }
    // Given at the thirty-first.
    assert_eq!(sent(&vera, &attempt, &waited(4, 1, &token, 31, 35)).await.0, StatusCode::CONFLICT);
    // Without a word about its time it is late.
    let bare = json!({ "key": Uuid::new_v4(), "seat": 5, "answer": [1] });
    assert_eq!(sent(&vera, &attempt, &bare).await.0, StatusCode::CONFLICT);
    stage.minutes(6);
    stage.work().await;
    let closed =
        "select cast(count(*) as bigint) from attempt where ended_by = 'time' and finished_at = deadline_at";
    assert_eq!(stage.count(closed).await, 1);
    let answers = answers(&stage, &attempt).await;
    assert_eq!(
        (&answers[3], answers[4].is_empty(), answers[5].is_empty()),
        (&Answer::Chosen(vec![1]), true, true)
    );
    assert_eq!(stage.count("select cast(count(*) as bigint) from result").await, 1);
}

async fn a_moved_clock_and_a_foreign_token_gain_nothing(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let token = token(&vera, &attempt).await;
    stage.minutes(35);
    let (at, mac) = token.split_once('.').unwrap();
    let sooner = format!("{}.{mac}", at.parse::<i64>().unwrap() + 10 * MINUTE);
    for (what, step) in [
        ("a clock that stood still", waited(1, 0, &token, 20, 21)),
        ("a clock set back", waited(1, 0, &token, -1400, -1380)),
        ("a clock set forward", waited(1, 0, &token, 1460, 1475)),
        ("given after it was sent", waited(1, 0, &token, 36, 35)),
        ("a token made up", waited(1, 0, &sooner, 10, 25)),
        ("no token", waited(1, 0, "", 20, 35)),
    ] {
        let (status, body) = sent(&vera, &attempt, &step).await;
        assert_eq!((status, body.as_str()), (StatusCode::CONFLICT, "{\"stored\":false}"), "{what}");
    }
    // While the attempt goes on nobody is asked for the time: a clock that is wrong loses nothing.
    stage.minutes(-10);
    let (status, _) = sent(&vera, &attempt, &waited(1, 0, &token, 1460, 1475)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(stage.count("select cast(count(*) as bigint) from attempt_step where kind = 'late'").await, 0);
    stage.minutes(60);
}

async fn what_comes_after_the_grace_is_kept_and_does_not_count(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let token = token(&vera, &attempt).await;
    stage.minutes(50);
    stage.work().await;
    assert_eq!(stage.count(CLOSED).await, 1);
    let late = waited(2, 0, &token, 20, 50);
    let (status, body) = sent(&vera, &attempt, &late).await;
    assert_eq!((status, body.as_str()), (StatusCode::CONFLICT, "{\"stored\":true}"));
    assert!(answers(&stage, &attempt).await[2].is_empty());
    assert_eq!(stage.noted("answer.late").await, 1);
    // A flag, or what was given after the end, is not worth keeping.
    let after = waited(2, 0, &token, 31, 50);
    assert_eq!(sent(&vera, &attempt, &after).await.1, "{\"stored\":false}");
    let page = vera.get(&attempt).await.unwrap().ok().unwrap();
    assert!(
        page.text().contains("передано с опозданием") && page.text().contains("апелляци"),
        "{}",
        page.text()
    );
    // Nobody fills the disk.
    for _ in 0..520 {
        sent(&vera, &attempt, &waited(2, 0, &token, 20, 50)).await;
    }
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from attempt_step where kind = 'late'").await,
        500
    );
}

async fn the_last_given_counts_and_not_the_last_arrived(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let token = token(&vera, &attempt).await;
    stage.minutes(10);
    // At the tenth minute on the laptop …
    let online = json!({ "key": Uuid::new_v4(), "seat": 0, "answer": [2] });
    assert_eq!(sent(&vera, &attempt, &online).await.0, StatusCode::OK);
    stage.minutes(2);
    // … and at the fifth on the telephone, which has found a connection only now.
    assert_eq!(sent(&vera, &attempt, &waited(0, 1, &token, 5, 12)).await.0, StatusCode::OK);
    assert_eq!(answers(&stage, &attempt).await[0], Answer::Chosen(vec![2]));
    assert_eq!(sent(&vera, &attempt, &waited(0, 1, &token, 11, 12)).await.0, StatusCode::OK);
    assert_eq!(answers(&stage, &attempt).await[0], Answer::Chosen(vec![1]));
    stage.minutes(60);
}

async fn whoever_has_nothing_waiting_sees_the_result_at_once(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    stage.minutes(31);
    let result = vera.post(&format!("{attempt}/completion"), &[("", "")]).await.unwrap().ok().unwrap();
    assert!(result.text().contains("Не сдано, 0 из 12"), "{}", result.text());
    let closed =
        "select cast(count(*) as bigint) from attempt where ended_by = 'time' and finished_at = deadline_at";
    assert_eq!(stage.count(closed).await, 1);
}

async fn a_package_without_grace_closes_at_its_deadline(stage: Rc<Stage>) {
    stage.rewrite("\"pause_days\":", "\"grace_minutes\":0,\"pause_days\":").await;
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let token = token(&vera, &attempt).await;
    stage.minutes(30);
    assert_eq!(sent(&vera, &attempt, &waited(0, 1, &token, 29, 30)).await.0, StatusCode::CONFLICT);
    stage.work().await;
    assert_eq!(stage.count(CLOSED).await, 1);
}

async fn what_came_too_late_counts_by_an_act_alone(stage: Rc<Stage>) {
    stage.close_by_hand().await;
    let vera = stage.vera_ready().await;
    // All right but three, which lie on the telephone.
    let attempt = stage.begin(&vera).await;
    let token = token(&vera, &attempt).await;
    let id: Uuid = attempt.rsplit('/').next().unwrap().parse().unwrap();
    let keys = keys(&stage.app, id).await.unwrap();
    let given = |seat: usize, given: i64, sent: i64| json!({ "key": Uuid::new_v4(), "seat": seat, "answer": keys[seat].0, "given": { "token": token, "clocks": [[given * MINUTE, sent * MINUTE]] } });
    for seat in 0..9 {
        assert_eq!(sent(&vera, &attempt, &given(seat, 0, 0)).await.0, StatusCode::OK);
    }
    stage.minutes(50);
    stage.work().await;
    for seat in 9..12 {
        let (status, body) = sent(&vera, &attempt, &given(seat, 25, 50)).await;
        assert_eq!((status, body.as_str()), (StatusCode::CONFLICT, r#"{"stored":true}"#));
    }
    let result = vera.get(&attempt).await.unwrap().ok().unwrap().text();
    assert!(
        result.contains("Не сдано, 9 из 12") && result.contains("Засчитать ли, решит методист"),
        "{result}"
    );
    let (methodist, head) = (stage.staff("methodist").await, stage.staff("head").await);
    let listed = methodist.get("/results").await.unwrap().ok().unwrap().text();
    assert!(listed.contains("Ответы с опозданием") && listed.contains("3 ответа"), "{listed}");
    let address = format!("/results/{id}/late");
    for stranger in [&vera, &stage.staff("teacher").await] {
        assert_eq!(
            stranger.post(&address, &[("act", "accept"), ("reason", "я")]).await.unwrap().status,
            StatusCode::NOT_FOUND
        );
    }
    let bare = methodist.post(&address, &[("act", "accept"), ("reason", " ")]).await.unwrap();
    assert!(
        bare.status == StatusCode::UNPROCESSABLE_ENTITY
            && bare.text().contains("Вопрос 12")
            && bare.text().contains("Если засчитать 12 из 12, сдано"),
        "{}",
        bare.text()
    );
    for _ in 0..2 {
        methodist
            .post(&address, &[("act", "accept"), ("reason", "Обрыв у оператора")])
            .await
            .unwrap()
            .ok()
            .unwrap();
    }
    assert_eq!(stage.noted("answer.accepted").await, 1);
    let steps = head.get(&format!("/results/{id}")).await.unwrap().ok().unwrap().text();
    assert!(steps.contains("засчитаны: Обрыв у оператора") && steps.contains("Совпадает"), "{steps}");
    assert!(vera.get(&attempt).await.unwrap().text().contains("Сдано, 12 из 12"));
    assert!(!methodist.get("/results").await.unwrap().text().contains("Ответы с опозданием"));
    let letters = stage.letters().await;
    assert!(letters.iter().any(|one| one.letter.body.contains("ответы, которые пришли с опозданием")));
    let passed = "select cast(count(*) as bigint) from protocol_line where passed";
    assert_eq!(stage.count(passed).await, 1);
    // The archive marks both countings anew, each by what was known at its moment.
    stage.write(::trainer::leave_the_next).await;
    stage.days(1);
    stage.work().await;
    let checked = stage.archived().await;
    assert_eq!((checked.attempts, checked.sealed), (1, 1));
}

async fn late_answers_that_take_points_say_so_before(stage: Rc<Stage>) {
    stage.close_by_hand().await;
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let token = token(&vera, &attempt).await;
    let id: Uuid = attempt.rsplit('/').next().unwrap().parse().unwrap();
    let keys = keys(&stage.app, id).await.unwrap();
    let given = |answer: &Answer, given: i64, came: i64| json!({ "key": Uuid::new_v4(), "seat": 0, "answer": answer, "given": { "token": token, "clocks": [[given * MINUTE, came * MINUTE]] } });
    assert_eq!(sent(&vera, &attempt, &given(&keys[0].0, 0, 0)).await.0, StatusCode::OK);
    stage.minutes(50);
    stage.work().await;
    // Another mind, later and without a connection.
    assert_eq!(sent(&vera, &attempt, &given(&keys[0].1, 25, 50)).await.0, StatusCode::CONFLICT);
    let methodist = stage.staff("methodist").await;
    let address = format!("/results/{id}/late");
    let page = methodist.get(&address).await.unwrap().ok().unwrap().text();
    assert!(
        page.contains("Результат 1 из 12") && page.contains("Если засчитать 0 из 12, не сдано"),
        "{page}"
    );
    // Refused, it counts neither now nor when another is accepted later.
    methodist.post(&address, &[("act", "refuse"), ("reason", "Позже срока")]).await.unwrap().ok().unwrap();
    let other = json!({ "key": Uuid::new_v4(), "seat": 1, "answer": keys[1].0, "given": { "token": token, "clocks": [[26 * MINUTE, 50 * MINUTE]] } });
    assert_eq!(sent(&vera, &attempt, &other).await.0, StatusCode::CONFLICT);
    let page = methodist.get(&address).await.unwrap().ok().unwrap().text();
    assert!(page.contains("Если засчитать 2 из 12"), "{page}");
    methodist.post(&address, &[("act", "accept"), ("reason", "Так дано")]).await.unwrap().ok().unwrap();
    let steps = methodist.get(&format!("/results/{id}")).await.unwrap().ok().unwrap().text();
    assert!(
        steps.contains("2 из 12")
            && steps.contains("Совпадает")
            && steps.contains("не засчитаны: Позже срока"),
        "{steps}"
    );
    // Decided, it says no more what might be.
    let page = methodist.get(&address).await.unwrap().ok().unwrap().text();
    assert!(!page.contains("Если засчитать") && page.contains("Результат 2 из 12"), "{page}");
    stage.write(::trainer::leave_the_next).await;
    stage.days(1);
    stage.work().await;
    assert_eq!(stage.archived().await.sealed, 1);
}

async fn what_came_after_the_end_was_seen_never_counts(stage: Rc<Stage>) {
    stage.close_by_hand().await;
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let token = token(&vera, &attempt).await;
    let id: Uuid = attempt.rsplit('/').next().unwrap().parse().unwrap();
    let keys = keys(&stage.app, id).await.unwrap();
    stage.minutes(10);
    vera.post(&format!("{attempt}/completion"), &[("", "")]).await.unwrap().ok().unwrap();
    stage.minutes(10);
    let right = |seat: usize, given: i64| json!({ "key": Uuid::new_v4(), "seat": seat, "answer": keys[seat].0, "given": { "token": token, "clocks": [[given * MINUTE, 20 * MINUTE]] } });
    // Given after the button, before the deadline: nothing of it is kept.
    assert_eq!(sent(&vera, &attempt, &right(0, 15)).await.1, r#"{"stored":false}"#);
    // Said to be given before the button, and sent when the keys had been looked at: kept, and worth nothing even when somebody accepts it.
    for seat in 0..12 {
        assert_eq!(sent(&vera, &attempt, &right(seat, 5)).await.1, r#"{"stored":true}"#);
    }
    let methodist = stage.staff("methodist").await;
    let late = format!("/results/{id}/late");
    let page = methodist.get(&late).await.unwrap().ok().unwrap().text();
    assert!(page.contains("Слушатель уже видел верные ответы"), "{page}");
    methodist.post(&late, &[("act", "accept"), ("reason", "просит")]).await.unwrap().ok().unwrap();
    assert!(vera.get(&attempt).await.unwrap().text().contains("Не сдано, 0 из 12"));
    // Refused, it leaves the list.
    assert!(!methodist.get("/results").await.unwrap().text().contains("Ответы с опозданием"));
    let refused =
        methodist.post(&late, &[("act", "refuse"), ("reason", "просит")]).await.unwrap().ok().unwrap();
    assert!(refused.text().contains("Совпадает"), "{}", refused.text());
    // The server's word is not given after the end.
    let events = vera.get(&format!("{attempt}/events")).await.unwrap();
    assert_eq!(events.status, StatusCode::OK);
}
