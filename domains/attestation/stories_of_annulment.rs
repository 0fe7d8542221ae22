//! Stories of attempts made void and of attempts looked at step by step (п. 2.1, 3.5).
use std::rc::Rc;

use ::documents::archive::{self, Period, check};
use axum::http::StatusCode;
use kafedra::demo::{attest, keys};
use proof::Signer;
use stage::Stage;
use store::values;
use uuid::Uuid;
use words::Day;

stage::stories![
    an_annulled_attempt_passes_nobody_and_is_given_back,
    what_has_brought_a_document_is_not_annulled,
    a_closed_protocol_is_listed_with_what_no_longer_holds_in_it,
    an_annulled_attempt_that_is_not_given_back_is_used_up,
    an_attempt_is_seen_step_by_step_and_marked_again,
    what_is_sealed_again_belongs_to_the_period_of_its_first_day,
    a_work_of_an_annulled_attempt_is_nobodys,
    an_attempt_that_the_dark_has_ended_goes_on,
    whoever_has_seen_the_keys_does_not_go_on,
    each_end_has_an_appeal_of_its_own,
];

const BACK: [(&str, &str); 2] = [("given", "back"), ("reason", "Отключили свет")];

async fn an_annulled_attempt_passes_nobody_and_is_given_back(stage: Rc<Stage>) {
    stage.close_by_hand().await;
    let vera = stage.vera_ready().await;
    let first = attest(&stage.app, &vera, 0).await.unwrap();
    let methodist = stage.staff("methodist").await;
    let address = format!("/results/{first}/annulment");
    let teacher = stage.staff("teacher").await;
    for stranger in [&teacher, &vera] {
        assert_eq!(stranger.post(&address, &BACK).await.unwrap().status, StatusCode::NOT_FOUND);
    }
    let bare = methodist.post(&address, &[("given", "maybe")]).await.unwrap();
    assert!(
        bare.text().contains("Попытка: выберите") && bare.text().contains("Причина: заполните"),
        "{}",
        bare.text()
    );
    for _ in 0..2 {
        methodist.post(&address, &BACK).await.unwrap().ok().unwrap();
    }
    assert_eq!(stage.noted("attempt.annulled").await, 1);
    let own = vera.get(&format!("/attempts/{first}")).await.unwrap().ok().unwrap().text();
    assert!(own.contains("Аннулировано, 12 из 12"), "{own}");
    let letters = stage.letters().await;
    let letter = letters.iter().find(|one| one.letter.subject.starts_with("Попытка аннулирована")).unwrap();
    assert!(letter.letter.body.contains("Отключили свет"), "{}", letter.letter.body);
    let results = methodist.get("/results").await.unwrap().ok().unwrap().text();
    assert!(results.contains("Аннулировано"), "{results}");
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol_line").await, 0);
    // The protocol without a line waits for one.
    let protocol: Uuid =
        stage.store().read(|db| db.one("select id from protocol", &[], |row| row.get(0))).await.unwrap();
    methodist.post(&format!("/orders/{protocol}/closure"), &[("", "")]).await.unwrap().ok().unwrap();
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol where state = 'draft'").await, 1);
    // At once, without the pause between attempts; the number of attempts is the same.
    let second = attest(&stage.app, &vera, 1).await.unwrap();
    let page = vera.get(&format!("/attempts/{second}")).await.unwrap().ok().unwrap().text();
    assert!(page.contains("Сдано, 11 из 12"), "{page}");
    stage.write(::trainer::leave_the_next).await;
    stage.days(1);
    stage.work().await;
    let checked = stage.archived().await;
    assert_eq!((checked.attempts, checked.sealed), (2, 2));
}

async fn what_has_brought_a_document_is_not_annulled(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = attest(&stage.app, &vera, 0).await.unwrap();
    stage.days(1);
    stage.work().await;
    let methodist = stage.staff("methodist").await;
    let address = format!("/results/{attempt}/annulment");
    let page = methodist.get(&address).await.unwrap().ok().unwrap().text();
    assert!(page.contains("По этой попытке выдан документ"), "{page}");
    methodist.post(&address, &BACK).await.unwrap().ok().unwrap();
    assert_eq!(stage.noted("attempt.annulled").await, 0);
    assert_eq!(stage.count("select cast(count(*) as bigint) from attempt where passed").await, 1);
}

