//! Stories of the duty at an attestation (п. 4.3.6): who sits is seen, what the duty does reaches the page.
use std::rc::Rc;

use axum::http::StatusCode;
use kafedra::guest::Guest;
use serde_json::json;
use stage::Stage;
use uuid::Uuid;

stage::stories![
    the_board_shows_who_sits_and_where,
    the_time_stands_still_while_the_duty_has_stopped_it,
    more_time_and_a_word_reach_one_attempt,
    signals_are_kept_and_nothing_follows_from_them,
];

async fn board(stage: &Stage) -> String {
    stage.staff("methodist").await.get("/duty").await.unwrap().ok().unwrap().text()
}

async fn answered(learner: &Guest, attempt: &str, seat: usize) -> StatusCode {
    let step = json!({ "key": Uuid::new_v4(), "seat": seat, "answer": [0] });
    learner.send(&format!("{attempt}/answers"), &step).await.unwrap().status
}

async fn act(stage: &Stage, attempt: &str, fields: &[(&str, &str)]) {
    let address = attempt.replace("/attempts/", "/duty/");
    let page = stage.staff("methodist").await.post(&address, &fields).await.unwrap().ok().unwrap();
    assert!(page.address.starts_with("/duty/"), "{}", page.text());
}

async fn the_board_shows_who_sits_and_where(stage: Rc<Stage>) {
    assert!(board(&stage).await.contains("Сейчас никто не сдаёт"));
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    answered(&vera, &attempt, 4).await;
    stage.minutes(5);
    let seen = board(&stage).await;
    for words in ["Соколова Вера", "1 из 12", "25:00", "нет связи", "1 человек"]
    {
        assert!(seen.contains(words), "{words}: {seen}");
    }
    // The auditor looks on, others do not.
    let auditor = stage.staff("auditor").await;
    assert!(auditor.get("/duty").await.unwrap().text().contains("Соколова"));
    let address = attempt.replace("/attempts/", "/duty/");
    for other in [auditor, stage.staff("teacher").await, vera.clone()] {
        assert_eq!(other.get(&address).await.unwrap().status, StatusCode::NOT_FOUND);
        assert_eq!(
            other.post(&address, &[("act", "pause"), ("text", "x")]).await.unwrap().status,
            StatusCode::NOT_FOUND
        );
    }
    vera.post(&format!("{attempt}/completion"), &[("", "")]).await.unwrap();
    assert!(board(&stage).await.contains("Сейчас никто не сдаёт"));
    let methodist = stage.staff("methodist").await;
    assert_eq!(
        methodist.post(&address, &[("act", "pause"), ("text", "поздно")]).await.unwrap().status,
        StatusCode::NOT_FOUND
    );
}

