//! Stories of the photo before an attestation (decision «identification before final attestation»): people look at it, papers wait for them.
use std::rc::Rc;

use axum::http::StatusCode;
use kafedra::demo::keys;
use kafedra::guest::Guest;
use serde_json::json;
use stage::Stage;
use uuid::Uuid;

stage::stories![
    papers_wait_until_a_person_has_seen_the_photo,
    whoever_is_somebody_else_has_sat_for_nothing,
    without_a_camera_one_is_recognised_otherwise,
    a_photo_goes_after_its_term,
];

/// Any picture that can be drawn.
const PHOTO: &[u8] = include_bytes!("../../docs/pictures/cabinet.png");

async fn asks_for_photos(stage: &Stage) -> (Guest, String) {
    stage.close_by_hand().await;
    stage.rewrite(r#""attempts":2"#, r#""identification":"photo","attempts":2"#).await;
    let vera = stage.vera_ready().await;
    let cabinet = vera.get("/cabinet").await.unwrap().ok().unwrap();
    let study = cabinet.link("/studies/").unwrap().split('/').nth(2).unwrap().to_owned();
    (vera, format!("/studies/{study}/attestation"))
}

/// Begins, and answers everything right; the attempt goes on.
async fn answer_all(stage: &Stage, vera: &Guest, door: &str) -> Uuid {
    let page = vera.post(door, &[("", "")]).await.unwrap().ok().unwrap();
    let attempt: Uuid = page.address.split('/').nth(2).unwrap().parse().unwrap();
    for (seat, (key, _)) in keys(&stage.app, attempt).await.unwrap().into_iter().enumerate() {
        let step = json!({ "key": Uuid::new_v4(), "seat": seat, "answer": key });
        let kept = vera.send(&format!("/attempts/{attempt}/answers"), &step).await.unwrap();
        assert_eq!(kept.status, StatusCode::OK);
    }
    attempt
}

async fn end(vera: &Guest, attempt: Uuid) -> String {
    vera.post(&format!("/attempts/{attempt}/completion"), &[("", "")]).await.unwrap().ok().unwrap().text()
}

const LINES: &str = "select cast(count(*) as bigint) from protocol_line where passed";
const FILES: &str = "select cast(count(*) as bigint) from identity_photo where file is not null";

/// The way to the first that waits.
async fn waiting(methodist: &Guest) -> String {
    let page = methodist.get("/identities").await.unwrap().ok().unwrap();
    page.body
        .split('"')
        .find(|part| part.starts_with("/identities/") && !part.ends_with("photo"))
        .unwrap()
        .to_owned()
}

async fn papers_wait_until_a_person_has_seen_the_photo(stage: Rc<Stage>) {
    let (vera, door) = asks_for_photos(&stage).await;
    let bare = vera.post(&door, &[("", "")]).await.unwrap();
    assert!(
        bare.status == StatusCode::UNPROCESSABLE_ENTITY && bare.text().contains("сделайте новый"),
        "{}",
        bare.text()
    );
    let photo = format!("{door}/photo");
    for (name, bytes) in [("текст.jpg", &b"no picture"[..]), ("обрывок.png", &PHOTO[..200])] {
        let wrong = vera.upload(&photo, &[], (name, bytes)).await.unwrap();
        assert!(
            wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text().contains(name),
            "{}",
            wrong.text()
        );
    }
    assert_eq!(stage.count(FILES).await, 0);
    let page = vera.upload(&photo, &[], ("я.png", PHOTO)).await.unwrap().ok().unwrap();
    assert!(page.text().contains("Лицо видно хорошо"), "{}", page.text());
    let own = vera.get(&photo).await.unwrap().ok().unwrap();
    assert!(own.bytes.starts_with(&[0xff, 0xd8]) && own.bytes.len() < PHOTO.len() * 3);
    // A quarter of an hour later it is another person perhaps.
    stage.minutes(16);
    let old = vera.post(&door, &[("", "")]).await.unwrap();
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    vera.upload(&photo, &[], ("я.png", PHOTO)).await.unwrap().ok().unwrap();
    let attempt = answer_all(&stage, &vera, &door).await;
    assert!(end(&vera, attempt).await.contains("Сдано, 12 из 12"));
    assert_eq!(stage.count(LINES).await, 0);
    let cabinet = vera.get("/cabinet").await.unwrap().ok().unwrap().text();
    assert!(cabinet.contains("Методист сверяет ваш снимок"), "{cabinet}");

    let methodist = stage.staff("methodist").await;
    let one = waiting(&methodist).await;
    for stranger in [&vera, &stage.staff("teacher").await, &stage.guest()] {
        for address in [&format!("{one}/photo"), "/identities"] {
            let page = stranger.get(address).await.unwrap();
            assert!(
                page.status == StatusCode::NOT_FOUND || page.address.starts_with("/sign-in"),
                "{address}"
            );
        }
        assert_ne!(stranger.post(&one, &[("who", "confirmed")]).await.unwrap().address, "/identities");
    }
    assert!(
        methodist.get(&format!("{one}/photo")).await.unwrap().ok().unwrap().bytes.starts_with(&[0xff, 0xd8])
    );
    let silent = methodist.post(&one, &[("who", "")]).await.unwrap();
    assert!(silent.text().contains("Кто на снимке: выберите"), "{}", silent.text());
    for _ in 0..2 {
        methodist.post(&one, &[("who", "confirmed")]).await.unwrap().ok().unwrap();
    }
    methodist.post(&one, &[("who", "refused"), ("remark", "передумал")]).await.unwrap().ok().unwrap();
    assert_eq!((stage.count(LINES).await, stage.noted("photo.checked").await), (1, 1));
    assert_eq!(stage.noted("attempt.annulled").await, 0);
}

async fn whoever_is_somebody_else_has_sat_for_nothing(stage: Rc<Stage>) {
    let (vera, door) = asks_for_photos(&stage).await;
    let methodist = stage.staff("methodist").await;
    // Seen while the attempt goes on, and after its end.
    for during in [true, false] {
        vera.upload(&format!("{door}/photo"), &[], ("я.png", PHOTO)).await.unwrap().ok().unwrap();
        let attempt = answer_all(&stage, &vera, &door).await;
        if !during {
            end(&vera, attempt).await;
        }
        let one = waiting(&methodist).await;
        let bare = methodist.post(&one, &[("who", "refused")]).await.unwrap();
        assert!(bare.text().contains("Почему это не он: заполните"), "{}", bare.text());
        methodist
            .post(&one, &[("who", "refused"), ("remark", "на снимке мужчина")])
            .await
            .unwrap()
            .ok()
            .unwrap();
        let result = if during {
            end(&vera, attempt).await
        } else {
            vera.get(&format!("/attempts/{attempt}")).await.unwrap().text()
        };
        assert!(result.contains("Аннулировано"), "{result}");
        stage.days(2);
    }
    assert_eq!((stage.count(LINES).await, stage.noted("attempt.annulled").await), (0, 2));
    assert!(
        stage
            .letters()
            .await
            .iter()
            .any(|one| one.letter.body.contains("Сдавал другой человек: на снимке мужчина"))
    );
}

async fn without_a_camera_one_is_recognised_otherwise(stage: Rc<Stage>) {
    let (vera, door) = asks_for_photos(&stage).await;
    let page = vera.post(&format!("{door}/without-camera"), &[("", "")]).await.unwrap().ok().unwrap();
    assert!(page.text().contains("Начнёте без снимка"), "{}", page.text());
    let attempt = answer_all(&stage, &vera, &door).await;
    end(&vera, attempt).await;
    assert_eq!(stage.count(LINES).await, 0);
    let methodist = stage.staff("methodist").await;
    let one = waiting(&methodist).await;
    assert_eq!(methodist.get(&format!("{one}/photo")).await.unwrap().status, StatusCode::NOT_FOUND);
    let bare = methodist.post(&one, &[("who", "confirmed")]).await.unwrap();
    assert!(bare.text().contains("Как узнали: заполните"), "{}", bare.text());
    methodist
        .post(&one, &[("who", "confirmed"), ("remark", "видеосвязь, показала паспорт")])
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!(stage.count(LINES).await, 1);
}

async fn a_photo_goes_after_its_term(stage: Rc<Stage>) {
    let (vera, door) = asks_for_photos(&stage).await;
    let photo = format!("{door}/photo");
    // One that has led to nothing goes the next day; one that nobody has seen yet stays, whatever its age.
    for _ in 0..2 {
        vera.upload(&photo, &[], ("я.png", PHOTO)).await.unwrap().ok().unwrap();
    }
    let attempt = answer_all(&stage, &vera, &door).await;
    end(&vera, attempt).await;
    stage.days(1);
    stage.minutes(1);
    stage.work().await;
    assert_eq!(stage.count(FILES).await, 1);
    stage.days(31);
    stage.work().await;
    assert_eq!(stage.count(FILES).await, 1);
    let methodist = stage.staff("methodist").await;
    let one = waiting(&methodist).await;
    methodist.post(&one, &[("who", "confirmed")]).await.unwrap().ok().unwrap();
    stage.days(31);
    stage.work().await;
    assert_eq!((stage.count(FILES).await, stage.noted("photo.removed").await), (0, 2));
}