async fn a_closed_protocol_is_listed_with_what_no_longer_holds_in_it(stage: Rc<Stage>) {
    stage.close_by_hand().await;
    let vera = stage.vera_ready().await;
    let failed = attest(&stage.app, &vera, 12).await.unwrap();
    let methodist = stage.staff("methodist").await;
    let orders = methodist.get("/orders").await.unwrap().ok().unwrap();
    let closing = orders.body.split('"').find(|part| part.ends_with("/closure")).unwrap().to_owned();
    methodist.post(&closing, &[("", "")]).await.unwrap().ok().unwrap();
    stage.work().await;
    let words = "После закрытия. ";
    assert!(!methodist.get("/orders").await.unwrap().ok().unwrap().text().contains(words));
    methodist.post(&format!("/results/{failed}/annulment"), &BACK).await.unwrap().ok().unwrap();
    let orders = methodist.get("/orders").await.unwrap().ok().unwrap();
    assert_eq!(orders.text().matches(words).count(), 1, "{}", orders.text());
    assert!(orders.text().contains("попытка аннулирована"));
    let sheet = methodist.get("/orders.xlsx").await.unwrap().ok().unwrap();
    assert_eq!(sheet.bytes.first(), Some(&b'P'));
}

async fn an_annulled_attempt_that_is_not_given_back_is_used_up(stage: Rc<Stage>) {
    stage.close_by_hand().await;
    let vera = stage.vera_ready().await;
    let attempt = attest(&stage.app, &vera, 0).await.unwrap();
    let methodist = stage.staff("methodist").await;
    let used = [("given", "used"), ("reason", "Отвечал другой человек")];
    methodist.post(&format!("/results/{attempt}/annulment"), &used).await.unwrap().ok().unwrap();
    let cabinet = vera.get("/cabinet").await.unwrap().ok().unwrap();
    let door = cabinet.body.split('"').find(|part| part.ends_with("/attestation")).unwrap().to_owned();
    let page = vera.get(&door).await.unwrap().ok().unwrap().text();
    assert!(page.contains("Следующая попытка"), "{page}");
}