async fn the_time_stands_still_while_the_duty_has_stopped_it(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    stage.minutes(20);
    let page = vera.get(&format!("{attempt}/questions/1")).await.unwrap().ok().unwrap();
    let token = page.body.split("data-token=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let clock = stage.app.house.store.clock();
    let later = |seconds: i64| clock.set(::words::Moment(clock.now().0 + seconds * 1000));
    later(3);
    act(&stage, &attempt, &[("act", "pause"), ("text", "Пожарная тревога")]).await;
    // A key pressed a moment after is no answer; what was under way when it stood still comes in.
    later(9);
    let given = |given: i64| json!({ "key": Uuid::new_v4(), "seat": 3, "answer": [0], "given": { "token": token, "clocks": [[given, 12_000]] } });
    for (moment, status) in [(5_000, StatusCode::LOCKED), (1_000, StatusCode::OK)] {
        assert_eq!(
            vera.send(&format!("{attempt}/answers"), &given(moment)).await.unwrap().status,
            status,
            "{moment}"
        );
    }
    stage.minutes(120);
    stage.work().await;
    assert!(board(&stage).await.contains("9:57"), "ten minutes are left, however long it stands");
    // The question is not shown, and what is answered meanwhile waits on the device.
    assert_eq!(answered(&vera, &attempt, 0).await, StatusCode::LOCKED);
    let page = vera.get(&format!("{attempt}/questions/1")).await.unwrap().ok().unwrap();
    assert!(
        page.text().contains("Дежурный остановил время") && page.body.contains("data-left=\"597\""),
        "{}",
        page.text()
    );
    assert!(!page.body.contains("class=\"opt\""));
    act(&stage, &attempt, &[("act", "resume")]).await;
    stage.minutes(9);
    assert_eq!(answered(&vera, &attempt, 1).await, StatusCode::OK);
    stage.minutes(1);
    assert_eq!(answered(&vera, &attempt, 2).await, StatusCode::CONFLICT);
    stage.minutes(11);
    stage.work().await;
    let closed =
        "select cast(count(*) as bigint) from attempt where ended_by = 'time' and finished_at = deadline_at";
    assert_eq!(stage.count(closed).await, 1);
    for deed in ["attempt.paused", "attempt.resumed"] {
        assert_eq!(stage.noted(deed).await, 1);
    }
}

async fn more_time_and_a_word_reach_one_attempt(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let address = attempt.replace("/attempts/", "/duty/");
    let methodist = stage.staff("methodist").await;
    for (fields, sentence) in [
        (&[("act", "")][..], "Что сделать: выберите"),
        (&[("act", "minutes"), ("minutes", "999"), ("text", "x")], "от 1 до 240"),
        (&[("act", "message"), ("text", " ")], "Причина или сообщение: заполните"),
    ] {
        let again = methodist.post(&address, &fields).await.unwrap();
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains(sentence), "{}", again.text());
    }
    act(&stage, &attempt, &[("act", "minutes"), ("minutes", "15"), ("text", "Сломалась мышь")]).await;
    act(&stage, &attempt, &[("act", "message"), ("text", "Осталось <b>час</b>")]).await;
    assert!(board(&stage).await.contains("45:00"));
    let page = methodist.get(&address).await.unwrap().ok().unwrap();
    assert!(page.body.contains("Осталось &lt;b&gt;час&lt;/b&gt;"), "{}", page.body);
    assert!(page.text().contains("У вас теперь на 15 минут больше"), "{}", page.text());
    let id = attempt.rsplit('/').next().unwrap();
    let steps = methodist.get(&format!("/results/{id}")).await.unwrap().ok().unwrap().text();
    assert!(steps.contains("Добавлено минут: 15. Сломалась мышь"), "{steps}");
    stage.minutes(40);
    assert_eq!(answered(&vera, &attempt, 0).await, StatusCode::OK);
    // The next attempt has its own time again.
    assert_eq!(stage.count("select cast(count(*) as bigint) from allowance").await, 0);
    stage.minutes(60);
}

async fn signals_are_kept_and_nothing_follows_from_them(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let address = format!("{attempt}/signals");
    for _ in 0..3 {
        assert_eq!(vera.post(&address, &[("kind", "left")]).await.unwrap().status, StatusCode::NO_CONTENT);
        vera.post(&address, &[("kind", "back")]).await.unwrap();
    }
    assert!(board(&stage).await.contains("уходил со страницы 3 раза"));
    assert_eq!(
        stage.gleb().await.post(&address, &[("kind", "left")]).await.unwrap().status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(answered(&vera, &attempt, 0).await, StatusCode::OK);
    for _ in 0..520 {
        vera.post(&address, &[("kind", "left")]).await.unwrap();
    }
    let kept = "select cast(count(*) as bigint) from attempt_step where kind in ('left', 'back')";
    assert_eq!(stage.count(kept).await, 253, "nobody fills the disk");
    vera.post(&format!("{attempt}/completion"), &[("", "")]).await.unwrap();
    vera.post(&address, &[("kind", "left")]).await.unwrap();
    assert_eq!(stage.count(kept).await, 253);
}