async fn an_attempt_is_seen_step_by_step_and_marked_again(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = attest(&stage.app, &vera, 3).await.unwrap();
    let head = stage.staff("head").await;
    let address = format!("/results/{attempt}");
    let page = head.get(&address).await.unwrap().ok().unwrap().text();
    assert!(page.contains("Цепочка шагов цела") && page.contains("Совпадает"), "{page}");
    assert!(
        page.contains("Начало. Билет: 12") && page.contains("Вопрос 12:") && page.contains("Баллов: 9"),
        "{page}"
    );
    // Somebody at the database has mended an answer.
    let forged = "update attempt_step set chosen = '[0, 1]' where attempt = ?1 and n = 3";
    stage.write(move |work| work.run(forged, values![attempt])).await;
    let page = head.get(&address).await.unwrap().ok().unwrap().text();
    assert!(page.contains("Шаг 3 изменён"), "{page}");
    assert_eq!(vera.get(&address).await.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(head.get(&format!("/results/{}", Uuid::nil())).await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn what_is_sealed_again_belongs_to_the_period_of_its_first_day(stage: Rc<Stage>) {
    stage.close_by_hand().await;
    let vera = stage.vera_ready().await;
    let attempt = attest(&stage.app, &vera, 0).await.unwrap();
    let close_day = async || {
        stage.write(::trainer::leave_the_next).await;
        stage.days(1);
        stage.work().await;
    };
    close_day().await;
    stage.days(50);
    let methodist = stage.staff("methodist").await;
    methodist.post(&format!("/results/{attempt}/annulment"), &BACK).await.unwrap().ok().unwrap();
    close_day().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from proof_leaf").await, 2);
    let (house, folder) = (&stage.app.house, tempfile::tempdir().unwrap());
    let signer = Signer::load(&::trainer::key_file(&house.files)).unwrap();
    for (from, until, attempts) in [("2026-01-01", "2026-12-31", 1), ("2027-01-01", "2027-12-31", 0)] {
        let period = Period { from: Day::parse(from).unwrap(), until: Day::parse(until).unwrap() };
        let folder = folder.path().join(from);
        archive::write(&house.store, &house.files, &signer, &folder, period).await.unwrap();
        assert_eq!(check(&folder).unwrap().attempts, attempts, "{from}");
    }
}

async fn a_work_of_an_annulled_attempt_is_nobodys(stage: Rc<Stage>) {
    stage.close_by_hand().await;
    let written = r#""written":{"title":"Практика","task":"Опишите","criteria":["Описано"]},"attempts":"#;
    stage.rewrite(r#""attempts":"#, written).await;
    let vera = stage.vera_ready().await;
    let first = attest(&stage.app, &vera, 0).await.unwrap();
    let cabinet = vera.get("/cabinet").await.unwrap().ok().unwrap();
    let work = cabinet.body.split('"').find(|part| part.ends_with("/work")).unwrap().to_owned();
    let hand_in =
        async || vera.upload(&work, &[("text", "Описание")], ("", b"")).await.unwrap().ok().unwrap();
    hand_in().await;
    let id: Uuid =
        stage.store().read(|db| db.one("select id from written_work", &[], |row| row.get(0))).await.unwrap();
    let methodist = stage.staff("methodist").await;
    methodist.post(&format!("/results/{first}/annulment"), &BACK).await.unwrap().ok().unwrap();
    let teacher = stage.staff("teacher").await;
    let queue = teacher.get("/works").await.unwrap().ok().unwrap().text();
    assert!(!queue.contains("Вера"), "{queue}");
    // Whoever has its page open decides nothing by it.
    teacher.post(&format!("/works/{id}"), &[("met", "0")]).await.unwrap();
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol_line").await, 0);
    attest(&stage.app, &vera, 0).await.unwrap();
    hand_in().await;
    let second = "select id from written_work where state = 'new'";
    let second: Uuid = stage.store().read(move |db| db.one(second, &[], |row| row.get(0))).await.unwrap();
    teacher.post(&format!("/works/{second}"), &[("met", "0")]).await.unwrap().ok().unwrap();
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol_line where passed").await, 1);
}

const AGAIN: [(&str, &str); 2] = [("minutes", "15"), ("reason", "Отключили свет")];

async fn an_attempt_that_the_dark_has_ended_goes_on(stage: Rc<Stage>) {
    stage.close_by_hand().await;
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let id: Uuid = attempt.rsplit('/').next().unwrap().parse().unwrap();
    let keys = keys(&stage.app, id).await.unwrap();
    let keep = async |seats: std::ops::Range<usize>| {
        for seat in seats {
            let step = serde_json::json!({ "key": Uuid::new_v4(), "seat": seat, "answer": keys[seat].0 });
            assert_eq!(vera.send(&format!("{attempt}/answers"), &step).await.unwrap().status, StatusCode::OK);
        }
    };
    keep(0..6).await;
    let first_day = stage.app.house.store.clock().now().day();
    // The lights go out.
    stage.minutes(41);
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol_line where not passed").await, 1);
    // The day is closed in between.
    stage.write(::trainer::leave_the_next).await;
    stage.minutes(20 * 60);
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from proof_leaf").await, 1);
    let methodist = stage.staff("methodist").await;
    let address = format!("/results/{id}/reopening");
    for stranger in [&vera, &stage.staff("teacher").await] {
        assert_eq!(stranger.post(&address, &AGAIN).await.unwrap().status, StatusCode::NOT_FOUND);
    }
    let bare = methodist.post(&address, &[("minutes", "1000")]).await.unwrap().text();
    assert!(bare.contains("Минут: от 1 до 240") && bare.contains("Причина: заполните"), "{bare}");
    for _ in 0..2 {
        methodist.post(&address, &AGAIN).await.unwrap().ok().unwrap();
    }
    assert_eq!(stage.noted("attempt.reopened").await, 1);
    assert_eq!(stage.count("select cast(count(*) as bigint) from result").await, 0);
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol_line").await, 0);
    let letters = stage.letters().await;
    assert!(letters.iter().any(|one| one.letter.subject.starts_with("Продолжите аттестацию")));
    // The archive of its first day holds while it goes on, and after its second end.
    let first = Period { from: first_day, until: first_day };
    assert_eq!(stage.archived_of(first).await.attempts, 1);
    keep(6..12).await;
    stage.minutes(40);
    stage.work().await;
    let result = vera.get(&attempt).await.unwrap().ok().unwrap().text();
    assert!(result.contains("Сдано, 12 из 12"), "{result}");
    let refused = methodist.get(&address).await.unwrap().ok().unwrap().text();
    assert!(refused.contains("Попытка сдана"), "{refused}");
    stage.days(1);
    stage.work().await;
    let checked = stage.archived().await;
    assert_eq!((checked.attempts, checked.sealed, checked.days), (1, 1, 2));
    assert_eq!(stage.archived_of(first).await.sealed, 1);
}

async fn whoever_has_seen_the_keys_does_not_go_on(stage: Rc<Stage>) {
    stage.close_by_hand().await;
    let vera = stage.vera_ready().await;
    // The result is looked at on the way.
    let attempt = attest(&stage.app, &vera, 12).await.unwrap();
    vera.get(&format!("/attempts/{attempt}")).await.unwrap().ok().unwrap();
    let methodist = stage.staff("methodist").await;
    let address = format!("/results/{attempt}/reopening");
    methodist.post(&address, &AGAIN).await.unwrap().ok().unwrap();
    let page = methodist.get(&address).await.unwrap().ok().unwrap().text();
    assert!(page.contains("Слушатель уже видел верные ответы"), "{page}");
    assert_eq!(stage.noted("attempt.reopened").await, 0);
    let steps = methodist.get(&format!("/results/{attempt}")).await.unwrap().ok().unwrap().text();
    assert!(steps.contains("Увидел верные ответы") && steps.contains("Цепочка шагов цела"), "{steps}");
}

async fn each_end_has_an_appeal_of_its_own(stage: Rc<Stage>) {
    stage.close_by_hand().await;
    stage.rewrite(r#""threshold_percent":80"#, r#""threshold_percent":80,"show":"score""#).await;
    let vera = stage.vera_ready().await;
    let attempt = attest(&stage.app, &vera, 12).await.unwrap();
    let own = format!("/attempts/{attempt}/appeal");
    let made = vera.post(&own, &[("complaint", "Погас свет")]).await.unwrap().ok().unwrap().text();
    assert!(made.contains("Ждёт решения") && !made.contains("прежнего"), "{made}");
    let methodist = stage.staff("methodist").await;
    methodist.post(&format!("/results/{attempt}/reopening"), &AGAIN).await.unwrap().ok().unwrap();
    // While it goes on there is nothing to appeal against, and the first appeal can be looked at.
    let first = methodist.get("/results").await.unwrap().ok().unwrap().link("/appeals/").unwrap();
    let page = methodist.get(&first).await.unwrap().ok().unwrap().text();
    assert!(page.contains("она идёт") && !page.contains("Верный ответ"), "{page}");
    assert_eq!(vera.post(&own, &[("complaint", "Ещё")]).await.unwrap().status, StatusCode::NOT_FOUND);
    stage.minutes(240);
    stage.work().await;
    for _ in 0..2 {
        let made =
            vera.post(&own, &[("complaint", "В вопросе 3 верны два")]).await.unwrap().ok().unwrap().text();
        assert!(
            made.contains("В вопросе 3 верны два") && made.contains("Против прежнего результата"),
            "{made}"
        );
    }
    assert_eq!(stage.count("select cast(count(*) as bigint) from appeal").await, 2);
    // The one that waits stands first.
    let second = methodist.get("/results").await.unwrap().ok().unwrap().link("/appeals/").unwrap();
    assert_ne!(first, second);
    methodist
        .post(&second, &[("state", "rejected"), ("decision", "Верен один")])
        .await
        .unwrap()
        .ok()
        .unwrap();
    let page = methodist.get(&first).await.unwrap().ok().unwrap().text();
    assert!(page.contains("подана против прежнего") && page.contains("Удовлетворена"), "{page}");
    let page = vera.get(&own).await.unwrap().ok().unwrap().text();
    assert!(page.contains("Отклонена") && page.contains("Попытка открыта снова"), "{page}");
}
